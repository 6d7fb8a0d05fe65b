package dev.taskorder.trials;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * What one budget row that every grant and every end of a tenant counts in costs, and how many grants a second it bears.
 *
 * <p>Two tenants with fifty assets, one with a budget for all that it spends and one without, in turns, as in the trial
 * of grants: in a wave all slots are free at once and one caller runs the matcher; in the circle 32 callers end whoever
 * was woken, which gives back what was held and runs the matcher. Both hold money for each grant and write its entries.
 */
final class LedgerHoldsTrial implements Trial {
    private static final int CLIENTS = 32;
    private static final int ASSETS = 50;
    private static final int SLOTS = 20;
    private static final int CIRCLE_SECONDS = 5;
    private static final double GRANTS_BAR = 400;
    private static final double TIME_BAR = 1.15;
    private static final BigDecimal ENOUGH = new BigDecimal("1000000000");

    @Override
    public String name() {
        return "ledger-holds";
    }

    @Override
    public void run(Setup setup, Report report) throws Exception {
        try (OwnPostgres postgres = OwnPostgres.start();
                GrantLoad without = new GrantLoad(postgres, "without", ASSETS, SLOTS, CLIENTS);
                GrantLoad with = new GrantLoad(postgres, "with_budget", ASSETS, SLOTS, CLIENTS)) {
            with.tenant().budget(ENOUGH);
            for (GrantLoad load : List.of(without, with)) {
                load.wave();
                load.circle(CIRCLE_SECONDS);
            }
            measure(without, with, setup.rounds(), report);
            checkBooks(with);
        }
    }

    private static void measure(GrantLoad without, GrantLoad with, int rounds, Report report) throws Exception {
        Series grants = new Series();
        Series waves = new Series();
        Series circles = new Series();
        List<Map<String, Double>> all = new ArrayList<>();
        for (int round = 1; round <= rounds; round++) {
            double waveWithout = without.wave().grantsPerSecond();
            double waveWith = with.wave().grantsPerSecond();
            double circleWithout = without.circle(CIRCLE_SECONDS);
            double circleWith = with.circle(CIRCLE_SECONDS);
            grants.add(circleWith);
            waves.add(waveWithout / waveWith);
            circles.add(circleWithout / circleWith);
            all.add(Map.of(
                    "wave",
                    waveWith,
                    "wave without",
                    waveWithout,
                    "circle",
                    circleWith,
                    "circle without",
                    circleWithout));
            report.say(
                    "round %d of %d, grants a second with a budget and without: %s and %s in waves, %s and %s with the ends"
                            .formatted(
                                    round,
                                    rounds,
                                    Figure.shown(waveWith),
                                    Figure.shown(waveWithout),
                                    Figure.shown(circleWith),
                                    Figure.shown(circleWithout)));
        }
        report.add(Figure.median("one hot budget, 32 clients, with the ends", grants.sample(), "/s")
                .with(Bar.atLeast(GRANTS_BAR)));
        report.add(Figure.median("a grant's time with one hot budget against without", waves.sample(), "×")
                .with(Bar.atMost(TIME_BAR)));
        report.add(Figure.median("the same with the ends", circles.sample(), "×"));
        report.detail("rounds", all);
    }

    /** Never approximate: what the budget says is what its entries come to. */
    private static void checkBooks(GrantLoad load) {
        int wrong = load.tenant().count("""
                SELECT count(*) FROM budget_period p
                 WHERE (p.held, p.posted) <> (
                       SELECT sum(CASE 'held' WHEN debit_account THEN amount WHEN credit_account THEN -amount ELSE 0 END),
                              sum(CASE WHEN starts_with(debit_account, 'spend:') THEN amount ELSE 0 END)
                         FROM ledger_entry)
                """);
        if (wrong > 0) {
            throw new IllegalStateException("the budget and its entries differ");
        }
    }
}
