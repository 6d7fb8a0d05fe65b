package dev.taskorder.trials;

import java.util.ArrayList;
import java.util.List;

/**
 * What a grant costs behind a long queue, as a multiple of what it costs behind a short one with the same lines. Two
 * grants are measured: that of one slot that comes free, which is what an order's end brings about; and that of many at
 * once. Each is the time of a call of the matcher, its commit with it, divided by the grants that it made.
 */
final class MatcherQueueTrial implements Trial {
    private static final int SHORT = 1_000;
    private static final int LONG = 100_000;
    private static final int LONGEST = 1_000_000;
    private static final int USUAL_CLASSES = 50;
    private static final double BAR = 1.5;

    @Override
    public String name() {
        return "matcher-queue";
    }

    @Override
    public void run(Setup setup, Report report) throws Exception {
        try (OwnPostgres postgres = OwnPostgres.start()) {
            compare(postgres, USUAL_CLASSES, LONG, setup.rounds(), report, true);
            compare(postgres, 1, LONG, setup.rounds(), report, false);
            compare(postgres, LONG / 100, LONG, setup.rounds(), report, false);
            compare(postgres, USUAL_CLASSES, LONGEST, setup.rounds(), report, false);
        }
    }

    private static void compare(
            OwnPostgres postgres, int classes, int queued, int rounds, Report report, boolean barred) throws Exception {
        String id = "q" + classes + "_" + queued;
        List<GrantPace.Pair> pairs = new ArrayList<>();
        try (GrantPace few = GrantPace.of(postgres, id + "_short", classes, SHORT);
                GrantPace many = GrantPace.of(postgres, id + "_long", classes, queued)) {
            few.begin();
            many.begin();
            GrantPace.Pair.measured(few, many);
            for (int round = 1; round <= rounds; round++) {
                GrantPace.Pair pair = GrantPace.Pair.measured(few, many);
                pairs.add(pair);
                report.say("%d classes, %d and %d queued, round %d of %d, a grant in ms: %s"
                        .formatted(classes, SHORT, queued, round, rounds, pair.inWords()));
            }
        }
        for (GrantPace.Kind kind : GrantPace.Kind.values()) {
            String what = "%d classes, %d queued, %s".formatted(classes, queued, kind.inWords());
            Figure ratio = Figure.median(what + ", × of " + SHORT, GrantPace.Pair.ratios(pairs, kind), "×");
            report.add(barred ? ratio.with(Bar.atMost(BAR)) : ratio);
            report.add(Figure.median(what, GrantPace.Pair.millis(pairs, kind), "ms"));
            report.detail(what, GrantPace.Pair.asJson(pairs, kind));
        }
    }
}
