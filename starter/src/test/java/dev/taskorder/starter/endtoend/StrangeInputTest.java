package dev.taskorder.starter.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import dev.taskorder.api.order.CancelSignal;
import dev.taskorder.api.order.WorkflowState;
import dev.taskorder.starter.testing.Bodies;
import io.temporal.client.WorkflowStub;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import tools.jackson.databind.JsonNode;

/** What an order accepts, it also can be reached by; and nothing that is sent to its workflow harms it. */
@EndToEnd
class StrangeInputTest {
    @Autowired
    private Customers customers;

    @Autowired
    private RawTemporal temporal;

    @ParameterizedTest
    @ValueSource(strings = {"a:b/c%d e", "ключ-鍵-🔑", "..", "::"})
    void an_order_under_any_key_runs_and_hears_its_cancel(String key) {
        endsCancelledUnder(key);
    }

    @Test
    void an_order_under_the_longest_key_runs_and_hears_its_cancel() {
        endsCancelledUnder("é".repeat(255));
    }

    private void endsCancelledUnder(String key) {
        Customer customer = customers.fresh();
        customer.onlyABannedOne();
        String task = customer.created(Bodies.orderUnder(key, Customer.ONE_NET));
        JsonNode order = customer.awaitStatus(task, "QUEUED");
        assertThat(temporal.workflowOf(order)
                        .query("state", WorkflowState.class)
                        .phase())
                .isEqualTo("waiting");
        assertThat(customer.cancel(task).status()).isEqualTo(202);
        customer.awaitEnd(task, "CANCELLED");
        temporal.awaitClosed(order);
    }

    @Test
    void one_key_in_two_environments_is_two_orders() {
        Customer customer = customers.fresh();
        String first = customer.created(Bodies.orderUnder("twice", "\"env\":\"prod\""));
        String second = customer.created(Bodies.orderUnder("twice", "\"env\":\"sandbox\""));
        assertThat(first).isNotEqualTo(second);
        customer.awaitEnd(first, "SUCCESS");
        customer.awaitEnd(second, "SUCCESS");
    }

    @Test
    void signals_that_make_no_sense_harm_nothing() {
        Customer customer = customers.fresh();
        customer.onlyABannedOne();
        JsonNode order = customer.awaitStatus(customer.order(Customer.ONE_NET), "QUEUED");
        WorkflowStub workflow = temporal.workflowOf(order);
        workflow.signal("cancel", 42);
        workflow.signal("reprioritise", "high");
        workflow.signal("reprioritise", Map.of("priority", 1000));
        workflow.signal("reprioritise");
        workflow.signal("wake", "and", "more");
        workflow.signal("no such signal", 1);
        customer.oneSlot();
        JsonNode end = customer.awaitEnd(order.path("task_id").asString(), "SUCCESS");
        assertThat(end.path("priority").intValue()).isEqualTo(50);
    }

    @Test
    void a_reason_that_no_row_can_hold_is_made_to_fit() {
        Customer customer = customers.fresh();
        customer.onlyABannedOne();
        JsonNode order = customer.awaitStatus(customer.order(Customer.ONE_NET), "QUEUED");
        temporal.workflowOf(order).signal("cancel", new CancelSignal("nul \u0000 " + "x".repeat(5000), "who\u0000"));
        JsonNode end = customer.awaitEnd(order.path("task_id").asString(), "CANCELLED");
        assertThat(end.path("result_message").asString())
                .startsWith("nul \uFFFD xxx")
                .hasSize(2000);
    }
}
