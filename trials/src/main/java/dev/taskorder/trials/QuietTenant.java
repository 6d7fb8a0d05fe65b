package dev.taskorder.trials;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import tools.jackson.databind.JsonNode;

/** A tenant that creates an order now and then, at an even pace, and asks afterwards how long each took to its executor. */
final class QuietTenant {
    private static final double PER_SECOND = 5;
    private static final int CALLERS = 8;
    private static final Duration PATIENCE = Duration.ofMinutes(1);
    private static final double NANOS_PER_MS = 1e6;
    private static final Clock CLOCK = Clock.systemUTC();

    private final Application application;
    private final String tenant;
    private int slices;

    /** An order that was asked for at this moment. */
    private record Asked(Instant at, String taskId) {}

    QuietTenant(Application application, String tenant) {
        this.application = application;
        this.tenant = tenant;
    }

    /**
     * The way of each order, in milliseconds.
     *
     * @param whole from its POST to its executor
     */
    record Way(Series whole, Series accepted, Series admitted, Series begun) {
        Sample sample() {
            return whole.sample();
        }

        /** What its parts took. */
        String inWords() {
            return "POST → created %s, → queued %s, → executor %s ms"
                    .formatted(shown(accepted), shown(admitted), shown(begun));
        }

        private static String shown(Series part) {
            return Figure.shown(part.sample().median()) + "/"
                    + Figure.shown(part.sample().percentile(95));
        }
    }

    /** Creates for so long, and says how long each order took. */
    Way slice(Duration length) throws Exception {
        String project = "quiet-" + tenant + "-" + ++slices;
        List<Asked> asked = created(project, length);
        try (Orders orders = new Orders(application, tenant)) {
            orders.awaitAllOver(project, PATIENCE);
            Way way = new Way(new Series(), new Series(), new Series(), new Series());
            for (Asked one : asked) {
                JsonNode order = orders.find(one.taskId);
                Instant created = instant(order, "created_at");
                Instant queued = instant(order, "queued_at");
                Instant started = instant(orders.firstAttempt(one.taskId), "started_at");
                way.whole.add(millis(one.at, started));
                way.accepted.add(millis(one.at, created));
                way.admitted.add(millis(created, queued));
                way.begun.add(millis(queued, started));
            }
            return way;
        }
    }

    private static Instant instant(JsonNode node, String field) {
        return Instant.parse(node.path(field).asString());
    }

    private static double millis(Instant from, Instant to) {
        return Duration.between(from, to).toNanos() / NANOS_PER_MS;
    }

    private List<Asked> created(String project, Duration length) throws Exception {
        OrderBodies bodies = OrderBodies.plain(project);
        ConcurrentLinkedQueue<Orders> idle = new ConcurrentLinkedQueue<>();
        ExecutorService callers = Executors.newFixedThreadPool(CALLERS);
        try {
            for (int i = 0; i < CALLERS; i++) {
                idle.add(new Orders(application, tenant));
            }
            List<Future<Asked>> sent = new ArrayList<>();
            long begin = System.nanoTime();
            for (int n = 0; n < PER_SECOND * length.toSeconds(); n++) {
                long due = begin + (long) (n * TimeUnit.SECONDS.toNanos(1) / PER_SECOND);
                TimeUnit.NANOSECONDS.sleep(due - System.nanoTime());
                // counts from when it was due, so that a caller who is held up holds up nobody's clock
                Instant now = CLOCK.instant();
                sent.add(callers.submit(() -> ask(idle, bodies, now)));
            }
            List<Asked> all = new ArrayList<>();
            for (Future<Asked> one : sent) {
                all.add(one.get());
            }
            return all;
        } finally {
            callers.shutdownNow();
            for (Orders one : idle) {
                one.close();
            }
        }
    }

    /** Never more at once than there are callers, each with a connection. */
    private static Asked ask(ConcurrentLinkedQueue<Orders> idle, OrderBodies bodies, Instant at) throws Exception {
        Orders caller = idle.remove();
        try {
            return new Asked(at, caller.create(bodies.one()).path("task_id").asString());
        } finally {
            idle.add(caller);
        }
    }
}
