package dev.taskorder.trials;

import java.time.Duration;

/**
 * What its event costs a create, relay and all: one application, whose database takes events for some seconds and drops them for some,
 * in turn. Starts are held back.
 */
final class EventCostTrial implements Trial {
    private static final Duration WARM_UP = Duration.ofSeconds(20);
    private static final Duration SLICE = Duration.ofSeconds(5);
    private static final int CONNECTIONS = 16;
    private static final double BAR = 1.1;

    private static final String DROPPING = """
            CREATE FUNCTION dropped() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';
            CREATE TRIGGER dropped BEFORE INSERT ON task_event FOR EACH ROW EXECUTE FUNCTION dropped();
            ALTER TABLE task_event DISABLE TRIGGER dropped
            """;

    @Override
    public String name() {
        return "event-cost";
    }

    @Override
    public void run(Setup setup, Report report) throws Exception {
        try (TempFolder folder = TempFolder.create();
                // nothing listens on port 1: the application takes orders and keeps them for later
                Application application =
                        Application.start(setup, folder.path(), "--taskorder.temporal.target=127.0.0.1:1");
                Database database = Database.ofApplication(folder.path())) {
            OrderBodies bodies = OrderBodies.plain("trial-cost");
            Load load = new Load(application.port(), Orders.PATH, bodies::one, CONNECTIONS);
            load.asFastAsItGoes(WARM_UP);
            database.execute(DROPPING);
            Series ratios = new Series();
            for (int round = 1; round <= setup.rounds(); round++) {
                boolean withFirst = round % 2 == 0; // so that neither has always the larger tables
                double first = rate(load, database, withFirst);
                double second = rate(load, database, !withFirst);
                double with = withFirst ? first : second;
                double without = withFirst ? second : first;
                ratios.add(without / with);
                report.say("round %d of %d: %s/s with their events, %s/s without"
                        .formatted(round, setup.rounds(), Figure.shown(with), Figure.shown(without)));
            }
            report.add(Figure.median("time of a create with its event / without", ratios.sample(), "×")
                    .with(Bar.atMost(BAR)));
            report.detail("ratios", ratios.values());
        }
    }

    private static double rate(Load load, Database database, boolean withEvents) throws Exception {
        database.execute("ALTER TABLE task_event %s TRIGGER dropped".formatted(withEvents ? "DISABLE" : "ENABLE"));
        return load.asFastAsItGoes(SLICE).rate();
    }
}
