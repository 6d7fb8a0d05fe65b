package dev.taskorder.starter.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.taskorder.api.execution.Money;
import dev.taskorder.starter.testing.Http;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import tools.jackson.databind.JsonNode;

/** Money runs out: while an executor works, and before one begins. */
@EndToEnd
class BudgetTest {
    @Autowired
    Customers customers;

    @Autowired
    ScriptedExecutor executor;

    @Test
    void an_executor_whose_costs_no_budget_covers_is_stopped_and_the_order_ends() {
        Customer customer = customers.fresh();
        String task = customer.order("\"task_type\":\"SCRIPTED\"", "\"max_total_cost\":1", "\"timeout_ms\":60000");
        ScriptedExecutor.Run run = executor.awaitRun(task, 1);
        run.heartbeat().report(Map.of(), List.of(new Money("captcha", new BigDecimal("0.8"))));
        await().atMost(Duration.ofSeconds(10))
                .until(() -> customer.total(task, "cost").compareTo(new BigDecimal("0.8")) == 0);
        run.heartbeat().report(Map.of(), List.of(new Money("captcha", new BigDecimal("1.3"))));

        JsonNode end = customer.awaitEnd(task, "FAILED");
        assertThat(end.path("result_code").asString()).isEqualTo("BUDGET_EXCEEDED");
        assertThat(end.path("result_message").asString())
                .contains(" USD had no cover when they were told: its max_total_cost is 1");
        assertThat(customer.read("/v1/task-orders/" + task + "/explain")
                        .path("blockers")
                        .path(0)
                        .path("code")
                        .asString())
                .isEqualTo("order_budget");
        assertThat(run.heartbeat().cancelled()).isTrue();
        assertThat(customer.total(task, "cost")).isGreaterThanOrEqualTo(new BigDecimal("1.3"));
        assertThat(customer.total(task, "overrun")).isGreaterThanOrEqualTo(new BigDecimal("0.3"));
        assertThat(customer.total(task, "held")).isZero();
    }

    @Test
    void one_that_does_not_listen_is_left_behind_after_the_grace() {
        Customer customer = customers.withDefaults("{\"cancel_grace_ms\":100}");
        String task = customer.order("\"task_type\":\"STUBBORN\"", "\"max_total_cost\":1", "\"timeout_ms\":60000");
        ScriptedExecutor.Run run = executor.awaitRun(task, 1);
        run.heartbeat().report(Map.of(), List.of(new Money("captcha", new BigDecimal("1.3"))));

        assertThat(customer.awaitEnd(task, "FAILED").path("result_code").asString())
                .isEqualTo("BUDGET_EXCEEDED");
        run.answers("OK", "9");
        await().atMost(Duration.ofSeconds(10))
                .until(() -> !customer.attempts(task).path(0).path("late_costs").isEmpty());
        assertThat(customer.total(task, "cost"))
                .as("late costs are posted by nobody")
                .isEqualByComparingTo("1.3");
    }

    @Test
    void an_order_waits_for_its_project_s_budget_is_told_so_and_starts_when_that_is_raised() {
        Customer customer = customers.fresh();
        customer.oneSlot();
        Http http = customer.http();
        http.put("/v1/budgets/project/p?env=prod", "{\"limit\":0.3,\"currency\":\"USD\",\"period\":\"month\"}");
        String task = customer.order(Customer.ONE_NET, "\"input\":{\"simulate\":{\"duration_ms\":1}}");
        customer.awaitStatus(task, "QUEUED");
        JsonNode blocker = await().atMost(Duration.ofSeconds(10))
                .until(
                        () -> customer.read("/v1/task-orders/" + task + "/explain")
                                .path("blockers")
                                .path(0),
                        first -> first.path("code").asString("").equals("project_budget"));
        assertThat(blocker.path("facts").path("limit").decimalValue()).isEqualByComparingTo("0.3");
        assertThat(blocker.path("facts").path("needed").decimalValue()).isEqualByComparingTo("0.35");
        assertThat(blocker.path("facts").path("period_end").asString()).contains("-01T00:00:00.000000Z");
        assertThat(blocker.path("change").asString())
                .startsWith("Raise it to 0.35 or more (PUT /v1/budgets/project/p?env=prod)");

        http.put("/v1/budgets/project/p?env=prod", "{\"limit\":0.35,\"currency\":\"USD\",\"period\":\"month\"}");

        customer.awaitEnd(task, "SUCCESS");
        JsonNode budget = http.get("/v1/budgets/project/p?env=prod").json();
        assertThat(budget.path("posted").decimalValue()).isEqualByComparingTo("0.35");
        assertThat(budget.path("remaining").decimalValue()).isEqualByComparingTo("0");
        assertThat(http.get("/v1/ledger/verify").text())
                .contains(
                        "\"budgets\":1,\"budget_periods\":1}",
                        "\"balances\":[{\"currency\":\"USD\",\"debits\":0.700000,\"credits\":0.700000,\"difference\":0.000000}]",
                        "\"violations\":[]");
    }
}
