package dev.taskorder.starter.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import dev.taskorder.starter.testing.Http.Answer;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import tools.jackson.databind.JsonNode;

/** A person has a dead letter tried once more. */
@EndToEnd
class RedriveTest {
    private static final String FAILS_ONCE = "\"constraints\":{\"max_retries\":0},"
            + "\"input\":{\"simulate\":{\"duration_ms\":1,\"attempts\":[{\"result_code\":\"RETRYABLE\",\"result_message\":\"closed\"},"
            + "{\"result_code\":\"OK\"}]}}";

    @Autowired
    private Customers customers;

    @Autowired
    private Brake brake;

    @Test
    void the_same_order_goes_on_with_its_next_attempt_and_pays_for_new_leases_once() {
        Customer customer = customers.fresh();
        customer.oneSlot();
        String task = customer.order(Customer.ONE_NET, FAILS_ONCE);
        customer.awaitEnd(task, "DEAD_LETTER");

        Answer answer = customer.redrive(task);
        assertThat(answer.status()).as(answer.text()).isEqualTo(202);
        assertThat(answer.json().path("status").asString()).isEqualTo("QUEUED");
        JsonNode end = customer.awaitEnd(task, "SUCCESS");

        assertThat(end.path("created_at").asString())
                .isEqualTo(answer.json().path("created_at").asString());
        assertThat(customer.attempts(task))
                .extracting(attempt -> attempt.path("number").asInt() + " "
                        + attempt.path("result_code").asString())
                .containsExactly("1 RETRYABLE", "2 OK");
        assertThat(customer.leases(task)).hasSize(2);
        assertThat(customer.ledger(task))
                .filteredOn(entry -> entry.startsWith("lease"))
                .hasSize(2);
        assertThat(customer.events(task))
                .containsSubsequence(
                        "task_order.dead_lettered",
                        "task_order.redriven",
                        "task_order.running",
                        "task_order.succeeded");
        assertThat(customer.sentences(task))
                .contains("Queued again by a person; its next attempt is number 2: the shop is open again.");
    }

    /** It was dead-lettered a moment ago, so that the workflow of the run before may be about to close. */
    @Test
    void many_that_are_redriven_as_soon_as_they_are_dead_letters_all_run_again() {
        Customer customer = customers.fresh();
        List<String> tasks = java.util.stream.IntStream.range(0, 20)
                .mapToObj(i -> customer.order(FAILS_ONCE))
                .toList();
        for (String task : tasks) {
            customer.awaitEnd(task, "DEAD_LETTER");
            assertThat(customer.redrive(task).status()).isEqualTo(202);
        }
        tasks.forEach(task -> customer.awaitEnd(task, "SUCCESS"));
    }

    @Test
    void what_is_no_dead_letter_is_refused_with_its_state_and_bad_input_with_a_pointer() {
        Customer customer = customers.fresh();
        brake.hold(customer.tenant());
        String task = customer.order();
        Answer refused = customer.redrive(task);
        brake.release(customer.tenant());
        assertThat(refused.status()).isEqualTo(409);
        assertThat(refused.code()).isEqualTo("illegal_transition");
        assertThat(refused.json().path("detail").asString()).contains("PENDING");

        Answer unknown = customer.http().post("/v1/task-orders/" + task + "/redrive", "{\"resaon\":\"x\"}");
        assertThat(unknown.status()).isEqualTo(400);
        assertThat(unknown.json().path("errors").path(0).path("pointer").asString())
                .isEqualTo("/resaon");
    }

    @Test
    void dead_letters_are_told_by_reason() {
        Customer customer = customers.fresh();
        String task = customer.order(FAILS_ONCE);
        customer.awaitEnd(task, "DEAD_LETTER");
        JsonNode summary = customer.read("/v1/task-orders/dead-letters/summary?env=prod");
        assertThat(summary.path("total").asInt()).isEqualTo(1);
        JsonNode reason = summary.path("items").path(0);
        assertThat(reason.path("result_code").asString()).isEqualTo("RETRYABLE");
        assertThat(reason.path("reason").asString()).isEqualTo("closed");
        assertThat(reason.path("count").asInt()).isEqualTo(1);
        assertThat(reason.path("example_task_id").asString()).isEqualTo(task);
    }
}
