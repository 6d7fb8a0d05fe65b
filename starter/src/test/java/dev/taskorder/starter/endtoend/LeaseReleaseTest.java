package dev.taskorder.starter.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.taskorder.api.execution.LeasedAsset;
import dev.taskorder.api.execution.Money;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import tools.jackson.databind.JsonNode;

/** A lease taken away by call: its executor stops, another asset takes its place, and who held it can do nothing. */
@EndToEnd
class LeaseReleaseTest {
    private static final String SCRIPTED = "\"task_type\":\"SCRIPTED\"";
    private static final String BOTH =
            "\"resource_hints\":[{\"sku_category\":\"RAW_NET\"},{\"sku_category\":\"RAW_FUND\"}]";

    @Autowired
    private Customers customers;

    @Autowired
    private ScriptedExecutor executor;

    @Autowired
    private RawTemporal temporal;

    @Test
    void an_order_at_work_goes_on_with_another_asset_and_pays_for_both() {
        Customer customer = customers.fresh();
        pool(customer);
        String task = customer.order(SCRIPTED, BOTH, "\"constraints\":{\"max_retries\":0}");
        ScriptedExecutor.Run first = executor.awaitRun(task, 1);
        assertThat(first.request().leases()).extracting(LeasedAsset::handle).containsExactly("ip-1", "card");

        assertThat(customer.release(first.request().leases().get(0)).status()).isEqualTo(200);

        ScriptedExecutor.Run second = executor.awaitRun(task, 2);
        assertThat(second.request().leases()).extracting(LeasedAsset::handle).containsExactly("ip-2", "card");
        assertThat(second.request().leases().get(1).fencingToken())
                .isGreaterThan(first.request().leases().get(1).fencingToken());
        JsonNode stopped = lateCosts(customer, task);
        assertThat(stopped.path("state").asString()).isEqualTo("ABANDONED");
        assertThat(stopped.path("late_costs").path(0).path("amount").decimalValue())
                .as("what it said when it was stopped")
                .isEqualByComparingTo("0.25");
        second.answers("OK", "0.10");
        JsonNode order = customer.awaitEnd(task, "SUCCESS");
        temporal.awaitClosed(order);
        assertThat(customer.ledger(task))
                .containsExactly(
                        "lease spend:lease:RAW_NET → held 0.35",
                        "lease spend:lease:RAW_FUND → held 0.5",
                        "execution spend:execution → wallet 0",
                        "lease spend:lease:RAW_NET → held 0.4",
                        "execution spend:execution → wallet 0",
                        "outside spend:executor:outside → held 0.1");
        assertThat(customer.leaseStates(task)).containsExactlyInAnyOrder("REVOKED", "RELEASED", "RELEASED");
        assertThat(customer.attempts(task))
                .extracting(attempt -> attempt.path("result_code").asString())
                .containsExactly("LEASE_REVOKED", "OK");
    }

    @Test
    void an_order_that_nothing_else_can_serve_waits_tells_why_and_goes_on_when_something_comes() {
        Customer customer = customers.fresh();
        customer.asset("ip-1", "\"max_concurrency\":1");
        String task = customer.order(SCRIPTED, Customer.ONE_NET);
        ScriptedExecutor.Run first = executor.awaitRun(task, 1);
        customer.release(first.request().leases().get(0));
        lateCosts(customer, task);
        JsonNode waiting = customer.get(task);
        assertThat(Customer.statusOf(waiting)).isEqualTo("RUNNING");
        assertThat(waiting.path("lease_ids")).isEmpty();
        assertThat(customer.read("/v1/task-orders/" + task + "/explain").path("blockers"))
                .extracting(blocker -> blocker.path("code").asString())
                .containsExactly("capacity_held");

        customer.asset("ip-2", "\"max_concurrency\":1");
        executor.awaitRun(task, 2).answers("OK");
        customer.awaitEnd(task, "SUCCESS");
    }

    @Test
    void an_executor_that_does_not_listen_is_left_behind_after_the_grace_and_its_slots_rest() {
        Customer customer = customers.withDefaults("{\"cancel_grace_ms\":300,\"abandoned_slot_ms\":1500}");
        pool(customer);
        String task = customer.order("\"task_type\":\"STUBBORN\"", BOTH);
        ScriptedExecutor.Run first = executor.awaitRun(task, 1);
        Instant revoked =
                Instant.parse(customer.release(first.request().leases().get(0))
                        .json()
                        .path("released_at")
                        .asString());

        executor.awaitRun(task, 2).answers("OK", "0.10");
        customer.awaitEnd(task, "SUCCESS");
        String next = customer.order("\"resource_hints\":[{\"sku_category\":\"RAW_FUND\"}]");
        JsonNode ran = customer.awaitEnd(next, "SUCCESS");
        assertThat(Duration.between(
                        revoked, Instant.parse(ran.path("started_at").asString())))
                .as("the card was the first attempt's too")
                .isGreaterThanOrEqualTo(Duration.ofMillis(1450));
        first.answers("OK", "3");
        assertThat(lateCosts(customer, task)
                        .path("late_costs")
                        .path(0)
                        .path("amount")
                        .decimalValue())
                .isEqualByComparingTo("3");
        assertThat(customer.ledger(task)).noneMatch(line -> line.endsWith(" 3"));
    }

    @Test
    void a_holder_whose_lease_was_revoked_can_do_nothing() {
        Customer customer = customers.withDefaults("{\"cancel_grace_ms\":100}");
        pool(customer);
        String task = customer.order("\"task_type\":\"STUBBORN\"", BOTH);
        ScriptedExecutor.Run old = executor.awaitRun(task, 1);
        customer.release(old.request().leases().get(0));
        ScriptedExecutor.Run now = executor.awaitRun(task, 2);

        assertThat(customer.release(old.request().leases().get(0))
                        .json()
                        .path("state")
                        .asString())
                .as("again, which changes nothing")
                .isEqualTo("REVOKED");
        assertThat(customer.release(old.request().leases().get(1)).code()).isEqualTo("stale_token");
        can_do_nothing(customer, task, old, now);
    }

    @Test
    void a_holder_whose_worker_was_lost_can_do_nothing() {
        Customer customer = customers.fresh();
        pool(customer);
        String task = customer.order(SCRIPTED, BOTH);
        ScriptedExecutor.Run old = executor.awaitRun(task, 1);
        old.loses();
        ScriptedExecutor.Run now = executor.awaitRun(task, 2);

        for (LeasedAsset lease : old.request().leases()) {
            assertThat(customer.release(lease).code()).isEqualTo("stale_token");
        }
        can_do_nothing(customer, task, old, now);
    }

    @Test
    void a_holder_that_was_retried_can_do_nothing() {
        Customer customer = customers.withDefaults("{\"retry_backoff_ms\":10}");
        pool(customer);
        String task = customer.order(SCRIPTED, BOTH);
        ScriptedExecutor.Run old = executor.awaitRun(task, 1);
        old.answers("RETRYABLE", "0.10");
        ScriptedExecutor.Run now = executor.awaitRun(task, 2);

        for (LeasedAsset lease : old.request().leases()) {
            assertThat(customer.release(lease).code()).isEqualTo("stale_token");
        }
        can_do_nothing(customer, task, old, now);
    }

    /** What it says it spent, what it answers, and what it says of its leases leaves everything as it was. */
    private void can_do_nothing(Customer customer, String task, ScriptedExecutor.Run old, ScriptedExecutor.Run now) {
        JsonNode order = customer.get(task);
        List<String> ledger = customer.ledger(task);
        old.heartbeat().report(Map.of("page", 9), List.of(new Money("captcha", new BigDecimal("7"))));
        old.answers("HARD_FAIL", "9");
        await().during(Duration.ofMillis(1_500))
                .atMost(Duration.ofSeconds(5))
                .until(() -> customer.get(task).equals(order)
                        && customer.ledger(task).equals(ledger)
                        && customer.attempts(task).path(1).path("progress").isNull());

        now.answers("OK", "0.20");
        customer.awaitEnd(task, "SUCCESS");
        assertThat(customer.ledger(task))
                .noneMatch(line -> line.endsWith("wallet 7") || line.endsWith("wallet 9"))
                .endsWith("outside spend:executor:outside → held 0.2");
    }

    private static JsonNode lateCosts(Customer customer, String task) {
        return await().atMost(Duration.ofSeconds(20))
                .until(() -> customer.attempts(task).path(0), attempt -> !attempt.path("late_costs")
                        .isEmpty());
    }

    /** A network asset that an order gets, one to take its place, and a card. */
    private static void pool(Customer customer) {
        customer.asset("ip-1", "\"max_concurrency\":1", "\"unit_cost\":0.35");
        customer.asset("ip-2", "\"max_concurrency\":1", "\"unit_cost\":0.40");
        customer.asset("card", "\"max_concurrency\":1", "\"unit_cost\":0.50", "\"sku_category\":\"RAW_FUND\"");
    }
}
