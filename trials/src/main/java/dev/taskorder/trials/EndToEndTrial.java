package dev.taskorder.trials;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * How many orders a second go from POST to settled, as a part of what bare workflows reach on the same Temporal. Every
 * round runs all variants one after the other, in turned order, for the machine's pace drifts.
 */
final class EndToEndTrial implements Trial {
    private static final int BURST = 160;
    private static final int WARM_UP = 100;
    private static final double BAR = 0.9;

    /** What is run in every round. */
    private enum Variant {
        BARE("bare workflow"),
        BARE_WITH_STATUS("bare workflow + TaskStatus at its end"),
        ORDERS("orders without hints"),
        ORDERS_WITH_HINT("orders with one hint");

        private final String inWords;

        Variant(String inWords) {
            this.inWords = inWords;
        }

        double run(Bursts bursts, int count) throws Exception {
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
        List<Map<Variant, Double>> rounds = new ArrayList<>();
        try (TempFolder folder = TempFolder.create();
                Application application = Application.start(setup, folder.path());
                BareSide bare = new BareSide(application.temporal());
                Bursts bursts = new Bursts(application, bare)) {
            bursts.orders().addPool();
            round(bursts, WARM_UP, 0);
            for (int round = 1; round <= setup.rounds(); round++) {
                Map<Variant, Double> rates = round(bursts, BURST, round);
                rounds.add(rates);
                report.say("round " + round + " of " + setup.rounds() + ", a second: " + inWords(rates));
            }
        }
        for (Variant variant : Variant.values()) {
            report.add(Figure.median(variant.inWords, sample(rounds, variant), "/s"));
        }
        report.add(ratio(rounds, Variant.ORDERS).with(Bar.atLeast(BAR)));
        report.add(ratio(rounds, Variant.ORDERS_WITH_HINT));
        report.add(ratio(rounds, Variant.BARE_WITH_STATUS));
        report.detail("burst", BURST);
        report.detail("rounds", rounds.stream().map(EndToEndTrial::named).toList());
    }

    private static Map<Variant, Double> round(Bursts bursts, int count, int turn) throws Exception {
        List<Variant> order = new ArrayList<>(List.of(Variant.values()));
        Collections.rotate(order, turn);
        Map<Variant, Double> rates = new LinkedHashMap<>();
        for (Variant variant : order) {
            rates.put(variant, variant.run(bursts, count));
        }
        return rates;
    }

    private static Sample sample(List<Map<Variant, Double>> rounds, Variant variant) {
        return Sample.of(rounds.stream()
                .mapToDouble(rates -> rates.getOrDefault(variant, 0.0))
                .toArray());
    }

    private static Figure ratio(List<Map<Variant, Double>> rounds, Variant variant) {
        Sample ratios = Sample.of(rounds.stream()
                .mapToDouble(rates -> rates.getOrDefault(variant, 0.0) / rates.getOrDefault(Variant.BARE, 1.0))
                .toArray());
        return Figure.median(variant.inWords + " / bare", ratios, "×");
    }

    private static String inWords(Map<Variant, Double> rates) {
        List<String> parts = new ArrayList<>();
        for (Variant variant : Variant.values()) {
            parts.add(variant.name().toLowerCase(java.util.Locale.ROOT) + " "
                    + Figure.shown(rates.getOrDefault(variant, 0.0)));
        }
        return String.join(" · ", parts);
    }

    private static Map<String, Double> named(Map<Variant, Double> rates) {
        Map<String, Double> named = new LinkedHashMap<>();
        rates.forEach((variant, rate) -> named.put(variant.inWords, rate));
        return named;
    }
}
