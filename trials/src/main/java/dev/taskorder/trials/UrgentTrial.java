package dev.taskorder.trials;

import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import tools.jackson.databind.JsonNode;

/** How long an order of priority 90 takes to its executor when thousands of priority 50 wait to be started. */
final class UrgentTrial implements Trial {
    private static final int BACKLOG = 10_000;
    private static final int BATCH = 100;
    private static final int APART_SECONDS = 3;
    private static final Duration PATIENCE = Duration.ofMinutes(1);
    private static final double BAR_MS = 2000;
    private static final double NANOS_PER_MS = 1e6;
    private static final Clock CLOCK = Clock.systemUTC();

    @Override
    public String name() {
        return "urgent";
    }

    @Override
    public void run(Setup setup, Report report) throws Exception {
        try (TempFolder folder = TempFolder.create();
                Application application = Application.start(setup, folder.path());
                Orders orders = new Orders(application)) {
            OrderBodies backlog = OrderBodies.plain("urgent-backlog");
            for (int made = 0; made < BACKLOG; made += BATCH) {
                orders.createBatch(backlog.batch(BATCH));
            }
            report.say(BACKLOG + " orders wait");
            OrderBodies urgent = OrderBodies.urgent("urgent");
            Series millis = new Series();
            for (int round = 0; round < setup.rounds(); round++) {
                millis.add(createdToExecutor(orders, urgent.one()));
                TimeUnit.SECONDS.sleep(APART_SECONDS);
            }
            boolean waiting = orders.anyPending("urgent-backlog");
            Sample sample = millis.sample();
            report.add(Figure.of("POST → executor starts, the slowest", sample.max(), "ms")
                    .noted("median %s, n %d, backlog %s"
                            .formatted(Figure.shown(sample.median()), sample.size(), waiting ? "waiting" : "GONE"))
                    .with(Bar.atMost(BAR_MS)));
        }
    }

    private static double createdToExecutor(Orders orders, byte[] order) throws IOException {
        Instant asked = CLOCK.instant();
        String task = orders.create(order).path("task_id").asString();
        orders.awaitOver(task, PATIENCE);
        JsonNode attempt = orders.firstAttempt(task);
        Instant started = Instant.parse(attempt.path("started_at").asString());
        return Duration.between(asked, started).toNanos() / NANOS_PER_MS;
    }
}
