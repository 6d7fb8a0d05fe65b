package dev.taskorder.trials;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Twenty thousand orders that wait for an asset, each with its workflow, are cancelled by one call: how long that takes, and what another tenant notices. */
final class BulkCancelTrial implements Trial {
    private static final String MANY = "tenant_b";
    private static final String PROJECT = "backlog";
    private static final int QUEUED = 20_000;
    private static final int BATCH = 100;
    private static final Duration WARM_UP = Duration.ofSeconds(15);
    private static final Duration MEASURED = Duration.ofSeconds(20);
    private static final Duration PATIENCE = Duration.ofMinutes(10);
    private static final double SECONDS_BAR = 60;
    private static final double P95_BAR = 1.5;
    private static final long LOOK_AGAIN_MS = 250;
    private static final JsonMapper JSON = new JsonMapper();

    private static final String ONE_SLOT = """
            {"env": "sandbox", "sku_category": "RAW_NET", "sku_code": "trial.net.0", "max_concurrency": 1, "unit_cost": 0.01}""";
    private static final String HOLDER = """
            {"project_id": "holder", "env": "sandbox", "task_type": "SIMULATED", "idempotency_key": "holder", \
            "timeout_ms": 3600000, "input": {"simulate": {"duration_ms": 3000000}}, \
            "resource_hints": [{"sku_category": "RAW_NET", "sku_code": "trial.net.*"}]}""";
    private static final String CANCEL = """
            {"filter": {"project_id": "%s"}, "reason": "the trial is done with them"}""".formatted(PROJECT);

    @Override
    public String name() {
        return "bulk-cancel";
    }

    @Override
    public void run(Setup setup, Report report) throws Exception {
        try (TempFolder folder = TempFolder.create();
                Application application = Application.start(setup, folder.path());
                WireClient wire = new WireClient(application.port(), MANY)) {
            queue(application, report);
            QuietTenant quiet = new QuietTenant(application, Orders.TENANT);
            quiet.slice(WARM_UP);
            Sample alone = quiet.slice(MEASURED).sample();
            ExecutorService beside = Executors.newSingleThreadExecutor();
            try {
                long begun = System.nanoTime();
                String operation = asked(wire);
                report.say("answered after " + Figure.shown(seconds(begun)) + " s");
                Future<Double> done = beside.submit(() -> doneAfter(application, operation, begun));
                Sample meanwhile = quiet.slice(MEASURED).sample();
                report.add(Figure.of(QUEUED + " queued orders cancelled by one call", done.get(), "s")
                        .with(Bar.atMost(SECONDS_BAR)));
                compare(report, "meanwhile", meanwhile, alone);
                compare(
                        report,
                        "while their workflows are told",
                        quiet.slice(MEASURED).sample(),
                        alone);
            } finally {
                beside.shutdownNow();
            }
        }
    }

    private static void queue(Application application, Report report) throws Exception {
        try (Orders orders = new Orders(application, MANY)) {
            orders.putAsset("only", ONE_SLOT);
            orders.create(HOLDER.getBytes(StandardCharsets.UTF_8));
            TimeUnit.SECONDS.sleep(2);
            OrderBodies bodies = OrderBodies.withOneHint(PROJECT);
            for (int made = 0; made < QUEUED; made += BATCH) {
                orders.createBatch(bodies.batch(BATCH));
            }
            report.say(QUEUED + " orders are created, and are to be queued");
            long deadline = System.nanoTime() + PATIENCE.toNanos();
            while (orders.anyPending(PROJECT)) {
                if (System.nanoTime() > deadline) {
                    throw new TimeoutException("orders are not queued after " + PATIENCE);
                }
                TimeUnit.SECONDS.sleep(1);
            }
        }
    }

    private static String asked(WireClient wire) throws IOException {
        WireClient.Answer answer = wire.post(Orders.PATH + "/cancel", CANCEL.getBytes(StandardCharsets.UTF_8));
        JsonNode operation = JSON.readTree(answer.text());
        if (answer.status() != 202 || operation.path("matched").asInt() != QUEUED) {
            throw new IOException("the application answered " + answer.status() + ": " + answer.text());
        }
        return operation.path("operation_id").asString();
    }

    /** Seconds from the call until all of them were over. */
    private static double doneAfter(Application application, String operation, long begun) throws Exception {
        try (WireClient wire = new WireClient(application.port(), MANY)) {
            while (seconds(begun) < PATIENCE.toSeconds()) {
                JsonNode now =
                        JSON.readTree(wire.get("/v1/operations/" + operation).text());
                if (!now.path("state").asString().equals("RUNNING")) {
                    if (now.path("done").asInt() != QUEUED) {
                        throw new IllegalStateException("not all were cancelled: " + now);
                    }
                    return seconds(begun);
                }
                TimeUnit.MILLISECONDS.sleep(LOOK_AGAIN_MS);
            }
        }
        throw new TimeoutException("the operation is not done after " + PATIENCE);
    }

    private static double seconds(long begun) {
        return (System.nanoTime() - begun) / 1e9;
    }

    private static void compare(Report report, String when, Sample with, Sample without) {
        report.add(Figure.of(
                        "POST → executor of another tenant " + when + ", p95 against before",
                        with.percentile(95) / without.percentile(95),
                        "×")
                .noted("%s ms, before %s ms; p50 %s and %s"
                        .formatted(
                                Figure.shown(with.percentile(95)),
                                Figure.shown(without.percentile(95)),
                                Figure.shown(with.median()),
                                Figure.shown(without.median())))
                .with(Bar.atMost(P95_BAR)));
    }
}
