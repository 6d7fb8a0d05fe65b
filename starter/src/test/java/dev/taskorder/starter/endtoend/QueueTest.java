package dev.taskorder.starter.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.taskorder.api.order.ReprioritiseSignal;
import dev.taskorder.starter.testing.Bodies;
import dev.taskorder.starter.testing.Http.Answer;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import tools.jackson.databind.JsonNode;

/** Who is next, and who is not served at all. */
@EndToEnd
class QueueTest {
    private static final String SCRIPTED = "\"task_type\":\"SCRIPTED\"";

    @Autowired
    private Customers customers;

    @Autowired
    private RawTemporal temporal;

    @Autowired
    private ScriptedExecutor executor;

    @Test
    void the_most_urgent_is_next_then_the_oldest_and_each_starts_when_one_ends() {
        Customer customer = customers.fresh();
        customer.oneSlot();
        String holder = running(customer);
        String low = waiting(customer, 10);
        String older = waiting(customer, 50);
        String younger = waiting(customer, 50);
        String high = waiting(customer, 90);
        String last = holder;
        List<String> expected = List.of(high, older, younger, low);
        for (String next : expected) {
            executor.awaitRun(last, 1).answers("OK");
            executor.awaitRun(next, 1);
            assertThat(expected.subList(expected.indexOf(next) + 1, expected.size()))
                    .as("one slot serves one order at a time")
                    .noneMatch(executor::hasRun);
            last = next;
        }
        executor.awaitRun(last, 1).answers("OK");
        customer.awaitEnd(low, "SUCCESS");
    }

    @Test
    void a_new_priority_changes_who_is_next() {
        Customer customer = customers.fresh();
        customer.oneSlot();
        String holder = running(customer);
        String first = waiting(customer, 60);
        String second = waiting(customer, 40);
        reprioritise(customer, second, 200);
        reprioritise(customer, second, 95);
        JsonNode raised = customer.awaitOrder(
                second, "priority 95", order -> order.path("priority").intValue() == 95);
        assertThat(raised.path("status").asString()).isEqualTo("QUEUED");
        assertThat(customer.events(second)).containsOnlyOnce("task_order.updated");

        executor.awaitRun(holder, 1).answers("OK");
        executor.awaitRun(second, 1);
        assertThat(executor.hasRun(first)).isFalse();
        executor.awaitRun(second, 1).answers("OK");
        executor.awaitRun(first, 1).answers("OK");
        customer.awaitEnd(first, "SUCCESS");
    }

    @Test
    void a_caller_s_new_priority_changes_who_is_next_and_is_told_once_though_the_workflow_hears_of_it_too() {
        Customer customer = customers.fresh();
        customer.oneSlot();
        String holder = running(customer);
        String first = waiting(customer, 60);
        String second = waiting(customer, 40);
        customer.patched(second, "{\"priority\":30}");
        customer.patched(second, "{\"priority\":95}");
        JsonNode order = customer.get(second);
        await().untilAsserted(() ->
                assertThat(temporal.shown(order, "TaskPriority")).last().isEqualTo("95"));

        executor.awaitRun(holder, 1).answers("OK");
        executor.awaitRun(second, 1);
        assertThat(executor.hasRun(first)).isFalse();
        executor.awaitRun(second, 1).answers("OK");
        executor.awaitRun(first, 1).answers("OK");
        JsonNode end = customer.awaitEnd(second, "SUCCESS");
        assertThat(end.path("priority").asInt()).isEqualTo(95);
        assertThat(customer.events(second))
                .filteredOn("task_order.updated"::equals)
                .hasSize(2);
    }

    @Test
    void an_order_that_waited_for_longer_than_it_may_fails_for_want_of_resources() {
        Customer customer = customers.fresh();
        customer.onlyABannedOne();
        String task = customer.order(Customer.ONE_NET, "\"constraints\":{\"max_queue_ms\":150}");
        JsonNode end = customer.awaitEnd(task, "FAILED");
        assertThat(end.path("result_code").asString()).isEqualTo("NO_RESOURCE");
        assertThat(end.path("result_message").asString()).endsWith("longer than max_queue_ms (150)");
        assertThat(customer.sentences(task))
                .last()
                .isEqualTo(
                        "Failed with NO_RESOURCE: " + end.path("result_message").asString() + ".");
        assertThat(end.path("started_at").isNull()).isTrue();
        assertThat(customer.ledger(task)).isEmpty();
    }

    @Test
    void an_order_whose_leases_alone_cost_more_than_it_may_fails_and_costs_nothing() {
        Customer customer = customers.fresh();
        customer.oneSlot();
        String task = customer.order(Customer.ONE_NET, "\"max_total_cost\":0.34");
        JsonNode end = customer.awaitEnd(task, "FAILED");
        assertThat(end.path("result_code").asString()).isEqualTo("BUDGET_EXCEEDED");
        assertThat(customer.leases(task)).isEmpty();
        assertThat(customer.ledger(task)).isEmpty();
        customer.awaitEnd(customer.order(Customer.ONE_NET, "\"max_total_cost\":0.35"), "SUCCESS");
    }

    @Test
    void an_asset_that_comes_serves_who_waits() {
        Customer customer = customers.fresh();
        customer.onlyABannedOne();
        String task = customer.order(Customer.ONE_NET);
        customer.awaitStatus(task, "QUEUED");
        customer.oneSlot();
        customer.awaitEnd(task, "SUCCESS");
    }

    @Test
    void an_order_that_no_asset_could_ever_serve_is_refused_with_the_hint_and_the_reason_alone_and_in_a_batch() {
        Customer customer = customers.fresh();
        customer.oneSlot();
        String order = Bodies.orderUnder(
                "gb", "\"resource_hints\":[{\"sku_category\":\"RAW_NET\",\"attributes\":{\"geo\":\"GB\"}}]");
        Answer alone = customer.http().post("/v1/task-orders", order);
        assertThat(alone.status()).as(alone.text()).isEqualTo(422);
        assertThat(alone.code()).isEqualTo("never_satisfiable");
        assertThat(alone.pointers()).containsExactly("/resource_hints/0");
        assertThat(alone.json().at("/errors/0/message").asString())
                .isEqualTo("wants 1 asset of RAW_NET; of 1 in the category 0 have another sku_code,"
                        + " 0 have a currency other than USD, 1 lacks attribute geo='GB', 0 retired; 0 fit");
        Answer batch = customer.http()
                .post(
                        "/v1/task-orders/batch",
                        "{\"task_orders\":[" + order + "," + Bodies.orderUnder("any", Customer.ONE_NET) + "]}");
        assertThat(batch.json().at("/results/0/status").intValue()).isEqualTo(422);
        assertThat(batch.json().at("/results/0/problem/errors"))
                .isEqualTo(alone.json().path("errors"));
        assertThat(batch.json().at("/results/1/status").intValue()).isEqualTo(201);
    }

    @Test
    void an_order_whose_last_asset_is_retired_ends_with_the_reason_and_so_does_its_workflow() {
        Customer customer = customers.fresh();
        customer.oneSlot();
        String holder = running(customer);
        String task = waiting(customer, 50);
        customer.asset("only", "\"max_concurrency\":1", "\"status\":\"RETIRED\"");
        JsonNode end = customer.awaitEnd(task, "FAILED");
        assertThat(end.path("result_code").asString()).isEqualTo("NO_RESOURCE");
        assertThat(end.path("result_message").asString()).contains("/resource_hints/0", "1 retired");
        temporal.awaitClosed(end);
        executor.awaitRun(holder, 1).answers("OK");
        customer.awaitEnd(holder, "SUCCESS");
    }

    private String running(Customer customer) {
        String task = customer.order(SCRIPTED, Customer.ONE_NET);
        executor.awaitRun(task, 1);
        return task;
    }

    private static String waiting(Customer customer, int priority) {
        String task = customer.order(SCRIPTED, Customer.ONE_NET, "\"priority\":" + priority);
        customer.awaitStatus(task, "QUEUED");
        return task;
    }

    private void reprioritise(Customer customer, String task, int priority) {
        temporal.workflowOf(customer.get(task)).signal("reprioritise", new ReprioritiseSignal(priority, "a person"));
    }
}
