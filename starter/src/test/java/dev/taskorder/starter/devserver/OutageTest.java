package dev.taskorder.starter.devserver;

import static dev.taskorder.starter.devserver.Caller.order;
import static dev.taskorder.starter.devserver.Caller.wantsOne;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.api.parallel.ResourceLock;

/** A server goes away and comes back; nobody but the callers who are refused meanwhile has to know. */
@OnDevServer(ofItsOwn = true)
@Execution(ExecutionMode.CONCURRENT)
// one of its tests after the other
@ResourceLock("OutageTest")
class OutageTest {
    private static final Duration OUTAGE = Duration.ofSeconds(20);
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final String AT_ONCE = "{\"duration_ms\": 1}";
    private static final String FAILS_ONCE =
            "{\"duration_ms\": 1, \"attempts\": [{\"result_code\": \"RETRYABLE\"}, {\"result_code\": \"OK\"}]}";
    private static final int CREATORS = 6;
    /** How many starts the dispatcher has under way at most. */
    private static final int AT_ONCE_MAX = 64;

    private final Stage stage;
    private final Caller caller;

    OutageTest(Stage stage) {
        this.stage = stage;
        this.caller = stage.newTenant();
        caller.pool(8);
    }

    @Test
    void with_postgresql_away_for_twenty_seconds_under_load_nothing_is_lost() throws Exception {
        Caller busy = stage.newTenant("{\"retry_backoff_ms\": 15000}");
        busy.pool(8);
        List<String> backingOff = create(busy, "backing-off", 4, FAILS_ONCE);
        backingOff.forEach(busy::awaitBackOff);
        List<String> running = create(busy, "running", 4, "{\"duration_ms\": 4000}");
        running.forEach(task -> busy.awaitExecuting(task, 1));
        List<String> queued = create(busy, "queued", 12, AT_ONCE);
        queued.forEach(task -> busy.awaitStatus(task, "QUEUED"));
        Load load = new Load(busy);
        int ready;
        try (load) {
            await().atMost(PATIENCE).until(() -> load.accepted() > CREATORS);
            assertThat(queued).allMatch(task -> "QUEUED".equals(statusOf(busy, task)), "waits for a slot");
            assertThat(backingOff).allMatch(task -> busy.attempts(task).size() == 1, "is between two attempts");

            long begun = System.nanoTime();
            stage.database().stop();
            await().atMost(PATIENCE).until(() -> System.nanoTime() - begun > OUTAGE.toNanos());
            ready = stage.readiness();
            stage.database().start();
        }
        load.replayRefused();

        assertThat(ready).isEqualTo(503);
        assertThat(load.refusals())
                .hasSizeGreaterThan(CREATORS)
                .extracting(refusal -> refusal.status() + " Retry-After: " + refusal.retryAfter())
                .containsOnly("503 Retry-After: 1");
        Map<String, String> created = new HashMap<>();
        busy.orders().forEach(order -> assertThat(created.put(
                        order.path("idempotency_key").asString(),
                        order.path("task_id").asString()))
                .isNull());
        assertThat(created).hasSize(4 + 4 + 12 + load.tasks().size()).containsAllEntriesOf(load.tasks());
        created.values().forEach(task -> busy.awaitStatus(task, "SUCCESS"));
        for (String task : created.values()) {
            busy.assertEnded(task, "SUCCESS", "OK");
            assertThat(busy.cost(task)).isEqualTo(1);
            assertThat(busy.attempts(task)).hasSize(backingOff.contains(task) ? 2 : 1);
        }
        assertThat(busy.activeLeases()).isEmpty();
    }

    private static List<String> create(Caller caller, String name, int count, String simulate) {
        return IntStream.range(0, count)
                .mapToObj(i -> caller.create(order(name + i, simulate, wantsOne())))
                .toList();
    }

    private static String statusOf(Caller caller, String task) {
        return caller.order(task).path("status").asString();
    }

    /** Callers who all create one order after another, whatever they are answered, until it is closed. */
    private static final class Load implements AutoCloseable {
        private final Caller caller;
        private final Map<String, String> tasks = new ConcurrentHashMap<>();
        private final Map<String, Caller.Reply> refusals = new ConcurrentHashMap<>();
        private final ExecutorService creators = Executors.newFixedThreadPool(CREATORS);
        private final List<Future<?>> work;
        private volatile boolean over;

        Load(Caller caller) {
            this.caller = caller;
            this.work = IntStream.range(0, CREATORS)
                    .<Future<?>>mapToObj(creator -> creators.submit(() -> createOneAfterAnother(creator)))
                    .toList();
        }

        private void createOneAfterAnother(int creator) {
            for (int i = 0; !over; i++) {
                String key = "load-" + creator + "-" + i;
                Caller.Reply reply = offer(key);
                if (!reply.accepted()) {
                    refusals.put(key, reply);
                }
            }
        }

        private Caller.Reply offer(String key) {
            Caller.Reply reply = caller.tryCreate(order(key, AT_ONCE, wantsOne()));
            if (reply.accepted()) {
                tasks.put(key, reply.taskId());
            }
            return reply;
        }

        /** As callers do who are told 503: again, under the same key, and it may have been created before. */
        void replayRefused() {
            refusals.keySet().forEach(key -> await().atMost(PATIENCE)
                    .until(() -> offer(key).accepted()));
        }

        int accepted() {
            return tasks.size();
        }

        /** By their keys. */
        Map<String, String> tasks() {
            return tasks;
        }

        Collection<Caller.Reply> refusals() {
            return refusals.values();
        }

        @Override
        public void close() throws Exception {
            over = true;
            creators.shutdown();
            for (Future<?> creator : work) {
                creator.get();
            }
        }
    }

    @Test
    void a_cancel_while_temporal_is_away_ends_the_order_once_wherever_it_was() {
        Caller patient = stage.newTenant("{\"retry_backoff_ms\": 60000}");
        patient.pool(2);
        String running = patient.create(order("running", "{\"duration_ms\": 60000}", wantsOne()));
        patient.awaitExecuting(running, 1);
        String backingOff = patient.create(order("backing-off", FAILS_ONCE, wantsOne()));
        patient.awaitBackOff(backingOff);
        String queued = patient.create(order("queued", AT_ONCE, wantsOne()));
        patient.awaitStatus(queued, "QUEUED");

        stage.temporal().stop();
        String pending = patient.create(order("pending", AT_ONCE));
        List<String> all = List.of(running, backingOff, queued, pending);
        all.forEach(patient::cancel);
        assertThat(all)
                .extracting(task -> statusOf(patient, task))
                .containsExactly("RUNNING", "RUNNING", "QUEUED", "CANCELLED");
        stage.temporal().start();

        for (String task : all) {
            patient.awaitStatus(task, "CANCELLED");
            patient.assertEnded(task, "CANCELLED", "CANCELLED");
        }
        assertThat(all)
                .extracting(task -> patient.attempts(task).size())
                .as("nobody was at work on them any more")
                .containsExactly(1, 1, 0, 0);
        assertThat(all).extracting(patient::cost).containsExactly(1.0, 1.0, 0.0, 0.0);
        assertThat(patient.activeLeases()).isEmpty();
        for (String key : List.of("running", "backing-off", "queued", "pending")) {
            Run run = stage.run(patient, key);
            // a start that was under way when Temporal went away may arrive late, and then ends itself
            await().atMost(PATIENCE).until(() -> key.equals("pending") && run.isForgotten() || run.isCompleted());
        }
    }

    @Test
    void orders_created_without_temporal_wait_and_then_the_most_urgent_run_first() {
        stage.temporal().stop();
        String scout = caller.create(order("scout", AT_ONCE));
        await().atMost(PATIENCE).until(() -> stage.isNotClaimed(scout));
        caller.createAll(IntStream.range(0, 100)
                .mapToObj(i -> order("patient" + i, AT_ONCE, ", \"priority\": 10"))
                .toList());
        List<String> urgent = List.of("urgent0", "urgent1", "urgent2", "urgent3", "urgent4");
        caller.createAll(urgent.stream()
                .map(key -> order(key, AT_ONCE, ", \"priority\": 95"))
                .toList());
        assertThat(caller.orders())
                .extracting(order -> order.path("status").asString())
                .containsOnly("PENDING");

        stage.temporal().start();

        await().atMost(PATIENCE).until(() -> inQueueOrder("SUCCESS").containsAll(urgent));
        List<String> first = inQueueOrder(".*");
        assertThat(first.subList(0, Math.min(AT_ONCE_MAX, first.size()))).containsAll(urgent);
        stage.park(caller);
    }

    @Test
    void an_order_at_work_while_temporal_falls_over_ends_when_it_is_back() {
        String task = caller.create(order("key", "{\"duration_ms\": 2000}", wantsOne()));
        caller.awaitExecuting(task, 1);
        stage.temporal().kill();
        String meanwhile = caller.create(order("meanwhile", "{\"duration_ms\": 1}", wantsOne()));
        await().until(() ->
                caller.attempts(task).get(0).path("state").asString().equals("ANSWERED"));
        assertThat(caller.order(meanwhile).path("status").asString()).isEqualTo("PENDING");

        stage.temporal().start();

        caller.awaitStatus(task, "SUCCESS");
        caller.awaitStatus(meanwhile, "SUCCESS");
        caller.assertEnded(task, "SUCCESS", "OK");
        assertThat(caller.attempts(task)).hasSize(1);
        assertThat(caller.cost(task)).isEqualTo(1);
    }

    @Test
    void a_temporal_that_comes_back_without_its_memory_is_told_all_open_orders_again() throws Exception {
        String running = caller.create(order("running", "{\"duration_ms\": 3000}", wantsOne()));
        caller.awaitExecuting(running, 1);
        caller.pool(1);
        String queued = caller.create(order("queued", "{\"duration_ms\": 1}", wantsOne()));
        caller.awaitStatus(queued, "QUEUED");
        stage.makeDue(queued);
        await().atMost(PATIENCE).until(() -> !stage.isDue(queued));
        stage.putOff(running);
        stage.putOff(queued);

        stage.temporal().kill();
        stage.temporal().forgetAll();
        stage.temporal().start();

        caller.awaitStatus(running, "SUCCESS");
        caller.awaitStatus(queued, "SUCCESS");
        caller.assertEnded(running, "SUCCESS", "OK");
        caller.assertEnded(queued, "SUCCESS", "OK");
        assertThat(caller.cost(running)).isEqualTo(1);
    }

    @Test
    void of_fifty_open_orders_none_is_lost_or_charged_twice_when_temporal_s_whole_database_is_deleted()
            throws Exception {
        Caller many = stage.newTenant();
        many.pool(10);
        List<String> running =
                create(many, "running", 10, "{\"attempts\": [{\"duration_ms\": 60000}, {\"duration_ms\": 10}]}");
        running.forEach(task -> many.awaitExecuting(task, 1));
        List<String> queued = create(many, "queued", 40, AT_ONCE);
        queued.forEach(task -> many.awaitStatus(task, "QUEUED"));

        stage.temporal().kill();
        stage.temporal().forgetAll();
        stage.temporal().start();

        for (List<String> tasks : List.of(running, queued)) {
            for (String task : tasks) {
                many.awaitStatus(task, "SUCCESS");
                many.assertEnded(task, "SUCCESS", "OK");
                assertThat(many.cost(task)).isEqualTo(1);
            }
        }
        assertThat(running).allSatisfy(task -> assertThat(many.attempts(task))
                .extracting(attempt -> attempt.path("result_code").asString())
                .containsExactly("EXECUTOR_LOST", "OK"));
        assertThat(queued).allMatch(task -> many.attempts(task).size() == 1);
        assertThat(many.activeLeases()).isEmpty();
        assertThat(stage.recovered("unknown")).isGreaterThanOrEqualTo(50);
    }

    /** The keys of the orders that came into the queue and have such a status, by when they came. */
    private List<String> inQueueOrder(String status) {
        return caller.orders().stream()
                .filter(order -> !order.path("queued_at").isNull())
                .filter(order -> order.path("status").asString().matches(status))
                .sorted(Comparator.comparing(order -> order.path("queued_at").asString()))
                .map(order -> order.path("idempotency_key").asString())
                .toList();
    }
}
