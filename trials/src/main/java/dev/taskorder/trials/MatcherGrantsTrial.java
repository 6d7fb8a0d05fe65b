package dev.taskorder.trials;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * How many grants a second the matcher makes for one tenant, over fifty assets and on one hot asset.
 *
 * <p>A grant is all that the matcher does for an order: it is found in its line, the pool is read, the choice is made and
 * kept, then in one transaction its lease and its attempt are there, it is RUNNING, its events are told and its wake
 * stands in the outbox; the commit has waited for the disk. In a wave all slots are free at once and one caller runs the
 * matcher until all are taken. In the circle the slots come free by the ends of the orders that hold them: a dispatcher
 * takes the wakes, sixteen callers end whoever was woken, by the step of its workflow, which settles it (status, attempt,
 * lease, events) and runs the matcher as any end does; there a grant and an end are counted as one.
 */
final class MatcherGrantsTrial implements Trial {
    private static final int WAVES = 3;
    private static final int CIRCLE_SECONDS = 5;
    private static final double FIFTY_BAR = 2000;
    private static final double HOT_BAR = 500;

    private enum Pool {
        FIFTY("50 assets", 50, 20),
        HOT("one hot asset", 1, 1000);

        private final String inWords;
        private final int assets;
        private final int slots;

        Pool(String inWords, int assets, int slots) {
            this.inWords = inWords;
            this.assets = assets;
            this.slots = slots;
        }
    }

    @Override
    public String name() {
        return "matcher-grants";
    }

    @Override
    public void run(Setup setup, Report report) throws Exception {
        try (OwnPostgres postgres = OwnPostgres.start()) {
            for (Pool pool : Pool.values()) {
                try (GrantLoad load =
                        new GrantLoad(postgres, pool.name().toLowerCase(Locale.ROOT), pool.assets, pool.slots)) {
                    measure(pool, load, setup.rounds(), report);
                }
            }
        }
    }

    private static void measure(Pool pool, GrantLoad load, int rounds, Report report) throws Exception {
        load.wave();
        load.circle(CIRCLE_SECONDS);
        Series waves = new Series();
        Series ends = new Series();
        Series circles = new Series();
        List<Map<String, Double>> all = new ArrayList<>();
        for (int round = 1; round <= rounds; round++) {
            Series some = new Series();
            for (int wave = 0; wave < WAVES; wave++) {
                GrantLoad.Wave one = load.wave();
                some.add(one.grantsPerSecond());
                ends.add(one.endsPerSecond());
            }
            waves.add(some.sample().median());
            double circle = load.circle(CIRCLE_SECONDS);
            circles.add(circle);
            all.add(Map.of("wave", some.sample().median(), "circle", circle));
            report.say("%s, round %d of %d, grants a second: %s in waves, %s with the ends"
                    .formatted(
                            pool.inWords,
                            round,
                            rounds,
                            Figure.shown(some.sample().median()),
                            Figure.shown(circle)));
        }
        Figure wave = Figure.median(pool.inWords + ", all slots free at once", waves.sample(), "/s");
        Figure circle = Figure.median(pool.inWords + ", with the ends that free them", circles.sample(), "/s");
        // fifty assets fill at once; one is hot when all its grants wait for ends
        report.add(pool == Pool.FIFTY ? wave.with(Bar.atLeast(FIFTY_BAR)) : wave);
        report.add(pool == Pool.HOT ? circle.with(Bar.atLeast(HOT_BAR)) : circle);
        report.add(Figure.median(pool.inWords + ", the ends alone", ends.sample(), "/s"));
        report.detail(pool.inWords, all);
    }
}
