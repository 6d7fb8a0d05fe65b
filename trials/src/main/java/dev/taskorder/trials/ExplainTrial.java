package dev.taskorder.trials;

import dev.taskorder.api.explain.Explanations;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/**
 * What an explanation of a waiting order costs behind 100,000 others: the port's call, without HTTP. Orders are picked at
 * random, so that most stand far behind; every slot is held.
 */
final class ExplainTrial implements Trial {
    private static final int QUEUED = 100_000;
    private static final int CALLS = 500;
    private static final int WARM_UP = 200;
    private static final double BAR_MS = 50;
    private static final double NANOS_PER_MS = 1e6;
    private static final String WAITING = """
            SELECT task_id FROM task_order WHERE status = 'QUEUED' ORDER BY random() LIMIT :calls
            """;

    @Override
    public String name() {
        return "explain";
    }

    @Override
    public void run(Setup setup, Report report) throws Exception {
        try (OwnPostgres postgres = OwnPostgres.start()) {
            for (int classes : new int[] {50, 1}) {
                measure(postgres, classes, setup.rounds(), report);
            }
        }
    }

    private static void measure(OwnPostgres postgres, int classes, int rounds, Report report) throws Exception {
        try (GrantPace queue = GrantPace.of(postgres, "explain_" + classes, classes, QUEUED)) {
            queue.begin();
            QueuedTenant tenant = queue.tenant();
            List<UUID> orders = tenant.sql()
                    .sql(WAITING)
                    .param("calls", CALLS)
                    .query(UUID.class)
                    .list();
            orders.subList(0, WARM_UP).forEach(order -> explained(tenant, order));
            List<Sample> all = new ArrayList<>();
            for (int round = 1; round <= rounds; round++) {
                Sample sample = Sample.of(orders.stream()
                        .mapToDouble(order -> explained(tenant, order))
                        .toArray());
                all.add(sample);
                report.say("%d classes, round %d of %d, an explanation in ms: p50 %s, p99 %s"
                        .formatted(
                                classes,
                                round,
                                rounds,
                                Figure.shown(sample.median()),
                                Figure.shown(sample.percentile(99))));
            }
            Sample p99 = Sample.of(
                    all.stream().mapToDouble(sample -> sample.percentile(99)).toArray());
            report.add(Figure.median("explain, %d queued in %d classes, p99".formatted(QUEUED, classes), p99, "ms")
                    .with(Bar.atMost(BAR_MS)));
        }
    }

    private static double explained(QueuedTenant tenant, UUID order) {
        Features features = tenant.features();
        long begun = System.nanoTime();
        boolean waits = features.as(
                        tenant.id(), () -> features.bean(Explanations.class).of(order))
                .filter(explanation -> !explanation.blockers().isEmpty())
                .isPresent();
        double took = (System.nanoTime() - begun) / NANOS_PER_MS;
        if (!waits) {
            throw new IllegalStateException("order " + order + " was to wait and to be told why");
        }
        return took;
    }
}
