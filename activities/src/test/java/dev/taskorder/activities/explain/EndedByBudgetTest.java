package dev.taskorder.activities.explain;

import static dev.taskorder.activities.testing.Orders.anOrder;
import static org.assertj.core.api.Assertions.assertThat;

import dev.taskorder.activities.execution.AttemptStore.Begun;
import dev.taskorder.activities.testing.Tenant;
import dev.taskorder.api.budget.BudgetScope;
import dev.taskorder.api.execution.ExecutionResult;
import dev.taskorder.api.execution.Money;
import dev.taskorder.api.explain.Blocker;
import dev.taskorder.api.explain.Explanations;
import dev.taskorder.api.order.OrderSteps.How;
import dev.taskorder.api.order.TaskOrder;
import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** Which budget ended an order is told as long as the order is there. */
class EndedByBudgetTest {
    private final Tenant tenant = Tenant.fresh();

    @Test
    void a_budget_of_its_project_is_named_with_the_call_that_raises_it() {
        tenant.budget(BudgetScope.PROJECT, "1");
        TaskOrder order = overspent(tenant.running(anOrder().maxTotalCost("100")), "RETRYABLE");

        Blocker blocker = blockers(order).get(0);

        assertThat(codes(order)).containsExactly("project_budget");
        assertThat(blocker.message())
                .isEqualTo(
                        "costs of 1 USD had no cover when they were told: the budget of project acme-shop in env prod had too little left");
        assertThat(blocker.change())
                .isEqualTo("Raise that budget (PUT /v1/budgets/project/acme-shop?env=prod)."
                        + " Create it under a new idempotency key then");
    }

    @Test
    void a_budget_of_the_tenant_and_the_order_s_own_are_told_each() {
        tenant.budget(BudgetScope.TENANT, "0.5");
        TaskOrder order = overspent(tenant.running(anOrder().maxTotalCost("1.5")), "RETRYABLE");

        assertThat(codes(order)).containsExactly("order_budget", "tenant_budget");
        assertThat(blockers(order).get(0).change())
                .isEqualTo(
                        "Create it under a new idempotency key with a larger max_total_cost; that alone is not enough, see"
                                + " the other blockers");
        assertThat(blockers(order).get(1).change())
                .startsWith("Raise that budget (PUT /v1/budgets/tenant/"
                        + tenant.id().value() + "?env=prod).");
    }

    @Test
    void an_answer_that_came_after_the_order_was_to_end_is_not_what_ended_it() {
        tenant.budget(BudgetScope.PROJECT, "1");
        TaskOrder order = tenant.running(anOrder().maxTotalCost("100"));
        UUID token = ((Begun.Run) tenant.begin(order, 1)).request().attemptToken();
        tenant.reports(order, 1, token, costs("2"));
        tenant.complete(order, 1, token, answer("HARD_FAIL", "2"));
        tenant.concluded(order, 1, How.ANSWERED);

        assertThat(codes(order)).containsExactly("project_budget");
    }

    private TaskOrder overspent(TaskOrder order, String code) {
        tenant.answered(order, 1, answer(code, "2"));
        tenant.concluded(order, 1, How.ANSWERED);
        tenant.proceed(order);
        return order;
    }

    private static ExecutionResult answer(String code, String cost) {
        return new ExecutionResult(code, null, Map.of(), List.of(), List.of(costs(cost)), List.of());
    }

    private static Money costs(String amount) {
        return new Money("proxy", new BigDecimal(amount));
    }

    private List<String> codes(TaskOrder order) {
        return blockers(order).stream().map(Blocker::code).toList();
    }

    private List<Blocker> blockers(TaskOrder order) {
        return tenant.as(() -> tenant.bean(Explanations.class).of(order.taskId()))
                .orElseThrow()
                .blockers();
    }
}
