package dev.taskorder.activities.order;

import static dev.taskorder.activities.testing.Orders.anOrder;
import static org.assertj.core.api.Assertions.assertThat;

import dev.taskorder.activities.testing.Application;
import dev.taskorder.activities.testing.Tenant;
import dev.taskorder.api.budget.BudgetScope;
import dev.taskorder.api.execution.ExecutionResult;
import dev.taskorder.api.execution.Money;
import dev.taskorder.api.explain.Blocker;
import dev.taskorder.api.explain.Explanation;
import dev.taskorder.api.explain.Explanations;
import dev.taskorder.api.order.OrderSteps.How;
import dev.taskorder.api.order.Status;
import dev.taskorder.api.order.TaskOrder;
import dev.taskorder.api.order.Verdict;
import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What an order costs for which nothing is set aside is known when it is spent: it does not begin where nothing is left. */
class UsedUpBudgetTest {
    private static final BudgetScope TENANT = BudgetScope.TENANT;
    private static final BudgetScope PROJECT = BudgetScope.PROJECT;

    private final Tenant tenant = Tenant.fresh();

    @Test
    void an_order_that_needs_nothing_waits_under_a_budget_that_is_used_up_and_is_told_what_mends_it() {
        tenant.budget(PROJECT, "0.85");
        spends("0.85");
        TaskOrder order = tenant.waiting(anOrder());

        Blocker blocker = onlyBlocker(order);
        assertThat(blocker.code()).isEqualTo("project_budget");
        assertThat(blocker.message())
                .isEqualTo("the budget of project acme-shop in env prod is used up: nothing is left of 0.85 USD (0.85"
                        + " spent, 0 held), so that no order starts under it");
        assertThat(blocker.facts())
                .containsEntry("limit", new BigDecimal("0.85"))
                .containsEntry("posted", new BigDecimal("0.85"))
                .containsEntry("held", BigDecimal.ZERO)
                .containsEntry("needed", BigDecimal.ZERO)
                .containsEntry("currency", "USD");
        assertThat(blocker.change()).isEqualTo("Raise it above 0.85 (PUT /v1/budgets/project/acme-shop?env=prod)");

        tenant.budget(PROJECT, "0.850001");
        assertThat(tenant.statusOf(order)).isEqualTo(Status.RUNNING);
        assertThat(tenant.entries(order)).isEmpty();
    }

    @Test
    void who_needs_nothing_starts_under_a_budget_that_has_something_left() {
        tenant.budget(TENANT, "0.000001");
        tenant.running(anOrder());
        tenant.running(anOrder());
    }

    @Test
    void who_has_another_project_does_not_wait() {
        tenant.budget(PROJECT, "0");
        tenant.waiting(anOrder());
        tenant.running(anOrder().project("other"));
    }

    @Test
    void money_that_comes_back_starts_it_at_once() {
        tenant.asset("ip", "RAW_NET", "ip", 1, "0.5");
        tenant.budget(TENANT, "0.5");
        TaskOrder holder = tenant.running(anOrder().wanting("RAW_NET", null, 1));
        TaskOrder order = tenant.waiting(anOrder());
        Blocker blocker = onlyBlocker(order);
        assertThat(blocker.code()).isEqualTo("tenant_budget");
        assertThat(blocker.change())
                .isEqualTo("Raise it above 0.5 (PUT /v1/budgets/tenant/"
                        + tenant.id().value() + "?env=prod); or wait for what is held to come back");

        tenant.cancel(holder.taskId());
        tenant.proceed(holder);

        assertThat(tenant.statusOf(order)).isEqualTo(Status.RUNNING);
    }

    @Test
    void what_is_held_is_not_waited_for_where_it_would_not_do() {
        tenant.asset("ip", "RAW_NET", "ip", 2, "0.5");
        tenant.budget(TENANT, "10");
        spends("0.8");
        tenant.running(anOrder().wanting("RAW_NET", null, 1));
        tenant.budget(TENANT, "1.3");
        TaskOrder order = tenant.waiting(anOrder().wanting("RAW_NET", null, 1));
        assertThat(onlyBlocker(order).change()).endsWith("; or wait for what is held to come back");
        tenant.budget(TENANT, "1.299999");
        assertThat(onlyBlocker(order).change())
                .isEqualTo("Raise it to 1.8 or more (PUT /v1/budgets/tenant/"
                        + tenant.id().value() + "?env=prod)");
        tenant.budget(TENANT, "1.8");
        assertThat(tenant.statusOf(order)).isEqualTo(Status.RUNNING);
    }

    @Test
    void a_budget_in_another_currency_holds_it_up_too() {
        tenant.budget(PROJECT, "10");
        TaskOrder order = tenant.waiting(anOrder().currency("EUR"));
        assertThat(onlyBlocker(order).message())
                .isEqualTo("the budget of project acme-shop in env prod is in USD and covers nothing in EUR");
    }

    @Test
    void another_attempt_waits_for_a_budget_that_the_last_one_used_up() {
        tenant.budget(PROJECT, "0.5");
        TaskOrder order = tenant.running(anOrder());
        tenant.answered(order, 1, result("RETRYABLE", "0.5"));
        assertThat(tenant.concluded(order, 1, How.ANSWERED)).isInstanceOf(Verdict.Await.class);
        assertThat(explain(order).summary())
                .startsWith("It waits between two attempts for money: the budget of project acme-shop in env prod is"
                        + " used up");
        assertThat(onlyBlocker(order).code()).isEqualTo("project_budget");
        assertThat(tenant.proceed(order)).isInstanceOf(Verdict.Await.class);

        tenant.budget(PROJECT, "0.6");

        assertThat(tenant.proceed(order)).isInstanceOf(Verdict.BackOff.class);
        backOffIsOver(order);
        assertThat(tenant.proceed(order)).isInstanceOf(Verdict.Execute.class);
    }

    @Test
    void another_attempt_keeps_its_leases_while_it_waits_and_goes_on_with_them() {
        tenant.asset("ip", "RAW_NET", "ip", 1, "0.5");
        tenant.budget(TENANT, "0.5");
        TaskOrder order = tenant.running(anOrder().wanting("RAW_NET", null, 1));
        tenant.begin(order, 1);
        assertThat(tenant.concluded(order, 1, How.LOST)).isInstanceOf(Verdict.Await.class);
        tenant.budget(TENANT, "0.6");
        assertThat(tenant.proceed(order)).isInstanceOf(Verdict.Execute.class);
        assertThat(tenant.leases(order.taskId())).hasSize(1);
        assertThat(tenant.entries(order)).containsOnlyOnce("POST lease 0.5");
    }

    @Test
    void what_is_set_aside_for_an_order_itself_does_not_hold_it_up() {
        tenant.asset("ip", "RAW_NET", "ip", 1, "0.5");
        tenant.budget(TENANT, "0.5");
        TaskOrder order = tenant.running(anOrder().wanting("RAW_NET", null, 1));
        assertThat(tenant.concluded(order, 1, How.LOST)).isInstanceOf(Verdict.Execute.class);
    }

    @Test
    void an_order_ends_before_another_attempt_if_its_costs_used_up_its_own_ceiling() {
        TaskOrder order = tenant.running(anOrder().maxTotalCost("0.50"));
        tenant.answered(order, 1, result("RETRYABLE", "0.5"));
        assertThat(tenant.concluded(order, 1, How.ANSWERED)).isEqualTo(new Verdict.Over("FAILED"));
        assertThat(tenant.find(order.taskId()).state().resultCode()).isEqualTo("BUDGET_EXCEEDED");
        assertThat(tenant.find(order.taskId()).state().resultMessage())
                .isEqualTo("its max_total_cost of 0.5 USD is used up, and another attempt may cost more");
        assertThat(onlyBlocker(order).code()).isEqualTo("order_budget");
    }

    @Test
    void an_order_whose_ceiling_leaves_something_gets_another_attempt() {
        TaskOrder order = tenant.running(anOrder().maxTotalCost("0.500001"));
        tenant.answered(order, 1, result("RETRYABLE", "0.5"));
        assertThat(tenant.concluded(order, 1, How.ANSWERED)).isInstanceOf(Verdict.BackOff.class);
    }

    @Test
    void a_ceiling_that_was_all_given_for_leases_bears_every_attempt_with_them_as_it_did_the_first() {
        tenant.asset("ip", "RAW_NET", "ip", 1, "0.5");
        TaskOrder order = tenant.running(anOrder().wanting("RAW_NET", null, 1).maxTotalCost("0.5"));
        tenant.answered(order, 1, ExecutionResult.of("RETRYABLE", null));
        assertThat(tenant.concluded(order, 1, How.ANSWERED)).isInstanceOf(Verdict.BackOff.class);
    }

    @Test
    void an_order_that_may_cost_nothing_and_costs_nothing_gets_all_its_attempts() {
        TaskOrder order = tenant.running(anOrder().maxTotalCost("0"));
        tenant.answered(order, 1, ExecutionResult.of("RETRYABLE", null));
        assertThat(tenant.concluded(order, 1, How.ANSWERED)).isInstanceOf(Verdict.BackOff.class);
        backOffIsOver(order);
        assertThat(tenant.proceed(order)).isInstanceOf(Verdict.Execute.class);
    }

    /** An order that costs so much, for which nothing was set aside. */
    private void spends(String amount) {
        TaskOrder order = tenant.running(anOrder());
        tenant.answered(order, 1, result("OK", amount));
        assertThat(tenant.concluded(order, 1, How.ANSWERED)).isEqualTo(new Verdict.Over("SUCCESS"));
    }

    private void backOffIsOver(TaskOrder order) {
        tenant.sql(jdbc -> jdbc.sql("UPDATE task_order SET retry_at = now() WHERE task_id = :task")
                .param("task", order.taskId())
                .update());
    }

    private static ExecutionResult result(String code, String captcha) {
        Money cost = new Money("captcha", new BigDecimal(captcha));
        return new ExecutionResult(code, null, Map.of(), List.of(), List.of(cost), List.of());
    }

    private Blocker onlyBlocker(TaskOrder order) {
        assertThat(explain(order).blockers()).hasSize(1);
        return explain(order).blockers().get(0);
    }

    private Explanation explain(TaskOrder order) {
        return tenant.as(() -> Application.shared().bean(Explanations.class).of(order.taskId()))
                .orElseThrow();
    }
}
