package dev.taskorder.starter.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import io.temporal.api.history.v1.History;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import tools.jackson.databind.JsonNode;

/** What an order leaves in Temporal. */
@EndToEnd
class HistoryTest {
    private static final int EVENTS_MAX = 14;
    private static final int BYTES_MAX = 4 * 1024;
    private static final String SECRET = "the-input-is-nobodys-business";

    @Autowired
    private Customers customers;

    @Autowired
    private RawTemporal temporal;

    @Test
    void a_plain_order_leaves_a_short_history_that_carries_codes_only() {
        Customer customer = customers.fresh();
        customer.oneSlot();
        String task = customer.order(
                Customer.ONE_NET,
                "\"input\":{\"simulate\":{\"duration_ms\":5,\"output\":{\"secret\":\"" + SECRET + "\"}}}");
        JsonNode order = customer.awaitEnd(task, "SUCCESS");
        temporal.awaitClosed(order);
        History history = temporal.historyOf(order);

        assertThat(history.getEventsCount()).as(history.toString()).isLessThanOrEqualTo(EVENTS_MAX);
        assertThat(history.getSerializedSize()).as(history.toString()).isLessThanOrEqualTo(BYTES_MAX);
        assertThat(history.toString()).doesNotContain(SECRET, "0.35");
    }
}
