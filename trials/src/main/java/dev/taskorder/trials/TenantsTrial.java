package dev.taskorder.trials;

import java.io.IOException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * What a thousand tenants cost an application that serves them, beside one tenant that does the same in all: the time to
 * be ready, the heap when each has created an order, and what an idle application asks of its database.
 */
final class TenantsTrial implements Trial {
    private static final int MANY = 1_000;
    private static final int ORDERS = 1_000;
    private static final int SETTLE_SECONDS = 15;
    private static final int MEASURED_SECONDS = 20;
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final double READY_SECONDS_BAR = 15;
    private static final double MORE_MB_BAR = 30;
    private static final double IDLE_BAR = 1.5;

    private static final String PREPARE = "ALTER SYSTEM SET shared_preload_libraries = 'pg_stat_statements'";
    private static final String INSTALL = "CREATE EXTENSION IF NOT EXISTS pg_stat_statements";
    private static final String RESET = "SELECT pg_stat_statements_reset()";
    private static final String IDLE = """
            SELECT coalesce(sum(calls), 0), coalesce(sum(total_exec_time), 0)
              FROM pg_stat_statements s JOIN pg_database d ON d.oid = s.dbid
             WHERE d.datname = 'taskorder'""";
    private static final String OPEN = "SELECT count(*) FROM task_order WHERE finished_at IS NULL";

    @Override
    public String name() {
        return "tenants";
    }

    @Override
    public void run(Setup setup, Report report) throws Exception {
        Found one = found(setup, 1, report);
        Found many = found(setup, MANY, report);
        report.add(Figure.of("ready with " + MANY + " tenants", many.readySeconds, "s")
                .noted("with one " + Figure.shown(one.readySeconds) + " s; same data folder again")
                .with(Bar.atMost(READY_SECONDS_BAR)));
        report.add(Figure.of("live heap more than with one", many.liveMb - one.liveMb, "MB")
                .noted("after GC: %s and %s MB, each tenant has created"
                        .formatted(Figure.shown(many.liveMb), Figure.shown(one.liveMb)))
                .with(Bar.atMost(MORE_MB_BAR)));
        report.add(Figure.of("resident more than with one", many.residentMb - one.residentMb, "MB")
                .noted("before GC: %s and %s MB"
                        .formatted(Figure.shown(many.residentMb), Figure.shown(one.residentMb))));
        report.add(Figure.of("statements while idle, against one", many.statements / one.statements, "×")
                .noted("%s/s and %s/s; everything that the server was sent"
                        .formatted(Figure.shown(many.statements), Figure.shown(one.statements)))
                .with(Bar.atMost(IDLE_BAR)));
        report.add(Figure.of("their time, a second of idling", many.statementMs, "ms")
                .noted("with one " + Figure.shown(one.statementMs) + " ms"));
        report.detail("one", one.asJson());
        report.detail("many", many.asJson());
    }

    private record Found(double readySeconds, double liveMb, double residentMb, double statements, double statementMs) {
        Map<String, Object> asJson() {
            Map<String, Object> json = new LinkedHashMap<>();
            json.put("ready_s", readySeconds);
            json.put("live_heap_mb", liveMb);
            json.put("resident_mb", residentMb);
            json.put("statements_per_s", statements);
            json.put("statement_ms_per_s", statementMs);
            return json;
        }
    }

    private static Found found(Setup setup, int tenants, Report report) throws Exception {
        try (TempFolder folder = TempFolder.create()) {
            // the library that counts is loaded with the server, hence two starts, and tenants are there at the second
            try (Application application = Application.start(setup, folder.path());
                    Orders operator = new Orders(application);
                    Database database = Database.of(folder.path())) {
                database.execute(PREPARE);
                for (int n = 0; n < tenants; n++) {
                    operator.putTenant(id(n));
                }
            }
            try (Application application = Application.start(setup, folder.path());
                    Database database = Database.of(folder.path());
                    Database rows = Database.ofApplication(folder.path())) {
                report.say("%d tenants: ready after %s s"
                        .formatted(tenants, Figure.shown(application.readyAfterSeconds())));
                create(application, tenants);
                awaitNoneOpen(rows);
                TimeUnit.SECONDS.sleep(SETTLE_SECONDS);
                return idling(application, database, report);
            }
        }
    }

    /** As many orders whoever creates them. */
    private static void create(Application application, int tenants) throws IOException {
        int each = ORDERS / tenants;
        for (int n = 0; n < tenants; n++) {
            try (Orders orders = new Orders(application, id(n))) {
                OrderBodies bodies = OrderBodies.plain("trial-tenants");
                for (int order = 0; order < each; order++) {
                    orders.create(bodies.one());
                }
            }
        }
    }

    private static void awaitNoneOpen(Database rows) throws Exception {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (rows.number(OPEN) > 0) {
            if (System.nanoTime() > deadline) {
                throw new IllegalStateException("orders are not over after " + PATIENCE);
            }
            TimeUnit.MILLISECONDS.sleep(500);
        }
    }

    private static Found idling(Application application, Database database, Report report) throws Exception {
        database.execute(INSTALL);
        double residentMb = application.residentMb();
        double liveMb = application.liveHeapMb();
        database.execute(RESET);
        TimeUnit.SECONDS.sleep(MEASURED_SECONDS);
        List<String> counts = database.rows(IDLE).get(0);
        Found found = new Found(
                application.readyAfterSeconds(),
                liveMb,
                residentMb,
                Double.parseDouble(counts.get(0)) / MEASURED_SECONDS,
                Double.parseDouble(counts.get(1)) / MEASURED_SECONDS);
        report.say("live heap %s MB, resident %s MB, idle %s statements/s, %s ms/s"
                .formatted(
                        Figure.shown(found.liveMb),
                        Figure.shown(found.residentMb),
                        Figure.shown(found.statements),
                        Figure.shown(found.statementMs)));
        return found;
    }

    private static String id(int n) {
        return "trial-tenant-" + n;
    }
}
