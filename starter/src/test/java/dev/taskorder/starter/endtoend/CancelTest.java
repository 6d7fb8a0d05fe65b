package dev.taskorder.starter.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.taskorder.api.order.CancelSignal;
import dev.taskorder.starter.testing.Bodies;
import dev.taskorder.starter.testing.Http.Answer;
import io.temporal.api.enums.v1.WorkflowExecutionStatus;
import io.temporal.client.WorkflowNotFoundException;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.beans.factory.annotation.Autowired;
import tools.jackson.databind.JsonNode;

/** A cancel in every state and from every side ends the order once. */
@EndToEnd
class CancelTest {
    private static final String LONG_BACK_OFF = "{\"retry_backoff_ms\":60000}";
    private static final String SHORT_GRACE = "{\"cancel_grace_ms\":300,\"abandoned_slot_ms\":1200}";
    private static final String SCRIPTED = "\"task_type\":\"SCRIPTED\"";

    @Autowired
    private Customers customers;

    @Autowired
    private RawTemporal temporal;

    @Autowired
    private ScriptedExecutor executor;

    @Autowired
    private Brake brake;

    @Autowired
    private Faults faults;

    /** Who may say so. */
    enum By {
        API {
            @Override
            void cancel(Customer customer, JsonNode order, RawTemporal temporal) {
                Answer answer = customer.cancel(order.path("task_id").asString());
                assertThat(answer.status()).as(answer.text()).isEqualTo(202);
            }
        },
        SIGNAL {
            @Override
            void cancel(Customer customer, JsonNode order, RawTemporal temporal) {
                temporal.workflowOf(order).signal("cancel", new CancelSignal("not wanted any more", "a person"));
            }
        },
        TEMPORAL {
            @Override
            void cancel(Customer customer, JsonNode order, RawTemporal temporal) {
                temporal.workflowOf(order).cancel("not wanted any more");
            }
        };

        abstract void cancel(Customer customer, JsonNode order, RawTemporal temporal);
    }

    @Test
    void an_order_that_no_workflow_knows_ends_in_the_answer() {
        Customer customer = customers.fresh();
        brake.hold(customer.tenant());
        String task = customer.order(SCRIPTED);
        Answer answer = customer.cancel(task);
        brake.release(customer.tenant());

        assertThat(answer.status()).isEqualTo(202);
        assertThat(answer.json().path("status").asString()).isEqualTo("CANCELLED");
        String later = customer.order("\"input\":{\"simulate\":{\"duration_ms\":1}}");
        customer.awaitEnd(later, "SUCCESS");
        assertThat(executor.hasRun(task)).isFalse();
        assertThat(faults.calls(UUID.fromString(task), "admit")).isZero();
        assertCancelledOnce(customer, task);
        assertThat(customer.ledger(task)).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(By.class)
    void an_order_whose_first_step_is_under_way_ends_cancelled(By by) {
        Customer customer = customers.fresh();
        String key = "first-step-" + by;
        Faults.Gate gate = faults.stopBefore(customer.tenant(), "admit");
        JsonNode order = customer.get(customer.created(Bodies.orderUnder(key, SCRIPTED)));
        String task = order.path("task_id").asString();
        gate.awaitArrival();
        assertThat(Customer.statusOf(customer.get(task))).isEqualTo("PENDING");
        by.cancel(customer, order, temporal);
        gate.open();

        customer.awaitEnd(task, "CANCELLED");
        assertCancelledOnce(customer, task);
        assertClosed(order, by);
    }

    @ParameterizedTest
    @EnumSource(By.class)
    void an_order_that_waits_for_resources_ends_cancelled(By by) {
        Customer customer = customers.fresh();
        customer.onlyABannedOne();
        JsonNode order = customer.awaitStatus(customer.order(SCRIPTED, Customer.ONE_NET), "QUEUED");
        String task = order.path("task_id").asString();
        by.cancel(customer, order, temporal);

        JsonNode end = customer.awaitEnd(task, "CANCELLED");
        assertThat(end.path("result_message").asString()).isEqualTo("not wanted any more");
        assertCancelledOnce(customer, task);
        assertClosed(order, by);
        assertThat(customer.ledger(task)).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(By.class)
    void a_running_order_whose_executor_obeys_ends_cancelled_with_its_costs(By by) {
        Customer customer = customers.fresh();
        customer.oneSlot();
        String task = customer.order(SCRIPTED, Customer.ONE_NET);
        executor.awaitRun(task, 1);
        JsonNode order = customer.awaitStatus(task, "RUNNING");
        by.cancel(customer, order, temporal);

        customer.awaitEnd(task, "CANCELLED");
        assertCancelledOnce(customer, task);
        assertClosed(order, by);
        assertThat(customer.ledger(task))
                .as("what the executor reported inside the grace is posted")
                .containsExactly(
                        "lease spend:lease:RAW_NET → held 0.35",
                        "execution spend:execution → wallet 0",
                        "outside spend:executor:outside → held 0.25");
        String next = customer.order(Customer.ONE_NET);
        JsonNode ran = customer.awaitEnd(next, "SUCCESS");
        assertThat(ran.path("task_id").asString())
                .as("the slot is free at once")
                .isEqualTo(next);
    }

    @Test
    void a_running_order_whose_executor_is_stubborn_ends_cancelled_after_the_grace_and_its_slots_rest() {
        Customer customer = customers.withDefaults(SHORT_GRACE);
        Map<By, JsonNode> orders = new EnumMap<>(By.class);
        for (By by : By.values()) {
            customer.asset("for-" + by, "\"sku_code\":\"sku." + by + "\"", "\"max_concurrency\":1");
            String task = customer.order("\"task_type\":\"STUBBORN\"", hint(by));
            executor.awaitRun(task, 1);
            orders.put(by, customer.get(task));
        }
        orders.forEach((by, order) -> by.cancel(customer, order, temporal));
        orders.forEach((by, order) -> {
            String task = order.path("task_id").asString();
            JsonNode end = customer.awaitEnd(task, "CANCELLED");
            assertThat(customer.attempts(task).path(0).path("state").asString()).isEqualTo("ABANDONED");
            assertCancelledOnce(customer, task);
            String next = customer.order(hint(by));
            JsonNode ran = customer.awaitEnd(next, "SUCCESS");
            assertThat(Duration.between(time(end, "finished_at"), time(ran, "started_at")))
                    .as("the abandoned slot rests before its next lease")
                    .isGreaterThanOrEqualTo(Duration.ofMillis(1150));
            executor.awaitRun(task, 1).answers("OK", "3");
            JsonNode attempt = await().atMost(Duration.ofSeconds(10))
                    .until(() -> customer.attempts(task).path(0), now -> !now.path("late_costs")
                            .isEmpty());
            assertThat(attempt.path("late_costs").path(0).path("amount").decimalValue())
                    .isEqualByComparingTo("3");
            assertThat(customer.ledger(task)).noneMatch(line -> line.contains("outside"));
            assertThat(Customer.statusOf(customer.get(task))).isEqualTo("CANCELLED");
            assertClosed(order, by);
        });
    }

    @ParameterizedTest
    @EnumSource(By.class)
    void an_order_between_two_attempts_ends_cancelled_with_the_costs_of_the_first(By by) {
        Customer customer = customers.withDefaults(LONG_BACK_OFF);
        customer.oneSlot();
        String task = customer.order(SCRIPTED, Customer.ONE_NET);
        executor.awaitRun(task, 1).answers("RETRYABLE", "0.10");
        await().atMost(Duration.ofSeconds(30)).until(() -> customer.events(task).contains("task_order.retrying"));
        JsonNode order = customer.get(task);
        assertThat(Customer.statusOf(order)).isEqualTo("RUNNING");
        by.cancel(customer, order, temporal);

        customer.awaitEnd(task, "CANCELLED");
        assertCancelledOnce(customer, task);
        assertClosed(order, by);
        assertThat(customer.attempts(task)).hasSize(1);
        assertThat(customer.ledger(task))
                .containsExactly(
                        "lease spend:lease:RAW_NET → held 0.35",
                        "execution spend:execution → wallet 0",
                        "outside spend:executor:outside → held 0.1");
    }

    @ParameterizedTest
    @EnumSource(names = {"WAITING", "RUNNING"})
    void a_cancel_that_temporal_is_not_there_to_hear_counts_from_its_answer_on(Held state) {
        Customer customer = customers.fresh();
        if (state == Held.RUNNING) {
            customer.oneSlot();
        } else {
            customer.onlyABannedOne();
        }
        String task = customer.order(SCRIPTED, Customer.ONE_NET);
        customer.awaitStatus(task, state == Held.RUNNING ? "RUNNING" : "QUEUED");
        if (state == Held.RUNNING) {
            executor.awaitRun(task, 1);
        }
        brake.hold(customer.tenant());
        Answer answer = customer.cancel(task);
        assertThat(answer.status()).isEqualTo(202);
        assertThat(answer.json().path("cancel_requested_at").isNull()).isFalse();
        if (state == Held.WAITING) {
            customer.oneSlot();
            assertThat(customer.leases(task))
                    .as("nothing is granted to it any more")
                    .isEmpty();
        }
        brake.release(customer.tenant());

        customer.awaitEnd(task, "CANCELLED");
        assertCancelledOnce(customer, task);
    }

    /** Where an order is while Temporal is away. */
    enum Held {
        WAITING,
        RUNNING
    }

    @Test
    void an_executor_that_answers_inside_the_grace_is_paid_and_cannot_change_the_end() {
        Customer customer = customers.fresh();
        String task = customer.order("\"task_type\":\"STUBBORN\"");
        ScriptedExecutor.Run run = executor.awaitRun(task, 1);
        customer.cancel(task);
        await().atMost(Duration.ofSeconds(10)).until(run.heartbeat()::cancelled);
        run.answers("OK", "3");

        customer.awaitEnd(task, "CANCELLED");
        assertCancelledOnce(customer, task);
        assertThat(customer.ledger(task))
                .containsExactly("execution spend:execution → wallet 0", "outside spend:executor:outside → held 3");
        assertThat(customer.attempts(task).path(0).path("state").asString()).isEqualTo("ENDED");
    }

    @Test
    void many_cancels_from_all_sides_end_the_order_once() {
        Customer customer = customers.fresh();
        customer.onlyABannedOne();
        JsonNode order = customer.awaitStatus(customer.order(SCRIPTED, Customer.ONE_NET), "QUEUED");
        String task = order.path("task_id").asString();
        Stream.generate(() -> List.of(By.values()))
                .limit(8)
                .flatMap(List::stream)
                .parallel()
                .forEach(by -> {
                    try {
                        by.cancel(customer, order, temporal);
                    } catch (WorkflowNotFoundException over) {
                        assertThat(by).isNotEqualTo(By.API);
                    }
                });
        customer.awaitEnd(task, "CANCELLED");
        temporal.awaitClosed(order);
        assertCancelledOnce(customer, task);
    }

    @Test
    void a_repeated_cancel_has_the_same_answer_and_changes_nothing() {
        Customer customer = customers.fresh();
        customer.onlyABannedOne();
        String task = customer.order(SCRIPTED, Customer.ONE_NET);
        customer.awaitStatus(task, "QUEUED");
        customer.cancel(task);
        JsonNode end = customer.awaitEnd(task, "CANCELLED");
        Answer again = customer.cancel(task);
        assertThat(again.status()).isEqualTo(202);
        assertThat(again.json()).isEqualTo(end);
        assertThat(customer.get(task)).isEqualTo(end);
        assertCancelledOnce(customer, task);
    }

    @Test
    void a_cancel_after_another_end_is_refused_and_changes_nothing() {
        Customer customer = customers.fresh();
        String task = customer.order("\"input\":{\"simulate\":{\"duration_ms\":1}}");
        JsonNode end = customer.awaitEnd(task, "SUCCESS");
        Answer refused = customer.cancel(task);
        assertThat(refused.status()).isEqualTo(409);
        assertThat(refused.code()).isEqualTo("already_settled");
        assertThat(customer.get(task)).isEqualTo(end);
    }

    private void assertClosed(JsonNode order, By by) {
        assertThat(temporal.awaitClosed(order))
                .isEqualTo(
                        by == By.TEMPORAL
                                ? WorkflowExecutionStatus.WORKFLOW_EXECUTION_STATUS_CANCELED
                                : WorkflowExecutionStatus.WORKFLOW_EXECUTION_STATUS_COMPLETED);
    }

    private static void assertCancelledOnce(Customer customer, String task) {
        List<String> ends = customer.events(task).stream()
                .filter(type -> List.of(
                                "task_order.succeeded",
                                "task_order.failed",
                                "task_order.cancelled",
                                "task_order.timed_out",
                                "task_order.dead_lettered")
                        .contains(type))
                .toList();
        assertThat(ends).containsExactly("task_order.cancelled");
        assertThat(customer.leaseStates(task)).allMatch("RELEASED"::equals);
        assertThat(customer.get(task).path("result_code").asString()).isEqualTo("CANCELLED");
        assertThat(customer.get(task).path("lease_ids")).isEmpty();
    }

    private static String hint(By by) {
        return "\"resource_hints\":[{\"sku_category\":\"RAW_NET\",\"sku_code\":\"sku." + by + "\"}]";
    }

    private static Instant time(JsonNode order, String field) {
        return Instant.parse(order.path(field).asString());
    }
}
