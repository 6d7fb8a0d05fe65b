package dev.taskorder.starter.devserver;

import static dev.taskorder.starter.devserver.Caller.order;
import static dev.taskorder.starter.devserver.Caller.wantsOne;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** A server goes away and comes back; nobody but the callers who are refused meanwhile has to know. */
@OnDevServer
class OutageTest {
    private static final Duration OUTAGE = Duration.ofSeconds(20);
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final String AT_ONCE = "{\"duration_ms\": 1}";
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
        List<String> accepted = new ArrayList<>();
        for (int i = 0; i < 30; i++) {
            accepted.add(caller.create(order("before" + i, "{\"duration_ms\": " + 100 * i + "}", wantsOne())));
        }
        caller.awaitExecuting(accepted.get(accepted.size() - 1), 1);

        long begun = System.nanoTime();
        stage.database().stop();
        Set<Integer> answers = new HashSet<>();
        for (int i = 0; System.nanoTime() - begun < OUTAGE.toNanos(); i++) {
            answers.add(caller.tryCreate(order("meanwhile" + i, "{\"duration_ms\": 1}", wantsOne())));
        }
        int ready = stage.readiness();
        stage.database().start();
        for (int i = 0; i < 10; i++) {
            String body = order("after" + i, "{\"duration_ms\": 10}", wantsOne());
            // as a caller does who is told 503: again, under the same key
            await().atMost(PATIENCE).until(() -> caller.tryCreate(body) < 300);
        }

        assertThat(answers).containsExactly(503);
        assertThat(ready).isEqualTo(503);
        assertThat(caller.orders())
                .extracting(order -> order.path("task_id").asString())
                .hasSize(accepted.size() + 10)
                .containsAll(accepted);
        for (JsonNode order : caller.orders()) {
            String task = order.path("task_id").asString();
            caller.awaitStatus(task, "SUCCESS");
            caller.assertEnded(task, "SUCCESS", "OK");
            assertThat(caller.cost(task)).isEqualTo(1);
            assertThat(caller.attempts(task)).hasSize(1);
        }
        assertThat(caller.activeLeases()).isEmpty();
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
