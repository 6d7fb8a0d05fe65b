package dev.taskorder.trials;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** How much an application with nothing to do asks of its database; every statement counts. */
final class IdleQueriesTrial implements Trial {
    private static final int SETTLE_SECONDS = 30;
    private static final int MEASURED_SECONDS = 60;
    private static final double BAR = 3;
    private static final int SHOWN_MAX = 12;

    private static final String PREPARE = "ALTER SYSTEM SET shared_preload_libraries = 'pg_stat_statements'";
    private static final String INSTALL = "CREATE EXTENSION IF NOT EXISTS pg_stat_statements";
    private static final String RESET = "SELECT pg_stat_statements_reset()";

    private static final String TRANSACTIONS =
            "SELECT xact_commit + xact_rollback FROM pg_stat_database WHERE datname = 'taskorder'";

    private static final String FRAMES = "(BEGIN|COMMIT|ROLLBACK|SET |RESET |SHOW |SELECT set_config)";

    private static final String COUNTS = """
            SELECT coalesce(sum(calls), 0), coalesce(sum(calls) FILTER (WHERE query !~* '^%s'), 0)
              FROM pg_stat_statements s JOIN pg_database d ON d.oid = s.dbid
             WHERE d.datname = 'taskorder'""".formatted(FRAMES);

    private static final String STATEMENTS = """
            SELECT sum(calls)::text, left(regexp_replace(query, '\\s+', ' ', 'g'), 160)
              FROM pg_stat_statements s JOIN pg_database d ON d.oid = s.dbid
             WHERE d.datname = 'taskorder' GROUP BY 2 ORDER BY sum(calls) DESC LIMIT %d""".formatted(SHOWN_MAX);

    @Override
    public String name() {
        return "idle-queries";
    }

    @Override
    public void run(Setup setup, Report report) throws Exception {
        try (TempFolder folder = TempFolder.create()) {
            // the library that counts is loaded with the server, hence the two starts
            try (Application application = Application.start(setup, folder.path());
                    Database database = Database.of(folder.path())) {
                database.execute(PREPARE);
                report.say("ready after " + Figure.shown(application.readyAfterSeconds()) + " s, starts again");
            }
            try (Application application = Application.start(setup, folder.path());
                    Database database = Database.of(folder.path())) {
                report.say("ready after " + Figure.shown(application.readyAfterSeconds()) + " s, rests");
                database.execute(INSTALL);
                TimeUnit.SECONDS.sleep(SETTLE_SECONDS);
                measure(database, report);
            }
        }
    }

    private static void measure(Database database, Report report) throws Exception {
        database.execute(RESET);
        double transactionsBefore = database.number(TRANSACTIONS);
        TimeUnit.SECONDS.sleep(MEASURED_SECONDS);
        List<String> counts = database.rows(COUNTS).get(0);
        double transactions = database.number(TRANSACTIONS) - transactionsBefore;
        double queries = Double.parseDouble(counts.get(1));
        report.add(Figure.of("queries", queries / MEASURED_SECONDS, "/s")
                .noted("without BEGIN, COMMIT, SET and the binding of the tenant")
                .with(Bar.atMost(BAR)));
        report.add(Figure.of("transactions", transactions / MEASURED_SECONDS, "/s"));
        report.add(Figure.of("all statements", Double.parseDouble(counts.get(0)) / MEASURED_SECONDS, "/s")
                .noted("everything that the server was sent"));
        List<Map<String, String>> statements = new ArrayList<>();
        for (List<String> row : database.rows(STATEMENTS)) {
            Map<String, String> statement = new LinkedHashMap<>();
            statement.put("calls", row.get(0));
            statement.put("query", row.get(1));
            statements.add(statement);
            report.say(row.get(0) + " × " + row.get(1));
        }
        report.detail("seconds", MEASURED_SECONDS);
        report.detail("statements", statements);
    }
}
