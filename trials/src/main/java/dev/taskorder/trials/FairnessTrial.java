package dev.taskorder.trials;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * What a tenant that creates now and then notices of another one that has thousands of orders queued, or that creates as
 * fast as it can: its time from POST to executor, as a multiple of what it is without the other one.
 */
final class FairnessTrial implements Trial {
    private static final String LOUD = "tenant_b";
    private static final int QUEUED = 10_000;
    private static final int BATCH = 100;
    private static final int LOUD_CALLERS = 8;
    private static final int FEW_PER_SECOND = 5;
    private static final int USUAL_PER_SECOND = 500;
    private static final Duration WARM_UP = Duration.ofSeconds(15);
    private static final Duration MEASURED = Duration.ofSeconds(20);
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final double BAR = 1.5;
    private static final int RATE_LIMITED = 429;

    /** One slot, which is held for as long as the trial lasts. */
    private static final String SCARCE = """
            {"env": "sandbox", "sku_category": "RAW_NET", "sku_code": "trial.scarce", "max_concurrency": 1, \
            "unit_cost": 0.01}""";

    private static final String WANTS_IT = """
            {"project_id": "%1$s", "env": "sandbox", "task_type": "SIMULATED", "idempotency_key": "%1$s", \
            "timeout_ms": 3600000, "input": {"simulate": {"duration_ms": 1200000}}, \
            "resource_hints": [{"sku_category": "RAW_NET", "sku_code": "trial.scarce"}]}""";

    private static final String STATUS_OF_FORM = "SELECT status FROM task_order WHERE project_id = 'form'";
    /** Temporal is asked about none of them: a workflow each would take minutes, and would rest as they do. */
    private static final String COPY = """
            INSERT INTO task_order
            SELECT copied.*
              FROM task_order form
             CROSS JOIN generate_series(1, %d) AS s(n)
             CROSS JOIN LATERAL jsonb_populate_record(form, jsonb_build_object(
                   'task_id', uuidv7(), 'idempotency_key', 'copy-' || s.n, 'created_at', clock_timestamp(),
                   'check_due_at', NULL)) copied
             WHERE form.project_id = 'form'
            """.formatted(QUEUED);

    @Override
    public String name() {
        return "fairness";
    }

    @Override
    public void run(Setup setup, Report report) throws Exception {
        try (TempFolder folder = TempFolder.create();
                Application application = Application.start(setup, folder.path())) {
            QuietTenant quiet = new QuietTenant(application, Orders.TENANT);
            quiet.slice(WARM_UP);
            Sample alone = measured(quiet, report, "alone");
            Sample queued = whileQueued(application, folder.path(), quiet, report);
            compare(report, "POST → executor, p95: another has " + QUEUED + " queued", queued, alone);
            Sample starting = whileStarting(application, quiet, report);
            compare(report, "another has " + QUEUED + " more to be started", starting, alone);
        }
        try (TempFolder folder = TempFolder.create();
                // with what local mode leaves out: a rate for each tenant
                Application application = Application.start(setup, folder.path(), "--taskorder.rates.enabled=true")) {
            QuietTenant quiet = new QuietTenant(application, Orders.TENANT);
            quiet.slice(WARM_UP);
            Sample alone = measured(quiet, report, "alone");
            limit(application, FEW_PER_SECOND);
            compare(
                    report,
                    "another creates all that its policy lets it, " + FEW_PER_SECOND + " a second",
                    besideBurst(application, quiet, report),
                    alone);
            limit(application, USUAL_PER_SECOND);
            compare(
                    report,
                    "another creates as fast as it can, of the usual " + USUAL_PER_SECOND + " a second",
                    besideBurst(application, quiet, report),
                    alone);
        }
    }

    private static Sample measured(QuietTenant quiet, Report report, String state) throws Exception {
        QuietTenant.Way way = quiet.slice(MEASURED);
        Sample millis = way.sample();
        report.say("%s: p50 %s, p95 %s, max %s ms, n %d; p50/p95 of %s"
                .formatted(
                        state,
                        Figure.shown(millis.median()),
                        Figure.shown(millis.percentile(95)),
                        Figure.shown(millis.max()),
                        millis.size(),
                        way.inWords()));
        report.detail(state, millis.percentile(95));
        return millis;
    }

    private static void compare(Report report, String what, Sample with, Sample without) {
        report.add(Figure.of(what + ", against alone", with.percentile(95) / without.percentile(95), "×")
                .noted("%s ms, alone %s ms; p50 %s and %s"
                        .formatted(
                                Figure.shown(with.percentile(95)),
                                Figure.shown(without.percentile(95)),
                                Figure.shown(with.median()),
                                Figure.shown(without.median())))
                .with(Bar.atMost(BAR)));
    }

    /** The other's orders wait for one asset, and it creates as many that need none as the quiet one does. */
    private static Sample whileQueued(Application application, Path folder, QuietTenant quiet, Report report)
            throws Exception {
        try (Orders loud = new Orders(application, LOUD);
                Database database = Database.ofApplication(folder)) {
            loud.putAsset("scarce", SCARCE);
            loud.create(WANTS_IT.formatted("holder").getBytes(StandardCharsets.UTF_8));
            TimeUnit.SECONDS.sleep(1);
            loud.create(WANTS_IT.formatted("form").getBytes(StandardCharsets.UTF_8));
            awaitQueued(database);
            database.execute("SET session_replication_role = replica");
            database.execute(COPY);
            database.execute("ANALYZE task_order");
        }
        ExecutorService beside = Executors.newSingleThreadExecutor();
        try {
            Future<Sample> other = beside.submit(
                    () -> new QuietTenant(application, LOUD).slice(MEASURED).sample());
            Sample millis = measured(quiet, report, "queued");
            report.say(
                    "the other one meanwhile: p95 " + Figure.shown(other.get().percentile(95)) + " ms");
            return millis;
        } finally {
            beside.shutdownNow();
        }
    }

    private static void awaitQueued(Database database) throws Exception {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (!database.rows(STATUS_OF_FORM).get(0).get(0).equals("QUEUED")) {
            if (System.nanoTime() > deadline) {
                throw new TimeoutException("the order that is to be copied was not queued within " + PATIENCE);
            }
            TimeUnit.MILLISECONDS.sleep(100);
        }
    }

    /** The other's orders go through Temporal as fast as that can. */
    private static Sample whileStarting(Application application, QuietTenant quiet, Report report) throws Exception {
        try (Orders loud = new Orders(application, LOUD)) {
            OrderBodies backlog = OrderBodies.plain("backlog");
            for (int made = 0; made < QUEUED; made += BATCH) {
                loud.createBatch(backlog.batch(BATCH));
            }
            report.say(QUEUED + " orders wait to be started");
            Sample millis = measured(quiet, report, "starting");
            if (!loud.anyPending("backlog")) {
                throw new IllegalStateException("nothing waited any more when the last was measured");
            }
            return millis;
        }
    }

    private static Sample besideBurst(Application application, QuietTenant quiet, Report report) throws Exception {
        AtomicBoolean enough = new AtomicBoolean();
        ExecutorService threads = Executors.newFixedThreadPool(LOUD_CALLERS);
        Series answers = new Series();
        try {
            OrderBodies bodies = OrderBodies.plain("burst");
            for (int i = 0; i < LOUD_CALLERS; i++) {
                var unused = threads.submit(() -> create(application, bodies, enough, answers));
            }
            TimeUnit.SECONDS.sleep(2);
            return measured(quiet, report, "burst");
        } finally {
            enough.set(true);
            threads.shutdown();
            var unused = threads.awaitTermination(PATIENCE.toSeconds(), TimeUnit.SECONDS);
            double[] statuses = answers.values();
            long refused =
                    Arrays.stream(statuses).filter(one -> one == RATE_LIMITED).count();
            report.say("the other one made %d requests, %d were refused".formatted(statuses.length, refused));
        }
    }

    /** As an operator does where the usual rate is more than a machine can run. */
    private static void limit(Application application, int perSecond) throws Exception {
        try (Orders loud = new Orders(application, LOUD)) {
            loud.activatePolicy(
                    LOUD,
                    "{\"quotas\": {\"creates_per_second\": %d, \"create_burst\": %d}}"
                            .formatted(perSecond, 2 * perSecond));
        }
    }

    /** The next one at once, or, where it is told to wait, after the second that it is told at least. */
    private static boolean create(Application application, OrderBodies bodies, AtomicBoolean enough, Series answers)
            throws Exception {
        try (WireClient wire = new WireClient(application.port(), LOUD)) {
            while (!enough.get()) {
                int status = wire.post(Orders.PATH, bodies.one()).status();
                answers.add(status);
                if (status == RATE_LIMITED) {
                    TimeUnit.SECONDS.sleep(1);
                }
            }
        }
        return true;
    }
}
