package dev.taskorder.starter.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.taskorder.starter.testing.TestDatabase;
import java.time.Duration;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import tools.jackson.databind.JsonNode;

/** What a policy keeps no longer goes by itself, and callers see that it went. */
@EndToEnd
class RetentionTest {
    @Autowired
    private Customers customers;

    @Test
    void old_events_and_large_payloads_go_and_the_order_its_timeline_and_its_entries_stay() {
        Customer customer = customers.fresh();
        customer.oneSlot();
        String large =
                Stream.generate(UUID::randomUUID).limit(64).map(UUID::toString).collect(Collectors.joining());
        String task = customer.order(Customer.ONE_NET, "\"input\":{\"note\":\"" + large + "\"}");
        customer.awaitEnd(task, "SUCCESS");
        await().until(
                        () -> customer.read("/v1/events?task_id=" + task)
                                .at("/items")
                                .toString(),
                        events -> events.contains("task_order.succeeded"));
        JsonNode before = customer.get(task);
        int told = customer.events(task).size();

        passed(customer, "task_event SET seen_at = now() - interval '8 days'");
        passed(customer, "task_order SET payload_since = now() - interval '31 days'");
        passed(customer, "tenant_seq SET cleans_at = now()");
        JsonNode after = await().atMost(Duration.ofSeconds(20))
                .until(() -> customer.get(task), order -> !order.path("payload_removed_at")
                        .isNull());

        assertThat(after.path("input").toString()).isEqualTo("{}");
        assertThat(after.path("output").isNull()).isTrue();
        assertThat(after.path("task_version").asInt())
                .isEqualTo(before.path("task_version").asInt() + 1);
        assertThat(after.path("finished_at")).isEqualTo(before.path("finished_at"));
        await().until(() ->
                customer.read("/v1/events?task_id=" + task).path("items").size() == 1);
        assertThat(customer.sentences(task))
                .hasSize(told + 1)
                .endsWith("Changed: input and output removed: it has been over for 30 days or more.");
        assertThat(customer.ledger(task)).isNotEmpty();
    }

    private static void passed(Customer customer, String time) {
        TestDatabase.asSuperuser("end_to_end")
                .sql("UPDATE " + time + " WHERE tenant_id = :t")
                .param("t", customer.tenant())
                .update();
    }
}
