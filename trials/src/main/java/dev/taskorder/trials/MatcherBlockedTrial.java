package dev.taskorder.trials;

import java.util.ArrayList;
import java.util.List;

/**
 * What the grants of one class cost while another class of 50,000 orders is blocked (its one asset is held all the
 * time), as a multiple of what they cost without it.
 */
final class MatcherBlockedTrial implements Trial {
    private static final int BLOCKED = 50_000;
    private static final int QUEUED = 1_000;
    private static final double BAR = 1.1;

    @Override
    public String name() {
        return "matcher-blocked";
    }

    @Override
    public void run(Setup setup, Report report) throws Exception {
        List<GrantPace.Pair> pairs = new ArrayList<>();
        try (OwnPostgres postgres = OwnPostgres.start();
                GrantPace alone = GrantPace.of(postgres, "alone", 1, QUEUED);
                GrantPace beside = GrantPace.of(postgres, "beside", 1, QUEUED)) {
            beside.block(BLOCKED);
            alone.begin();
            beside.begin();
            GrantPace.Pair.measured(alone, beside);
            for (int round = 1; round <= setup.rounds(); round++) {
                GrantPace.Pair pair = GrantPace.Pair.measured(alone, beside);
                pairs.add(pair);
                report.say("round %d of %d, a grant in ms without and with: %s"
                        .formatted(round, setup.rounds(), pair.inWords()));
            }
        }
        for (GrantPace.Kind kind : GrantPace.Kind.values()) {
            String what = "with a blocked class, " + kind.inWords();
            report.add(Figure.median(what + ", × of without", GrantPace.Pair.ratios(pairs, kind), "×")
                    .with(Bar.atMost(BAR)));
            report.add(Figure.median(what, GrantPace.Pair.millis(pairs, kind), "ms"));
            report.detail(kind.inWords(), GrantPace.Pair.asJson(pairs, kind));
        }
    }
}
