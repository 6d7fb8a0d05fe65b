package dev.taskorder.starter.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.taskorder.starter.testing.Http.Answer;
import io.temporal.api.enums.v1.WorkflowExecutionStatus;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.beans.factory.annotation.Autowired;
import tools.jackson.databind.JsonNode;

/** Many orders at once, over HTTP: cancelled, redriven, looked at and stopped. */
@EndToEnd
class BulkTest {
    private static final String FAILS_ONCE = "\"constraints\":{\"max_retries\":0},"
            + "\"input\":{\"simulate\":{\"duration_ms\":1,\"attempts\":[{\"result_code\":\"RETRYABLE\"},"
            + "{\"result_code\":\"OK\"}]}}";

    @Autowired
    private Customers customers;

    @Autowired
    private RawTemporal temporal;

    @Test
    void all_that_wait_and_run_are_cancelled_and_their_workflows_end() {
        Customer customer = customers.fresh();
        customer.oneSlot();
        String running = customer.order(Customer.ONE_NET, "\"input\":{\"simulate\":{\"duration_ms\":60000}}");
        customer.awaitStatus(running, "RUNNING");
        List<String> waiting = IntStream.range(0, 20)
                .mapToObj(i -> customer.order(Customer.ONE_NET))
                .toList();
        waiting.forEach(task -> customer.awaitStatus(task, "QUEUED"));
        String other = customer.order("\"project_id\":\"other\"", Customer.ONE_NET);

        Answer answer = customer.http()
                .post(
                        "/v1/task-orders/cancel",
                        "{\"filter\":{\"project_id\":\""
                                + customer.get(running).path("project_id").asString()
                                + "\",\"status\":[\"QUEUED\",\"RUNNING\"]},\"reason\":\"a mistake\"}");

        assertThat(answer.status()).as(answer.text()).isEqualTo(202);
        assertThat(answer.json().path("matched").asInt()).isEqualTo(21);
        JsonNode done = awaitDone(customer, answer.json().path("operation_id").asString());
        assertThat(done.path("done").asInt()).isEqualTo(21);
        customer.awaitEnd(running, "CANCELLED");
        for (String task : waiting) {
            JsonNode order = customer.awaitEnd(task, "CANCELLED");
            assertThat(order.path("result_message").asString()).isEqualTo("a mistake");
            await().atMost(Duration.ofSeconds(30))
                    .until(() -> temporal.workflowOf(order).describe().getStatus()
                            == WorkflowExecutionStatus.WORKFLOW_EXECUTION_STATUS_COMPLETED);
        }
        customer.awaitEnd(other, "SUCCESS");
    }

    @Test
    void dead_letters_are_counted_and_then_redriven() {
        Customer customer = customers.fresh();
        List<String> dead =
                IntStream.range(0, 10).mapToObj(i -> customer.order(FAILS_ONCE)).toList();
        dead.forEach(task -> customer.awaitEnd(task, "DEAD_LETTER"));

        Answer counted = customer.http().post("/v1/task-orders/redrive", "{\"filter\":{},\"dry_run\":true}");
        assertThat(counted.status()).as(counted.text()).isEqualTo(202);
        assertThat(counted.json().path("state").asString()).isEqualTo("DONE");
        assertThat(counted.json().path("matched").asInt()).isEqualTo(10);
        assertThat(counted.json().path("estimated_cost").decimalValue()).isEqualByComparingTo("0");
        assertThat(customer.get(dead.get(0)).path("status").asString()).isEqualTo("DEAD_LETTER");

        Answer answer = customer.http().post("/v1/task-orders/redrive", "{\"filter\":{},\"rate_per_second\":100}");
        JsonNode done = awaitDone(customer, answer.json().path("operation_id").asString());
        assertThat(done.path("done").asInt()).isEqualTo(10);
        assertThat(customer.read("/v1/audit?object_type=operation").path("items"))
                .extracting(entry -> entry.path("action").asString() + " "
                        + entry.path("object_id").asString())
                .containsExactlyInAnyOrder(
                        "operation.redrive "
                                + counted.json().path("operation_id").asString(),
                        "operation.redrive " + done.path("operation_id").asString());
        dead.forEach(task -> customer.awaitEnd(task, "SUCCESS"));
        assertThat(abort(customer, done).status()).isEqualTo(409);
    }

    @Test
    void an_abort_is_the_same_twice() {
        Customer customer = customers.fresh();
        List<String> dead =
                IntStream.range(0, 5).mapToObj(i -> customer.order(FAILS_ONCE)).toList();
        dead.forEach(task -> customer.awaitEnd(task, "DEAD_LETTER"));
        JsonNode asked = customer.http()
                .post("/v1/task-orders/redrive", "{\"filter\":{},\"rate_per_second\":1}")
                .json();
        Answer aborted = abort(customer, asked);
        assertThat(aborted.status()).as(aborted.text()).isEqualTo(200);
        assertThat(aborted.json().path("state").asString()).isEqualTo("ABORTED");
        assertThat(abort(customer, asked).json()).isEqualTo(aborted.json());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            cancel  | {}                                              | /filter
            cancel  | {"filter":{"status":["SUCCESS"]}}               | /filter/status/0
            cancel  | {"filter":{"project":"x"}}                      | /filter/project
            cancel  | {"filter":{"env":"NO"}}                         | /filter/env
            cancel  | {"filter":{},"dry_run":"yes"}                   | /dry_run
            cancel  | {"filter":{},"rate_per_second":1}               | /rate_per_second
            redrive | {"filter":{"status":["QUEUED"]}}                | /filter/status/0
            redrive | {"filter":{},"rate_per_second":0}               | /rate_per_second
            redrive | {"filter":{},"rate_per_second":1001}            | /rate_per_second
            redrive | {"filter":{"created_from":"yesterday"}}         | /filter/created_from
            """)
    void bad_input_is_refused_with_a_pointer_and_nothing_is_done(String what, String body, String pointer) {
        Answer answer = customers.fresh().http().post("/v1/task-orders/" + what, body);
        assertThat(answer.status()).as(answer.text()).isEqualTo(400);
        assertThat(answer.json().path("errors").path(0).path("pointer").asString())
                .isEqualTo(pointer);
    }

    private static Answer abort(Customer customer, JsonNode operation) {
        return customer.http()
                .post("/v1/operations/" + operation.path("operation_id").asString() + "/abort", "");
    }

    private static JsonNode awaitDone(Customer customer, String operation) {
        return await().atMost(Duration.ofSeconds(30))
                .until(
                        () -> customer.read("/v1/operations/" + operation),
                        now -> now.path("state").asString().equals("DONE"));
    }
}
