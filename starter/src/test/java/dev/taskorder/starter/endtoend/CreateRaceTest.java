package dev.taskorder.starter.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import dev.taskorder.starter.testing.Bodies;
import dev.taskorder.starter.testing.Http.Answer;
import io.temporal.api.enums.v1.EventType;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import tools.jackson.databind.JsonNode;

/** Sixty-four callers, one key. */
@EndToEnd
class CreateRaceTest {
    private static final int CALLERS = 64;

    @Autowired
    private Customers customers;

    @Autowired
    private RawTemporal temporal;

    @Autowired
    private Faults faults;

    @Test
    void many_creates_of_one_key_make_one_row_one_workflow_and_one_ledger() throws Exception {
        Customer customer = customers.fresh();
        customer.oneSlot();
        String body = Bodies.orderUnder("one", Customer.ONE_NET);
        List<Answer> answers = race(caller -> customer.http().post("/v1/task-orders", body));

        assertThat(answers).extracting(Answer::status).containsOnly(200, 201);
        assertThat(answers).filteredOn(answer -> answer.status() == 201).hasSize(1);
        assertThat(answers).filteredOn(answer -> answer.status() == 200).allSatisfy(replay -> assertThat(
                        replay.header("Idempotent-Replayed"))
                .contains("true"));
        assertOneStory(customer, answers.stream().map(Answer::json).toList());
    }

    @Test
    void singles_and_batches_with_crossed_keys_make_one_order_a_key() throws Exception {
        Customer customer = customers.fresh();
        customer.oneSlot();
        String first = Bodies.orderUnder("first", Customer.ONE_NET);
        String second = Bodies.orderUnder("second", Customer.ONE_NET);
        List<JsonNode> orders = new ArrayList<>();
        for (Answer answer : race(caller -> send(customer, caller, first, second))) {
            if (answer.json().has("results")) {
                assertThat(answer.status()).isEqualTo(200);
                answer.json().path("results").forEach(result -> {
                    assertThat(result.path("status").intValue()).isIn(200, 201);
                    orders.add(result.path("task_order"));
                });
            } else {
                assertThat(answer.status()).isIn(200, 201);
                orders.add(answer.json());
            }
        }
        for (String key : List.of("first", "second")) {
            assertOneStory(
                    customer,
                    orders.stream()
                            .filter(order ->
                                    order.path("idempotency_key").asString().equals(key))
                            .toList());
        }
        assertThat(customer.read("/v1/task-orders").path("items")).hasSize(2);
    }

    private static Answer send(Customer customer, int caller, String first, String second) {
        return switch (caller % 4) {
            case 0 -> customer.http().post("/v1/task-orders", first);
            case 1 -> customer.http().post("/v1/task-orders", second);
            case 2 -> customer.http().post("/v1/task-orders/batch", batch(first, second));
            default -> customer.http().post("/v1/task-orders/batch", batch(second, first));
        };
    }

    private static String batch(String one, String other) {
        return "{\"task_orders\":[" + one + "," + other + "]}";
    }

    private void assertOneStory(Customer customer, List<JsonNode> answers) {
        assertThat(answers).isNotEmpty();
        String task = answers.get(0).path("task_id").asString();
        assertThat(answers).allSatisfy(order -> assertThat(order.path("task_id").asString())
                .isEqualTo(task));
        JsonNode order = customer.awaitEnd(task, "SUCCESS");
        assertThat(customer.books(task))
                .containsExactly(
                        "HOLD grant held → wallet 0.35",
                        "POST lease spend:lease:RAW_NET → held 0.35",
                        "POST execution spend:execution → wallet 0");
        assertThat(customer.events(task))
                .containsOnlyOnce("task_order.created", "task_order.queued", "task_order.running");
        temporal.awaitClosed(order);
        assertThat(temporal.historyOf(order).getEventsList())
                .filteredOn(event -> event.getEventType() == EventType.EVENT_TYPE_WORKFLOW_EXECUTION_STARTED)
                .singleElement()
                .satisfies(started -> assertThat(started.getWorkflowExecutionStartedEventAttributes()
                                .getFirstExecutionRunId())
                        .isEqualTo(started.getWorkflowExecutionStartedEventAttributes()
                                .getOriginalExecutionRunId()));
        assertThat(faults.calls(java.util.UUID.fromString(task), "admit"))
                .as("a second workflow would ask to be admitted, too")
                .isEqualTo(1);
    }

    private interface Call {
        Answer by(int caller);
    }

    private static List<Answer> race(Call call) throws Exception {
        ExecutorService callers = Executors.newFixedThreadPool(CALLERS);
        try {
            CountDownLatch allThere = new CountDownLatch(CALLERS);
            List<Future<Answer>> calls = new ArrayList<>();
            for (int i = 0; i < CALLERS; i++) {
                int caller = i;
                Callable<Answer> one = () -> {
                    allThere.countDown();
                    allThere.await();
                    return call.by(caller);
                };
                calls.add(callers.submit(one));
            }
            List<Answer> answers = new ArrayList<>();
            for (Future<Answer> answer : calls) {
                answers.add(answer.get());
            }
            return answers;
        } finally {
            callers.shutdownNow();
        }
    }
}
