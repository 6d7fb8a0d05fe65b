package dev.taskorder.starter.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.taskorder.api.execution.Money;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import tools.jackson.databind.JsonNode;

/** What an executor's answer leads to. */
@EndToEnd
class RetryTest {
    private static final String SHORT_BACK_OFF = "{\"retry_backoff_ms\":10}";

    @Autowired
    private Customers customers;

    @Autowired
    private ScriptedExecutor executor;

    @Test
    void the_next_attempt_keeps_the_leases_and_pays_for_them_once() {
        Customer customer = customers.withDefaults(SHORT_BACK_OFF);
        customer.oneSlot();
        String task = customer.order(
                Customer.ONE_NET,
                simulate(
                        "\"costs\":[{\"kind\":\"captcha\",\"amount\":0.01}]",
                        "\"attempts\":[{\"result_code\":\"RETRYABLE\"},{\"result_code\":\"OK\"}]"));
        customer.awaitEnd(task, "SUCCESS");

        JsonNode attempts = customer.attempts(task);
        assertThat(attempts)
                .extracting(attempt -> attempt.path("result_code").asString())
                .containsExactly("RETRYABLE", "OK");
        assertThat(attempts.path(0).path("lease_ids"))
                .hasSize(1)
                .isEqualTo(attempts.path(1).path("lease_ids"));
        assertThat(customer.leases(task)).hasSize(1);
        assertThat(customer.ledger(task))
                .containsExactly(
                        "lease spend:lease:RAW_NET → held 0.35",
                        "execution spend:execution → wallet 0",
                        "captcha spend:executor:captcha → held 0.01",
                        "execution spend:execution → wallet 0",
                        "captcha spend:executor:captcha → held 0.01");
        assertThat(customer.total(task, "cost")).isEqualByComparingTo("0.37");
    }

    @Test
    void after_a_ban_the_next_attempt_has_another_address_and_the_same_card() {
        Customer customer = customers.withDefaults(SHORT_BACK_OFF);
        customer.asset("ip-1", "\"max_concurrency\":1");
        customer.asset("ip-2", "\"max_concurrency\":1");
        customer.asset("card", "\"max_concurrency\":1", "\"sku_category\":\"RAW_FUND\"");
        String task = customer.order(
                "\"resource_hints\":[{\"sku_category\":\"RAW_NET\"},{\"sku_category\":\"RAW_FUND\"}]",
                simulate("\"attempts\":[{\"result_code\":\"BANNED\",\"lease_outcomes\":[{\"hint_index\":0,"
                        + "\"event_type\":\"IP_BLOCKED\"}]},{\"result_code\":\"OK\",\"lease_outcomes\":[]}]"));
        customer.awaitEnd(task, "SUCCESS");

        List<String> assets = new ArrayList<>();
        customer.leases(task).forEach(lease -> assets.add(lease.path("asset_id").asString()));
        assertThat(assets).containsExactlyInAnyOrder("ip-1", "card", "ip-2");
        assertThat(customer.attempts(task).path(1).path("lease_ids")).hasSize(2);
        assertThat(customer.ledger(task).stream().filter(entry -> entry.startsWith("lease")))
                .hasSize(3);
    }

    @Test
    void when_the_retries_are_used_up_the_order_waits_for_a_person() {
        Customer customer = customers.withDefaults(SHORT_BACK_OFF);
        String task = customer.order(
                "\"constraints\":{\"max_retries\":1}",
                simulate("\"result_code\":\"RETRYABLE\"", "\"result_message\":\"still closed\""));
        JsonNode end = customer.awaitEnd(task, "DEAD_LETTER");
        assertThat(end.path("result_code").asString()).isEqualTo("RETRYABLE");
        assertThat(end.path("result_message").asString()).isEqualTo("still closed");
        assertThat(customer.attempts(task)).hasSize(2);
    }

    @Test
    void an_unexpected_exception_is_kept_in_words_and_retried() {
        Customer customer = customers.withDefaults(SHORT_BACK_OFF);
        String task = customer.order(simulate("\"attempts\":[{\"throw\":\"the site fell over\"},{}]"));
        customer.awaitEnd(task, "SUCCESS");
        JsonNode first = customer.attempts(task).path(0);
        assertThat(first.path("result_code").asString()).isEqualTo("EXECUTOR_ERROR");
        assertThat(first.path("result_message").asString()).isEqualTo("the site fell over");
    }

    @ParameterizedTest
    @ValueSource(strings = {"SOFT_FAIL", "HARD_FAIL", "SOLD_OUT"})
    void a_business_failure_ends_the_order_at_once_and_keeps_its_code(String code) {
        Customer customer = customers.fresh();
        String task = customer.order(simulate("\"result_code\":\"" + code + "\""));
        JsonNode end = customer.awaitEnd(task, "FAILED");
        assertThat(end.path("result_code").asString()).isEqualTo(code);
        assertThat(customer.attempts(task)).hasSize(1);
    }

    @Test
    void costs_and_progress_show_while_an_attempt_runs_and_progress_is_handed_on() {
        Customer customer = customers.withDefaults(SHORT_BACK_OFF);
        String task = customer.order("\"task_type\":\"SCRIPTED\"");
        ScriptedExecutor.Run first = executor.awaitRun(task, 1);
        JsonNode before = customer.awaitStatus(task, "RUNNING");
        assertThat(first.request().previousProgress()).isNull();
        first.heartbeat().report(Map.of("page", 7), List.of(new Money("captcha", new BigDecimal("0.10"))));

        JsonNode running = await().atMost(Duration.ofSeconds(10))
                .until(() -> customer.attempts(task).path(0), attempt -> !attempt.path("costs")
                        .isEmpty());
        assertThat(running.path("state").asString()).isEqualTo("RUNNING");
        assertThat(running.path("progress").path("page").intValue()).isEqualTo(7);
        assertThat(running.path("costs").path(0).path("amount").decimalValue()).isEqualByComparingTo("0.10");
        assertThat(customer.books(task))
                .as("posted while it runs")
                .containsExactly("HOLD captcha held → wallet 0.1", "POST captcha spend:executor:captcha → held 0.1");
        assertThat(customer.get(task))
                .as("a heartbeat is no change of the order")
                .isEqualTo(before);

        first.answers("RETRYABLE");
        ScriptedExecutor.Run second = executor.awaitRun(task, 2);
        assertThat(second.request().previousProgress()).containsEntry("page", 7);
        second.answers("OK");
        customer.awaitEnd(task, "SUCCESS");
    }

    private static String simulate(String... members) {
        return "\"input\":{\"simulate\":{\"duration_ms\":5," + String.join(",", members) + "}}";
    }
}
