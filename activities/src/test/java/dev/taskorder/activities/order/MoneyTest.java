package dev.taskorder.activities.order;

import static dev.taskorder.activities.testing.Orders.anOrder;
import static org.assertj.core.api.Assertions.assertThat;

import dev.taskorder.activities.execution.AttemptStore.Begun;
import dev.taskorder.activities.execution.AttemptStore.Reported;
import dev.taskorder.activities.maintenance.DueWork;
import dev.taskorder.activities.testing.Orders;
import dev.taskorder.activities.testing.Tenant;
import dev.taskorder.api.budget.BudgetKey;
import dev.taskorder.api.budget.BudgetPeriod;
import dev.taskorder.api.budget.BudgetScope;
import dev.taskorder.api.budget.BudgetSpec;
import dev.taskorder.api.budget.Budgets;
import dev.taskorder.api.execution.ExecutionResult;
import dev.taskorder.api.execution.Money;
import dev.taskorder.api.matching.MatchTrigger;
import dev.taskorder.api.order.OrderSteps.How;
import dev.taskorder.api.order.Status;
import dev.taskorder.api.order.TaskOrder;
import dev.taskorder.api.order.Verdict;
import dev.taskorder.api.tenant.Caller;
import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What becomes of an order's money, from its grant to its end. */
class MoneyTest {
    private static final BudgetScope TENANT = BudgetScope.TENANT;
    private static final BudgetScope PROJECT = BudgetScope.PROJECT;

    private final Tenant tenant = Tenant.fresh();

    @BeforeEach
    void two_places_at_half_a_dollar() {
        tenant.withEstimates("{\"TEST\": 0.2}");
        tenant.asset("ip", "RAW_NET", "ip", 2, "0.5");
    }

    private static Orders wanting() {
        return anOrder().wanting("RAW_NET", null, 1);
    }

    @Test
    void what_leases_cost_and_the_executor_is_expected_to_spend_is_held_with_the_grant() {
        tenant.budget(TENANT, "10");
        TaskOrder order = tenant.running(wanting());
        assertThat(tenant.entries(order)).containsExactly("HOLD grant 0.7");
        assertThat(money(order)).isEqualTo("held 0.7 posted 0 overrun 0");
        assertThat(tenant.budgeted(TENANT)).isEqualTo("0 0.7 0");
    }

    @Test
    void what_was_used_is_posted_and_the_rest_returns() {
        tenant.budget(TENANT, "10");
        TaskOrder order = tenant.running(wanting());
        tenant.answered(order, 1, result("OK", "0.05"));
        assertThat(tenant.concluded(order, 1, How.ANSWERED)).isEqualTo(new Verdict.Over("SUCCESS"));
        assertThat(tenant.entries(order))
                .containsExactly(
                        "HOLD grant 0.7",
                        "POST lease 0.5",
                        "POST execution 0",
                        "POST captcha 0.05",
                        "VOID executor 0.15");
        assertThat(money(order)).isEqualTo("held 0 posted 0.55 overrun 0");
        assertThat(tenant.budgeted(TENANT)).isEqualTo("0.55 0 0");
    }

    @Test
    void an_order_whose_executor_never_began_gets_everything_back() {
        tenant.budget(PROJECT, "10");
        TaskOrder order = tenant.running(wanting());
        tenant.cancel(order.taskId());
        assertThat(tenant.proceed(order)).isEqualTo(new Verdict.Over("CANCELLED"));
        assertThat(tenant.entries(order)).containsExactly("HOLD grant 0.7", "VOID lease 0.5", "VOID executor 0.2");
        assertThat(money(order)).isEqualTo("held 0 posted 0 overrun 0");
        assertThat(tenant.budgeted(PROJECT)).isEqualTo("0 0 0");
    }

    @Test
    void costs_are_posted_while_it_runs_each_difference_once() {
        TaskOrder order = tenant.running(wanting());
        UUID token = begun(order, 1);
        assertThat(tenant.reports(order, 1, token, captcha("0.05"))).isEqualTo(Reported.KEPT);
        assertThat(tenant.reports(order, 1, token, captcha("0.05"))).isEqualTo(Reported.KEPT);
        assertThat(tenant.reports(order, 1, token, captcha("0.03")))
                .as("shrinks")
                .isEqualTo(Reported.KEPT);
        assertThat(tenant.reports(order, 1, token, captcha("0.12"))).isEqualTo(Reported.KEPT);
        assertThat(tenant.entries(order)).containsExactly("HOLD grant 0.7", "POST captcha 0.05", "POST captcha 0.07");
        assertThat(money(order)).isEqualTo("held 0.58 posted 0.12 overrun 0");
    }

    @Test
    void past_what_is_held_more_is_held_if_ceiling_and_budgets_allow() {
        tenant.budget(TENANT, "10");
        tenant.budget(PROJECT, "1.1");
        TaskOrder order = tenant.running(wanting().maxTotalCost("1.1"));
        assertThat(tenant.reports(order, 1, begun(order, 1), captcha("0.6"))).isEqualTo(Reported.KEPT);
        assertThat(tenant.entries(order))
                .containsExactly("HOLD grant 0.7", "POST captcha 0.2", "HOLD captcha 0.4", "POST captcha 0.4");
        assertThat(money(order)).isEqualTo("held 0.5 posted 0.6 overrun 0");
        assertThat(tenant.budgeted(PROJECT)).isEqualTo("0.6 0.5 0");
    }

    @Test
    void what_its_ceiling_leaves_no_room_for_is_an_overrun_and_the_order_is_ended_with_its_executor() {
        tenant.budget(TENANT, "10");
        TaskOrder order = tenant.running(wanting().maxTotalCost("1"));
        UUID token = begun(order, 1);
        assertThat(tenant.reports(order, 1, token, captcha("0.6"))).isEqualTo(Reported.BEYOND_BUDGET);
        assertThat(tenant.entries(order))
                .containsExactly(
                        "HOLD grant 0.7",
                        "POST captcha 0.2",
                        "HOLD captcha 0.3",
                        "POST captcha 0.3",
                        "POST captcha 0.1");
        assertThat(money(order)).isEqualTo("held 0.5 posted 0.5 overrun 0.1");
        assertThat(tenant.budgeted(TENANT)).isEqualTo("0.5 0.5 0.1");
        assertThat(tenant.proceed(order)).isInstanceOf(Verdict.Stop.class);

        assertThat(tenant.reports(order, 1, token, captcha("0.7"))).isEqualTo(Reported.BEYOND_BUDGET);
        tenant.complete(order, 1, token, result("OK", "0.75"));
        assertThat(tenant.concluded(order, 1, How.ANSWERED)).isEqualTo(new Verdict.Over("FAILED"));
        assertThat(tenant.find(order.taskId()).state().resultCode()).isEqualTo("BUDGET_EXCEEDED");
        assertThat(tenant.find(order.taskId()).state().resultMessage())
                .isEqualTo("costs of 0.1 USD had no cover when they were told: its max_total_cost is 1");
        assertThat(money(order)).isEqualTo("held 0 posted 1 overrun 0.25");
        assertThat(tenant.budgeted(TENANT)).isEqualTo("1 0 0.25");
    }

    @Test
    void one_that_is_to_end_for_its_costs_ends_also_when_a_lease_is_taken_from_it() {
        TaskOrder order = tenant.running(wanting().maxTotalCost("1"));
        UUID token = begun(order, 1);
        assertThat(tenant.reports(order, 1, token, captcha("0.6"))).isEqualTo(Reported.BEYOND_BUDGET);
        tenant.revoked(order, "ip");
        assertThat(tenant.proceed(order)).isEqualTo(new Verdict.Over("FAILED"));
        assertThat(tenant.find(order.taskId()).state().resultCode()).isEqualTo("BUDGET_EXCEEDED");
        assertThat(money(order)).isEqualTo("held 0 posted 1 overrun 0.1");
    }

    @Test
    void beyond_a_budget_of_its_project_or_tenant_too_and_then_it_is_an_overrun_of_both() {
        tenant.budget(TENANT, "1");
        tenant.budget(PROJECT, "10");
        TaskOrder order = tenant.running(wanting());
        assertThat(tenant.reports(order, 1, begun(order, 1), captcha("0.6"))).isEqualTo(Reported.BEYOND_BUDGET);
        assertThat(tenant.budgeted(TENANT)).isEqualTo("0.5 0.5 0.1");
        assertThat(tenant.budgeted(PROJECT)).isEqualTo("0.5 0.5 0.1");
        assertThat(tenant.concluded(order, 1, How.ABANDONED)).isEqualTo(new Verdict.Over("FAILED"));
        assertThat(tenant.find(order.taskId()).state().resultMessage())
                .isEqualTo(
                        "costs of 0.1 USD had no cover when they were told: the budget of the tenant in env prod had too little left");
        assertThat(tenant.leases(order.taskId()).get(0).state().name()).isEqualTo("RELEASED");
        assertThat(money(order)).isEqualTo("held 0 posted 1 overrun 0.1");
    }

    @Test
    void its_ceiling_and_each_budget_cover_as_far_as_they_go_and_the_first_kinds_of_a_report_first() {
        tenant.budget(TENANT, "1.1");
        tenant.budget(PROJECT, "1.2");
        TaskOrder order = tenant.running(wanting().maxTotalCost("1.3"));
        Money[] costs = {captcha("0.5"), new Money("proxy", new BigDecimal("0.2")), new Money("sms", BigDecimal.ONE)};
        assertThat(tenant.reports(order, 1, begun(order, 1), costs)).isEqualTo(Reported.BEYOND_BUDGET);
        assertThat(tenant.entries(order))
                .containsExactly(
                        "HOLD grant 0.7",
                        "POST captcha 0.2",
                        "HOLD captcha 0.3",
                        "POST captcha 0.3",
                        "HOLD proxy 0.1",
                        "POST proxy 0.1",
                        "POST proxy 0.1",
                        "POST sms 1");
        assertThat(money(order)).isEqualTo("held 0.5 posted 0.6 overrun 1.1");
        assertThat(tenant.budgeted(TENANT)).isEqualTo("0.6 0.5 1.1");
        assertThat(tenant.budgeted(PROJECT)).isEqualTo("0.6 0.5 1.1");
        tenant.concluded(order, 1, How.ABANDONED);
        assertThat(tenant.find(order.taskId()).state().resultMessage())
                .isEqualTo(
                        "costs of 1.1 USD had no cover when they were told: its max_total_cost is 1.3, and the budget of project acme-shop"
                                + " in env prod had too little left, and the budget of the tenant in env prod had too little left");
    }

    @Test
    void an_answer_stands_whatever_it_cost_and_what_was_beyond_is_shown() {
        TaskOrder order = tenant.running(wanting().maxTotalCost("0.8"));
        tenant.answered(order, 1, result("OK", "0.4"));
        assertThat(tenant.concluded(order, 1, How.ANSWERED)).isEqualTo(new Verdict.Over("SUCCESS"));
        assertThat(money(order)).isEqualTo("held 0 posted 0.8 overrun 0.1");
    }

    @Test
    void one_that_cost_too_much_gets_no_other_attempt() {
        TaskOrder order = tenant.running(wanting().maxTotalCost("0.8"));
        tenant.answered(order, 1, result("RETRYABLE", "0.4"));
        assertThat(tenant.concluded(order, 1, How.ANSWERED)).isEqualTo(new Verdict.Over("FAILED"));
        assertThat(tenant.find(order.taskId()).state().resultCode()).isEqualTo("BUDGET_EXCEEDED");
        assertThat(money(order)).isEqualTo("held 0 posted 0.8 overrun 0.1");
    }

    @Test
    void each_attempt_has_its_own_estimate_and_its_lease_is_charged_once() {
        tenant.budget(TENANT, "1.25");
        TaskOrder order = tenant.running(wanting());
        tenant.answered(order, 1, result("RETRYABLE", "0.1"));
        assertThat(tenant.concluded(order, 1, How.ANSWERED)).isInstanceOf(Verdict.BackOff.class);
        assertThat(money(order)).isEqualTo("held 0.2 posted 0.6 overrun 0");
        assertThat(tenant.entries(order))
                .containsExactly(
                        "HOLD grant 0.7",
                        "POST lease 0.5",
                        "POST execution 0",
                        "POST captcha 0.1",
                        "VOID executor 0.1",
                        "HOLD grant 0.2");
        assertThat(tenant.budgeted(TENANT)).isEqualTo("0.6 0.2 0");
    }

    @Test
    void the_next_attempt_waits_for_the_budget_with_its_leases_kept() {
        tenant.budget(TENANT, "0.75");
        TaskOrder order = tenant.running(wanting());
        tenant.answered(order, 1, result("RETRYABLE", "0.1"));
        assertThat(tenant.concluded(order, 1, How.ANSWERED)).isInstanceOf(Verdict.Await.class);
        assertThat(money(order)).isEqualTo("held 0 posted 0.6 overrun 0");
        tenant.budget(TENANT, "0.8");
        assertThat(money(order)).isEqualTo("held 0.2 posted 0.6 overrun 0");
        assertThat(tenant.proceed(order)).isInstanceOf(Verdict.BackOff.class);
        assertThat(tenant.leases(order.taskId())).hasSize(1);
    }

    @Test
    void an_order_that_no_budget_covers_now_waits_until_money_comes_back() {
        tenant.budget(PROJECT, "1.2");
        TaskOrder first = tenant.running(wanting());
        TaskOrder second = tenant.waiting(wanting());
        tenant.answered(first, 1, result("OK", "0"));
        tenant.concluded(first, 1, How.ANSWERED);
        assertThat(tenant.statusOf(second)).isEqualTo(Status.RUNNING);
        assertThat(tenant.budgeted(PROJECT)).isEqualTo("0.5 0.7 0");
    }

    @Test
    void a_raised_budget_starts_who_waits_for_it_at_once() {
        tenant.budget(TENANT, "1.3");
        tenant.running(wanting());
        TaskOrder second = tenant.waiting(wanting());
        tenant.budget(TENANT, "1.4");
        assertThat(tenant.statusOf(second)).isEqualTo(Status.RUNNING);
        assertThat(tenant.budgeted(TENANT)).isEqualTo("0 1.4 0");
    }

    @Test
    void an_order_that_its_own_ceiling_can_never_cover_fails() {
        TaskOrder order = tenant.created(wanting().maxTotalCost("0.699999").spec());
        assertThat(tenant.admitted(order)).isEqualTo(new Verdict.Over("FAILED"));
        assertThat(tenant.find(order.taskId()).state().resultCode()).isEqualTo("BUDGET_EXCEEDED");
        assertThat(tenant.entries(order)).isEmpty();
    }

    @Test
    void amounts_as_large_as_may_be_add_up_and_stop_nobody_else() {
        tenant.budget(TENANT, "10");
        TaskOrder order = tenant.running(wanting().maxTotalCost("5"));
        Money most = new Money("proxy", new BigDecimal("99999999999999.999999"));
        tenant.answered(
                order,
                1,
                new ExecutionResult(
                        "OK", null, Map.of(), List.of(), List.of(captcha("99999999999999.999999"), most), List.of()));
        assertThat(tenant.concluded(order, 1, How.ANSWERED)).isEqualTo(new Verdict.Over("SUCCESS"));
        TaskOrder other = tenant.running(wanting().maxTotalCost("5"));
        tenant.answered(other, 1, result("OK", "9"));
        assertThat(tenant.concluded(other, 1, How.ANSWERED)).isEqualTo(new Verdict.Over("SUCCESS"));
        assertThat(tenant.budgeted(TENANT)).isEqualTo("10 0 199999999999999.999998");
    }

    @Test
    void a_line_from_before_with_orders_of_several_projects_is_served_as_far_as_each_budget_covers() {
        tenant.budget(PROJECT, "0.1");
        budgetOfOther("0.1");
        List<TaskOrder> line = List.of(
                tenant.waiting(wanting()),
                tenant.waiting(wanting()),
                tenant.waiting(wanting().project("other")));
        line.forEach(order -> tenant.sql(jdbc -> jdbc.sql("UPDATE task_order SET demand = 'old' WHERE task_id = :task")
                .param("task", order.taskId())
                .update()));
        tenant.budget(PROJECT, "10");
        assertThat(line).extracting(tenant::statusOf).containsExactly(Status.RUNNING, Status.RUNNING, Status.QUEUED);
    }

    private void budgetOfOther(String limit) {
        BudgetKey key = new BudgetKey("prod", PROJECT, "other");
        BudgetSpec budget = new BudgetSpec(key, new BigDecimal(limit), "USD", BudgetPeriod.TOTAL);
        tenant.as(() -> tenant.bean(Budgets.class).put(budget, Caller.SYSTEM));
    }

    @Test
    void that_a_budget_is_exhausted_is_told_to_the_first_who_needs_it_also_if_it_was_so_when_it_was_set() {
        tenant.finish(tenant.running(wanting()));
        tenant.budget(TENANT, "0.2");
        tenant.waiting(wanting());
        tenant.as(() -> {
            tenant.bean(MatchTrigger.class).run("prod");
            return true;
        });
        List<String> told = tenant.sql(jdbc -> jdbc.sql(
                        "SELECT type FROM task_event WHERE object_type = 'budget' AND type <> 'budget.updated'")
                .query(String.class)
                .list());
        assertThat(told).containsExactly("budget.exhausted");
    }

    @Test
    void a_lost_worker_costs_its_lease_once() {
        TaskOrder order = tenant.running(wanting());
        begun(order, 1);
        tenant.concluded(order, 1, How.LOST);
        begun(order, 2);
        tenant.complete(order, 2, tokenOf(order, 2), result("OK", "0"));
        tenant.concluded(order, 2, How.ANSWERED);
        assertThat(tenant.entries(order)).containsOnlyOnce("POST lease 0.5");
        assertThat(money(order)).isEqualTo("held 0 posted 0.5 overrun 0");
    }

    @Test
    void a_lease_that_expired_before_its_attempt_began_is_returned_at_the_end() {
        TaskOrder order = tenant.running(wanting());
        expire(order);
        assertThat(money(order)).as("its attempt may begin yet").isEqualTo("held 0.7 posted 0 overrun 0");
        tenant.cancel(order.taskId());
        tenant.proceed(order);
        assertThat(tenant.entries(order)).contains("VOID lease 0.5");
        assertThat(money(order)).isEqualTo("held 0 posted 0 overrun 0");
    }

    @Test
    void a_lease_that_expired_between_two_attempts_is_returned_at_once() {
        TaskOrder order = tenant.running(wanting());
        tenant.sql(jdbc -> jdbc.sql("UPDATE attempt SET state = 'DROPPED', finished_at = now()")
                .update());
        expire(order);
        assertThat(tenant.entries(order)).containsExactly("HOLD grant 0.7", "EXPIRE lease 0.5");
        assertThat(money(order)).isEqualTo("held 0.2 posted 0 overrun 0");
    }

    private void expire(TaskOrder order) {
        tenant.sql(jdbc -> jdbc.sql("UPDATE lease SET expires_at = now() - interval '1 minute' WHERE task_id = :task")
                .param("task", order.taskId())
                .update());
        tenant.as(() -> {
            tenant.bean(DueWork.class).expireLeases();
            return true;
        });
    }

    private UUID begun(TaskOrder order, int attempt) {
        return ((Begun.Run) tenant.begin(order, attempt)).request().attemptToken();
    }

    private UUID tokenOf(TaskOrder order, int attempt) {
        return tenant.sql(jdbc -> jdbc.sql("SELECT token FROM attempt WHERE task_id = :task AND number = :number")
                .param("task", order.taskId())
                .param("number", attempt)
                .query(UUID.class)
                .single());
    }

    private String money(TaskOrder order) {
        return tenant.sql(jdbc ->
                jdbc.sql("""
                SELECT 'held ' || trim_scale(held) || ' posted ' || trim_scale(posted) || ' overrun ' || trim_scale(overrun)
                  FROM task_order WHERE task_id = :task
                """).param("task", order.taskId()).query(String.class).single());
    }

    private static Money captcha(String amount) {
        return new Money("captcha", new BigDecimal(amount));
    }

    private static ExecutionResult result(String code, String captcha) {
        return new ExecutionResult(code, null, Map.of(), List.of(), List.of(captcha(captcha)), List.of());
    }
}
