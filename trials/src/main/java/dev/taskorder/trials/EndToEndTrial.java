package dev.taskorder.trials;

import dev.taskorder.trials.Bursts.Burst;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/**
 * How many orders a second go from POST to settled, as a part of what bare workflows reach on the same Temporal. Every
 * round runs all variants one after the other, the bare one beside each it is most compared with, and every other round
 * backwards, for the machine's pace drifts.
 */
final class EndToEndTrial implements Trial {
    private static final int BURST = 160;
    /** Until then the compilers of both JVMs take as much of the machine as the work does. */
    private static final int WARM_UP = 500;

    private static final double BAR = 0.9;

    /** What is run in every round, in this order. */
    private enum Variant {
        ORDERS_WITH_HINT("orders with one hint"),
        ORDERS("orders without hints"),
        BARE("bare workflow"),
        BARE_WITH_STATUS("bare workflow + TaskStatus at its end");

        private final String inWords;

        Variant(String inWords) {
            this.inWords = inWords;
        }

        Burst run(Bursts bursts, int count) throws Exception {
            if (this == BARE || this == BARE_WITH_STATUS) {
                return bursts.bare(this == BARE ? BareSide.Kind.BARE : BareSide.Kind.WITH_STATUS, count);
            }
            return bursts.orders(count, this == ORDERS_WITH_HINT);
        }
    }

    @Override
    public String name() {
        return "end-to-end";
    }

    @Override
    public void run(Setup setup, Report report) throws Exception {
        List<Map<Variant, Burst>> rounds = new ArrayList<>();
        try (TempFolder folder = TempFolder.create();
                Application application = Application.start(setup, folder.path());
                BareSide bare = new BareSide(application.temporal());
                Bursts bursts = new Bursts(application, bare)) {
            bursts.orders().addPool();
            round(bursts, WARM_UP, false);
            report.say("warm");
            for (int round = 1; round <= setup.rounds(); round++) {
                Map<Variant, Burst> one = round(bursts, BURST, round % 2 == 0);
                rounds.add(one);
                report.say("round " + round + " of " + setup.rounds() + ", a second: " + inWords(one));
            }
        }
        for (Variant variant : Variant.values()) {
            report.add(Figure.median(variant.inWords, sample(rounds, variant, Burst::rate), "/s"));
        }
        report.add(ratio(rounds, Variant.ORDERS).with(Bar.atLeast(BAR)));
        report.add(ratio(rounds, Variant.ORDERS_WITH_HINT));
        report.add(ratio(rounds, Variant.BARE_WITH_STATUS));
        tellCpu(rounds, report);
        report.detail("burst", BURST);
        report.detail("rounds", rounds.stream().map(EndToEndTrial::asJson).toList());
    }

    private static void tellCpu(List<Map<Variant, Burst>> rounds, Report report) {
        for (Variant variant : Variant.values()) {
            Burst middle = atMedian(rounds, variant);
            List<String> parts = new ArrayList<>();
            middle.cpu()
                    .asMillisEach(middle.count())
                    .forEach((who, millis) -> parts.add(who + " " + Figure.shown(millis)));
            report.add(Figure.of(
                            "CPU for each: " + variant.inWords,
                            sample(rounds, variant, Burst::cpuMillisEach).median(),
                            "ms")
                    .noted(String.join(", ", parts)));
        }
        Series others = new Series();
        rounds.forEach(round -> round.values().forEach(burst -> others.add(burst.othersCores())));
        report.add(Figure.median("cores that others kept busy", others.sample(), "cores"));
    }

    /** The burst whose use of the processors is the median, or next below it. */
    private static Burst atMedian(List<Map<Variant, Burst>> rounds, Variant variant) {
        List<Burst> bursts = new ArrayList<>();
        rounds.forEach(round -> bursts.add(of(round, variant)));
        bursts.sort(java.util.Comparator.comparingDouble(Burst::cpuMillisEach));
        return bursts.get((bursts.size() - 1) / 2);
    }

    private static Map<Variant, Burst> round(Bursts bursts, int count, boolean backwards) throws Exception {
        List<Variant> order = new ArrayList<>(List.of(Variant.values()));
        if (backwards) {
            Collections.reverse(order);
        }
        Map<Variant, Burst> round = new EnumMap<>(Variant.class);
        for (Variant variant : order) {
            round.put(variant, variant.run(bursts, count));
        }
        return round;
    }

    private static Burst of(Map<Variant, Burst> round, Variant variant) {
        return java.util.Objects.requireNonNull(round.get(variant));
    }

    private static Sample sample(List<Map<Variant, Burst>> rounds, Variant variant, ToDoubleFunction<Burst> what) {
        return Sample.of(rounds.stream()
                .mapToDouble(round -> what.applyAsDouble(of(round, variant)))
                .toArray());
    }

    private static Figure ratio(List<Map<Variant, Burst>> rounds, Variant variant) {
        Sample ratios = Sample.of(rounds.stream()
                .mapToDouble(round ->
                        of(round, variant).rate() / of(round, Variant.BARE).rate())
                .toArray());
        return Figure.median(variant.inWords + " / bare", ratios, "×");
    }

    private static String inWords(Map<Variant, Burst> round) {
        List<String> parts = new ArrayList<>();
        round.forEach((variant, burst) -> parts.add(variant.name().toLowerCase(Locale.ROOT) + " "
                + Figure.shown(burst.rate()) + " (others " + Figure.shown(burst.othersCores()) + " cores)"));
        return String.join(" · ", parts);
    }

    private static Map<String, Object> asJson(Map<Variant, Burst> round) {
        Map<String, Object> json = new LinkedHashMap<>();
        round.forEach((variant, burst) -> {
            Map<String, Object> one = new LinkedHashMap<>();
            one.put("per_second", burst.rate());
            one.put("cpu_ms_each", burst.cpu().asMillisEach(burst.count()));
            one.put("others_cores", burst.othersCores());
            json.put(variant.inWords, one);
        });
        return json;
    }
}
