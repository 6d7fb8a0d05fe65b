package dev.taskorder.trials;

import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import tools.jackson.databind.JsonNode;

/**
 * How long from the caller's request until the executor runs, beside how long from a start until the activity of a bare
 * workflow runs. Both are asked for at the same pace, half of what the machine can do, in slices that alternate. All
 * times are of this machine's one clock, which is the database's too.
 */
final class StartLatencyTrial implements Trial {
    private static final int CALIBRATION = 120;
    private static final int SLICE_SECONDS = 8;
    private static final int CALLERS = 16;
    private static final Duration PATIENCE = Duration.ofMinutes(1);
    private static final double BAR = 1.3;
    private static final double NANOS_PER_MS = 1e6;
    private static final Clock CLOCK = Clock.systemUTC();

    @Override
    public String name() {
        return "start-latency";
    }

    @Override
    public void run(Setup setup, Report report) throws Exception {
        ExecutorService callers = Executors.newFixedThreadPool(CALLERS);
        try (TempFolder folder = TempFolder.create();
                Application application = Application.start(setup, folder.path());
                BareSide bare = new BareSide(application.temporal());
                Bursts bursts = new Bursts(application, bare)) {
            double perSecond = halfOfWhatGoes(bursts);
            report.say("half load is " + Figure.shown(perSecond) + "/s");
            new Slices(application, bare, callers, perSecond).run(setup.rounds(), report);
            report.detail("per_second", perSecond);
        } finally {
            callers.shutdownNow();
        }
    }

    private static double halfOfWhatGoes(Bursts bursts) throws Exception {
        bursts.bare(BareSide.Kind.BARE, CALIBRATION);
        bursts.orders(CALIBRATION, false);
        double bare = bursts.bare(BareSide.Kind.BARE, CALIBRATION).rate();
        double orders = bursts.orders(CALIBRATION, false).rate();
        return Math.min(bare, orders) / 2;
    }

    /** The parts of the way of an order, in milliseconds. */
    private static final class Way {
        private final Series whole = new Series();
        private final Series accepted = new Series();
        private final Series admitted = new Series();
        private final Series begun = new Series();
    }

    /** One per caller, kept open between its requests, as the bare side keeps its channel. */
    private static final class Connections implements AutoCloseable {
        private final Deque<Orders> idle = new ConcurrentLinkedDeque<>();

        Connections(Application application) throws IOException {
            for (int i = 0; i < CALLERS; i++) {
                idle.add(new Orders(application));
            }
        }

        /** Never more at once than there are callers. */
        Orders take() {
            return idle.removeFirst();
        }

        void giveBack(Orders caller) {
            idle.addFirst(caller);
        }

        @Override
        public void close() throws IOException {
            for (Orders one : idle) {
                one.close();
            }
        }
    }

    /** A bare slice and a slice of orders, in turn. */
    private static final class Slices {
        private final Application application;
        private final BareSide bare;
        private final ExecutorService callers;
        private final double perSecond;
        private final Way way = new Way();
        private final Series bareMs = new Series();
        private int slices;

        Slices(Application application, BareSide bare, ExecutorService callers, double perSecond) {
            this.application = application;
            this.bare = bare;
            this.callers = callers;
            this.perSecond = perSecond;
        }

        void run(int rounds, Report report) throws Exception {
            List<Map<String, Double>> p95s = new ArrayList<>();
            for (int round = 1; round <= rounds; round++) {
                double bareP95 = bareSlice().percentile(95);
                double orderP95 = orderSlice().percentile(95);
                Map<String, Double> p95 = new LinkedHashMap<>();
                p95.put("bare_ms", bareP95);
                p95.put("order_ms", orderP95);
                p95s.add(p95);
                report.say("round " + round + " of " + rounds + ", p95: bare " + Figure.shown(bareP95) + " ms, order "
                        + Figure.shown(orderP95) + " ms");
            }
            tell(report, p95s);
        }

        private void tell(Report report, List<Map<String, Double>> p95s) {
            Sample bareAll = bareMs.sample();
            Sample orderAll = way.whole.sample();
            report.add(percentiles("bare: start → activity runs, p95", bareAll));
            report.add(percentiles("order: POST → executor starts, p95", orderAll));
            report.add(Figure.of("p95 of orders / p95 of bare", orderAll.percentile(95) / bareAll.percentile(95), "×")
                    .noted("over all slices")
                    .with(Bar.atMost(BAR)));
            double[] ratios = p95s.stream()
                    .mapToDouble(p95 -> p95.getOrDefault("order_ms", 0.0) / p95.getOrDefault("bare_ms", 1.0))
                    .toArray();
            report.add(Figure.median("the same, pair by pair", Sample.of(ratios), "×"));
            report.add(percentiles("part of it: POST → created_at, p95", way.accepted.sample()));
            report.add(percentiles("part of it: created_at → queued_at, p95", way.admitted.sample()));
            report.add(percentiles("part of it: queued_at → executor starts, p95", way.begun.sample()));
            report.detail("p95_by_round", p95s);
        }

        private static Figure percentiles(String what, Sample millis) {
            return Figure.of(what, millis.percentile(95), "ms")
                    .noted("p50 %s, p99 %s, n %d"
                            .formatted(
                                    Figure.shown(millis.median()), Figure.shown(millis.percentile(99)), millis.size()));
        }

        private Sample bareSlice() throws Exception {
            String prefix = "latency-bare-" + ++slices + "-";
            List<Instant> asked = paced(n -> {
                Instant now = CLOCK.instant();
                bare.start(BareSide.Kind.BARE, prefix + n);
                return now;
            });
            bare.completions().await(asked.size(), PATIENCE);
            Series slice = new Series();
            for (int n = 0; n < asked.size(); n++) {
                slice.add(millis(asked.get(n), bare.activityStart(prefix + n)));
            }
            bareMs.addAll(slice);
            return slice.sample();
        }

        private Sample orderSlice() throws Exception {
            String project = "latency-orders-" + ++slices;
            OrderBodies bodies = OrderBodies.plain(project);
            List<Asked> asked;
            try (Connections connections = new Connections(application)) {
                asked = paced(n -> {
                    Orders caller = connections.take();
                    Instant now = CLOCK.instant();
                    JsonNode order = caller.create(bodies.one());
                    connections.giveBack(caller);
                    return new Asked(now, order.path("task_id").asString());
                });
            }
            try (Orders orders = new Orders(application)) {
                orders.awaitAllOver(project, PATIENCE);
                Series slice = new Series();
                for (Asked one : asked) {
                    slice.add(follow(one, orders.find(one.taskId), orders.firstAttempt(one.taskId)));
                }
                way.whole.addAll(slice);
                return slice.sample();
            }
        }

        private double follow(Asked asked, JsonNode order, JsonNode attempt) {
            Instant created = instant(order, "created_at");
            Instant queued = instant(order, "queued_at");
            Instant started = instant(attempt, "started_at");
            way.accepted.add(millis(asked.at, created));
            way.admitted.add(millis(created, queued));
            way.begun.add(millis(queued, started));
            return millis(asked.at, started);
        }

        private interface Request<T> {
            T send(int number) throws Exception;
        }

        private record Asked(Instant at, String taskId) {}

        /** Sends at an even pace, whatever the answers. */
        private <T> List<T> paced(Request<T> request) throws Exception {
            int count = (int) Math.max(1, perSecond * SLICE_SECONDS);
            long interval = (long) (TimeUnit.SECONDS.toNanos(1) / perSecond);
            long begin = System.nanoTime();
            List<Future<T>> sent = new ArrayList<>();
            for (int n = 0; n < count; n++) {
                int number = n;
                TimeUnit.NANOSECONDS.sleep(begin + n * interval - System.nanoTime());
                Callable<T> call = () -> request.send(number);
                sent.add(callers.submit(call));
            }
            List<T> answers = new ArrayList<>();
            for (Future<T> one : sent) {
                answers.add(one.get());
            }
            return answers;
        }

        private static Instant instant(JsonNode node, String field) {
            return Instant.parse(node.path(field).asString());
        }

        private static double millis(Instant from, Instant to) {
            return Duration.between(from, to).toNanos() / NANOS_PER_MS;
        }
    }
}
