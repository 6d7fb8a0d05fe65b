package dev.taskorder.trials;

import java.time.Duration;

/**
 * What counting costs a create: an application whose tenant has quotas and a rate that it never meets, beside one that
 * counts neither. Starts are held back, and one rests while the other is asked.
 */
final class QuotasTrial implements Trial {
    private static final Duration WARM_UP = Duration.ofSeconds(10);
    private static final Duration SLICE = Duration.ofSeconds(5);
    private static final int CONNECTIONS = 16;
    private static final double BAR = 0.9;
    private static final String LARGE = """
            {"quotas": {"open_orders": 10000000, "running_orders": 10000000, "creates_per_second": 100000, \
            "create_burst": 100000}}""";

    @Override
    public String name() {
        return "quotas";
    }

    @Override
    public void run(Setup setup, Report report) throws Exception {
        try (TempFolder onFolder = TempFolder.create();
                TempFolder offFolder = TempFolder.create();
                Application on = started(setup, onFolder, true);
                Application off = started(setup, offFolder, false)) {
            Load counted = load(on);
            Load uncounted = load(off);
            counted.asFastAsItGoes(WARM_UP);
            uncounted.asFastAsItGoes(WARM_UP);
            Series ratios = new Series();
            Series rates = new Series();
            for (int round = 1; round <= setup.rounds(); round++) {
                boolean onFirst = round % 2 == 0; // so that neither has always rested longer
                double first =
                        (onFirst ? counted : uncounted).asFastAsItGoes(SLICE).rate();
                double second =
                        (onFirst ? uncounted : counted).asFastAsItGoes(SLICE).rate();
                double with = onFirst ? first : second;
                double without = onFirst ? second : first;
                ratios.add(with / without);
                rates.add(with);
                report.say("round " + round + " of " + setup.rounds() + ": " + Figure.shown(with) + "/s counted, "
                        + Figure.shown(without) + "/s not");
            }
            report.add(Figure.median("creates with quotas and rate / without", ratios.sample(), "×")
                    .with(Bar.atLeast(BAR)));
            report.add(Figure.median("creates with quotas and rate", rates.sample(), "/s"));
            report.detail("ratios", ratios.values());
        }
    }

    private static Application started(Setup setup, TempFolder folder, boolean counts) throws Exception {
        // nothing listens on port 1: the application takes orders and keeps them for later
        Application application = Application.start(
                setup,
                folder.path(),
                "--taskorder.temporal.target=127.0.0.1:1",
                "--taskorder.quotas.enabled=" + counts,
                "--taskorder.rates.enabled=" + counts);
        try (Orders orders = new Orders(application)) {
            orders.activatePolicy(Orders.TENANT, LARGE);
        }
        return application;
    }

    private static Load load(Application application) {
        OrderBodies bodies = OrderBodies.plain("trial-quotas");
        return new Load(application.port(), Orders.PATH, bodies::one, CONNECTIONS);
    }
}
