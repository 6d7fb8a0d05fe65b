package dev.taskorder.starter.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import tools.jackson.databind.JsonNode;

/** {@code timeout_ms} counts from the start and over all attempts, whatever the executor does. */
@EndToEnd
class TimeoutTest {
    @Autowired
    private Customers customers;

    @Autowired
    private ScriptedExecutor executor;

    @Test
    void an_executor_that_obeys_is_stopped_at_the_deadline_and_its_costs_are_posted() {
        Customer customer = customers.fresh();
        customer.oneSlot();
        String task = customer.order("\"task_type\":\"SCRIPTED\"", "\"timeout_ms\":300", Customer.ONE_NET);
        JsonNode end = customer.awaitEnd(task, "TIMEOUT");

        assertThat(end.path("result_code").asString()).isEqualTo("TIMEOUT");
        assertThat(ran(end)).isBetween(Duration.ofMillis(300), Duration.ofMillis(5000));
        assertThat(customer.leaseStates(task)).containsExactly("RELEASED");
        assertThat(customer.books(task))
                .containsExactly(
                        "HOLD grant held → wallet 0.35",
                        "POST lease spend:lease:RAW_NET → held 0.35",
                        "POST execution spend:execution → wallet 0",
                        "HOLD outside held → wallet 0.25",
                        "POST outside spend:executor:outside → held 0.25");
        String next = customer.order(Customer.ONE_NET, "\"input\":{\"simulate\":{\"duration_ms\":1}}");
        customer.awaitEnd(next, "SUCCESS");
    }

    @Test
    void an_executor_that_does_not_listen_is_given_up_after_the_grace_and_its_late_answer_is_kept_apart() {
        Customer customer = customers.withDefaults("{\"cancel_grace_ms\":1000}");
        customer.oneSlot();
        String task = customer.order("\"task_type\":\"STUBBORN\"", "\"timeout_ms\":200", Customer.ONE_NET);
        ScriptedExecutor.Run run = executor.awaitRun(task, 1);
        JsonNode end = customer.awaitEnd(task, "TIMEOUT");

        assertThat(ran(end))
                .as("deadline, the policy's grace of 1 s, and two seconds for a last answer")
                .isBetween(Duration.ofMillis(1200), Duration.ofMillis(8000));
        assertThat(customer.leaseStates(task)).containsExactly("RELEASED");
        assertThat(customer.attempts(task).path(0).path("state").asString()).isEqualTo("ABANDONED");

        run.answers("OK", "7");
        JsonNode attempt = await().atMost(Duration.ofSeconds(10))
                .until(() -> customer.attempts(task).path(0), now -> !now.path("late_costs")
                        .isEmpty());
        assertThat(attempt.path("late_costs").path(0).path("amount").decimalValue())
                .isEqualByComparingTo("7");
        assertThat(customer.events(task)).endsWith("task_order.timed_out", "task_order.updated");
        assertThat(customer.total(task, "cost")).isEqualByComparingTo("0.35");
        assertThat(customer.get(task).path("status").asString()).isEqualTo("TIMEOUT");
    }

    @Test
    void an_executor_that_answers_inside_the_grace_is_paid_and_cannot_change_the_end() {
        Customer customer = customers.fresh();
        String task = customer.order("\"task_type\":\"STUBBORN\"", "\"timeout_ms\":200");
        ScriptedExecutor.Run run = executor.awaitRun(task, 1);
        await().atMost(Duration.ofSeconds(10)).until(run.heartbeat()::cancelled);
        run.answers("OK", "3");

        customer.awaitEnd(task, "TIMEOUT");
        assertThat(customer.total(task, "cost")).isEqualByComparingTo("3");
        assertThat(customer.attempts(task).path(0).path("state").asString()).isEqualTo("ENDED");
    }

    @Test
    void the_clock_runs_on_between_attempts() {
        Customer customer = customers.withDefaults("{\"retry_backoff_ms\":60000}");
        String task = customer.order("\"task_type\":\"SCRIPTED\"", "\"timeout_ms\":700");
        executor.awaitRun(task, 1).answers("RETRYABLE");
        JsonNode end = customer.awaitEnd(task, "TIMEOUT");
        assertThat(ran(end)).isBetween(Duration.ofMillis(700), Duration.ofMillis(5000));
        assertThat(customer.attempts(task)).hasSize(1);
    }

    @Test
    void a_second_attempt_is_cut_at_the_deadline_of_the_first() {
        Customer customer = customers.withDefaults("{\"retry_backoff_ms\":10}");
        String task = customer.order("\"timeout_ms\":2000", """
                "input":{"simulate":{"attempts":[
                  {"duration_ms":1000,"result_code":"RETRYABLE"},{"duration_ms":60000}]}}""");
        JsonNode end = customer.awaitEnd(task, "TIMEOUT");

        JsonNode cut = customer.attempts(task).path(1);
        assertThat(cut.path("result_code").asString())
                .as("it stopped when asked to")
                .isEqualTo("CANCELLED");
        assertThat(time(cut, "finished_at"))
                .as("at the deadline, and before a window of its own would have closed")
                .isAfterOrEqualTo(time(end, "started_at").plusMillis(2000))
                .isBefore(time(cut, "started_at").plusMillis(2000));
        assertThat(customer.attempts(task)).hasSize(2);
    }

    private static Duration ran(JsonNode order) {
        return Duration.between(time(order, "started_at"), time(order, "finished_at"));
    }

    private static Instant time(JsonNode object, String field) {
        return Instant.parse(object.path(field).asString());
    }
}
