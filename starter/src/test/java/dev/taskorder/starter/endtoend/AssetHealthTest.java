package dev.taskorder.starter.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import dev.taskorder.api.execution.ExecutionResult;
import dev.taskorder.api.execution.LeaseOutcome;
import dev.taskorder.starter.testing.Bodies;
import dev.taskorder.starter.testing.TestDatabase;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import tools.jackson.databind.JsonNode;

/** What executors say of assets decides what these may do next. */
@EndToEnd
class AssetHealthTest {
    private static final Duration COOL_DOWN = Duration.ofSeconds(3);
    private static final String BLOCKED = "\"input\":{\"simulate\":{\"duration_ms\":20,"
            + "\"lease_outcomes\":[{\"hint_index\":0,\"event_type\":\"IP_BLOCKED\",\"payload\":{\"error_code\":\"E403\"}}]}}";

    @Autowired
    private Customers customers;

    @Autowired
    private ScriptedExecutor executor;

    @Test
    void an_order_that_was_blocked_cools_its_asset_down_and_the_next_one_waits_until_that_is_over() {
        Customer customer = customers.withAssetHealth("{\"cool_down_ms\":" + COOL_DOWN.toMillis() + "}");
        customer.oneSlot();
        String blocked = customer.order(Customer.ONE_NET, BLOCKED);
        JsonNode ended = customer.awaitEnd(blocked, "SUCCESS");
        JsonNode cooling = customer.read("/v1/assets/only");
        assertThat(cooling.path("status").asString()).isEqualTo("COOLING_DOWN");
        assertThat(cooling.path("health_score").doubleValue()).isBetween(82.0, 84.0);

        String next = customer.order(Customer.ONE_NET);
        customer.awaitStatus(next, "QUEUED");
        JsonNode order = customer.awaitEnd(next, "SUCCESS");

        Instant coolUntil = time(ended, "finished_at").plus(COOL_DOWN);
        assertThat(time(order, "started_at")).isBetween(coolUntil.minusMillis(500), coolUntil.plusSeconds(2));
        assertThat(customer.read("/v1/assets/only").path("status").asString()).isEqualTo("AVAILABLE");
    }

    @Test
    void a_cool_down_that_a_dead_process_left_behind_is_ended_by_maintenance_and_who_waits_starts() {
        Customer customer = customers.fresh();
        customer.oneSlot();
        TestDatabase.asSuperuser("end_to_end")
                .sql("UPDATE asset SET status = 'COOLING_DOWN', cool_until = now() + interval '1 second'"
                        + " WHERE tenant_id = :tenant")
                .param("tenant", customer.tenant())
                .update();
        String waiting = customer.order(Customer.ONE_NET);
        customer.awaitStatus(waiting, "QUEUED");
        customer.awaitEnd(waiting, "SUCCESS");
        assertThat(customer.read("/v1/assets/only").path("status").asString()).isEqualTo("AVAILABLE");
    }

    @Test
    void an_asset_that_is_blocked_again_and_again_is_banned_until_an_operator_brings_it_back() {
        Customer customer = customers.withAssetHealth("{\"cool_down_ms\":50,\"cool_down_max_ms\":50,\"ban_after\":3}");
        customer.oneSlot();
        for (int i = 0; i < 3; i++) {
            customer.awaitEnd(customer.order(Customer.ONE_NET, BLOCKED), "SUCCESS");
        }
        assertThat(customer.read("/v1/assets/only").path("status").asString()).isEqualTo("BANNED");
        String waiting = customer.order(Customer.ONE_NET);
        customer.awaitStatus(waiting, "QUEUED");
        customer.asset("only", "\"max_concurrency\":1", "\"status\":\"AVAILABLE\"");
        customer.awaitEnd(waiting, "SUCCESS");
    }

    @Test
    void an_executor_that_speaks_of_a_lease_which_is_not_its_own_is_not_heard() {
        Customer customer = customers.fresh();
        customer.asset("mine", "\"max_concurrency\":1");
        String victim = customer.order(Customer.ONE_NET, "\"task_type\":\"SCRIPTED\"");
        UUID lease = executor.awaitRun(victim, 1).request().leases().get(0).leaseId();
        String liar = customer.order("\"task_type\":\"SCRIPTED\"", "\"constraints\":{\"max_retries\":0}");
        List<LeaseOutcome> outcomes = List.of(new LeaseOutcome(lease, "IP_BLOCKED", Map.of()));
        executor.awaitRun(liar, 1)
                .answer()
                .complete(new ExecutionResult("OK", null, Map.of(), outcomes, List.of(), List.of()));
        JsonNode ended = customer.awaitEnd(liar, "DEAD_LETTER");
        assertThat(ended.path("result_code").asString()).isEqualTo("EXECUTOR_ERROR");
        assertThat(ended.path("result_message").asString())
                .contains("names " + lease + ", which is no lease of this attempt");
        assertThat(customer.read("/v1/assets/mine").path("status").asString()).isEqualTo("AVAILABLE");
        executor.awaitRun(victim, 1).answers("OK");
        customer.awaitEnd(victim, "SUCCESS");
    }

    @Test
    void whoever_used_an_asset_outside_tells_it_by_call() {
        Customer customer = customers.fresh();
        customer.oneSlot();
        String order = customer.order(Customer.ONE_NET, "\"task_type\":\"SCRIPTED\"");
        UUID lease = executor.awaitRun(order, 1).request().leases().get(0).leaseId();
        String body = "{\"event_id\":\"outside-1\",\"event_type\":\"CARD_DECLINED\",\"task_id\":\"" + order
                + "\",\"lease_id\":\"" + lease + "\",\"payload\":{\"provider_status\":\"declined\"}}";
        assertThat(customer.http().post("/v1/assets/only/events", body).status())
                .isEqualTo(200);
        executor.awaitRun(order, 1).answers("OK");
        customer.awaitEnd(order, "SUCCESS");
        assertThat(customer.read("/v1/assets/only").path("status").asString()).isEqualTo("COOLING_DOWN");
        assertThat(customer.http()
                        .put("/v1/assets/only", Bodies.asset("\"status\":\"AVAILABLE\"", "\"health_score\":100"))
                        .json()
                        .path("health_score")
                        .intValue())
                .isEqualTo(100);
    }

    private static Instant time(JsonNode order, String field) {
        return Instant.parse(order.path(field).asString());
    }
}
