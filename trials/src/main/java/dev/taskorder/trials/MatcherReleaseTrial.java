package dev.taskorder.trials;

import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * How long from the moment at which an order's end gives its slot back to the moment at which the next order's executor
 * begins, beyond what Temporal takes for it: beside each chain of orders that wait for one slot, a chain of bare
 * workflows runs, each of which signals the next when its activity is through.
 *
 * <p>For orders the first moment is the lease's {@code released_at}, which is taken in the transaction that settles; the
 * second is the attempt's {@code started_at}. Between them are the commit, the matcher, the wake's way to Temporal, the
 * workflow's look at its row, and Temporal's answer with the attempt.
 */
final class MatcherReleaseTrial implements Trial {
    private static final int CHAIN = 20;
    private static final long WORK_MS = 150;
    /** By then all orders of a chain are created and wait for the first one. */
    private static final long LULL_MS = 3_000;

    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final double BAR_MS = 20;
    private static final String ORDER = """
            {"project_id": "%1$s", "env": "sandbox", "task_type": "SIMULATED", "idempotency_key": "%1$s-%2$d", \
            "priority": 50, "timeout_ms": 600000, "currency": "USD", \
            "resource_hints": [{"sku_category": "RAW_NET", "sku_code": "trial.chain"}], \
            "input": {"simulate": {"duration_ms": %3$d}}}""";
    private static final String HAND_OVERS = """
            SELECT extract(epoch FROM a.started_at - lag(l.released_at) OVER (ORDER BY l.acquired_at)) * 1000,
                   o.queued_at < min(l.released_at) OVER ()
              FROM lease l
              JOIN attempt a USING (tenant_id, task_id)
              JOIN task_order o USING (tenant_id, task_id)
             WHERE o.project_id = '%s'
             ORDER BY l.acquired_at
            OFFSET 1
            """;

    @Override
    public String name() {
        return "matcher-release";
    }

    @Override
    public void run(Setup setup, Report report) throws Exception {
        try (TempFolder folder = TempFolder.create();
                Application application = Application.start(setup, folder.path());
                Database database = Database.ofApplication(folder.path());
                Orders orders = new Orders(application);
                BareChain bare = new BareChain(application.temporal(), WORK_MS, LULL_MS)) {
            orders.putAsset("trial-chain", """
                    {"env": "sandbox", "sku_category": "RAW_NET", "sku_code": "trial.chain", "max_concurrency": 1, \
                    "unit_cost": 0.01, "currency": "USD"}""");
            new Chains(orders, database, bare).run(setup.rounds(), report);
        }
    }

    /** Chains of both kinds, in turn. */
    private static final class Chains {
        private final Orders orders;
        private final Database database;
        private final BareChain bare;
        private final Series allOrders = new Series();
        private final Series allBare = new Series();
        private int chains;

        Chains(Orders orders, Database database, BareChain bare) {
            this.orders = orders;
            this.database = database;
            this.bare = bare;
        }

        void run(int rounds, Report report) throws Exception {
            bare.run(CHAIN);
            ofOrders();
            Series beyond = new Series();
            List<Map<String, Double>> medians = new ArrayList<>();
            for (int round = 1; round <= rounds; round++) {
                Series bareMs = bare.run(CHAIN);
                Series orderMs = ofOrders();
                allBare.addAll(bareMs);
                allOrders.addAll(orderMs);
                double ofBare = bareMs.sample().median();
                double ofOrder = orderMs.sample().median();
                beyond.add(ofOrder - ofBare);
                medians.add(Map.of("bare_ms", ofBare, "order_ms", ofOrder));
                report.say("round %d of %d, median: bare %s ms, order %s ms"
                        .formatted(round, rounds, Figure.shown(ofBare), Figure.shown(ofOrder)));
            }
            report.add(inWords("bare: signal → activity runs, median", allBare.sample()));
            report.add(inWords("order: slot given back → next executor starts, median", allOrders.sample()));
            report.add(Figure.median("beyond Temporal, pair by pair", beyond.sample(), "ms")
                    .with(Bar.atMost(BAR_MS)));
            report.detail("medians_by_round", medians);
        }

        private static Figure inWords(String what, Sample millis) {
            return Figure.of(what, millis.median(), "ms")
                    .noted("p95 %s, p99 %s, n %d"
                            .formatted(
                                    Figure.shown(millis.percentile(95)),
                                    Figure.shown(millis.percentile(99)),
                                    millis.size()));
        }

        private Series ofOrders() throws Exception {
            String project = "chain-" + ++chains;
            orders.create(order(project, 0, LULL_MS));
            List<String> rest = new ArrayList<>();
            for (int n = 1; n <= CHAIN; n++) {
                rest.add(text(project, n, WORK_MS));
            }
            orders.createBatch(
                    ("{\"task_orders\": [" + String.join(",", rest) + "]}").getBytes(StandardCharsets.UTF_8));
            orders.awaitAllOver(project, PATIENCE);
            return handOvers(project);
        }

        private Series handOvers(String project) throws SQLException {
            Series millis = new Series();
            for (List<String> row : database.rows(HAND_OVERS.formatted(project))) {
                if (!row.get(1).equals("t")) {
                    throw new IllegalStateException("an order came to wait after the first was over");
                }
                millis.add(Double.parseDouble(row.get(0)));
            }
            if (millis.size() != CHAIN) {
                throw new IllegalStateException(millis.size() + " orders followed another, not " + CHAIN);
            }
            return millis;
        }

        private static byte[] order(String project, int number, long workMs) {
            return text(project, number, workMs).getBytes(StandardCharsets.UTF_8);
        }

        private static String text(String project, int number, long workMs) {
            return ORDER.formatted(project, number, workMs);
        }
    }
}
