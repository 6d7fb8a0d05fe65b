package dev.taskorder.activities.budget;

import static dev.taskorder.activities.testing.Orders.anOrder;
import static org.assertj.core.api.Assertions.assertThat;

import dev.taskorder.activities.testing.Race;
import dev.taskorder.activities.testing.Tenant;
import dev.taskorder.api.budget.Budget;
import dev.taskorder.api.budget.BudgetKey;
import dev.taskorder.api.budget.BudgetPeriod;
import dev.taskorder.api.budget.BudgetScope;
import dev.taskorder.api.budget.BudgetSpec;
import dev.taskorder.api.budget.Budgets;
import dev.taskorder.api.execution.ExecutionResult;
import dev.taskorder.api.execution.Money;
import dev.taskorder.api.order.OrderSteps.How;
import dev.taskorder.api.order.TaskOrder;
import dev.taskorder.api.order.Verdict;
import dev.taskorder.api.tenant.Caller;
import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Orders run, spend and are cancelled, while their budgets are set, raised, lowered and counted anew. */
class BudgetsOfOrdersTest {
    private static final int THREADS = 12;
    private static final int ROUNDS = 12;

    private final Tenant tenant = Tenant.fresh();
    private final Books books = new Books(tenant);

    @Test
    void budgets_say_what_entries_say_after_orders_ran_while_they_were_set() throws Exception {
        tenant.withEstimates("{\"TEST\": 0.2}");
        tenant.asset("ip-1", "RAW_NET", "ip", 500, "0.5");
        tenant.asset("ip-2", "RAW_NET", "ip", 500, "0.3");

        Race.of(THREADS, i -> () -> i == 0 ? setBudgets() : runOrders(i));

        assertThat(books.violations()).isEmpty();
        Budget all = put(BudgetScope.TENANT, tenant.id().value(), "1000", BudgetPeriod.TOTAL);
        assertThat(all.held()).as("nothing runs any more").isZero();
        assertThat(all.posted()).isPositive();
        assertThat(books.violations()).isEmpty();
    }

    private boolean setBudgets() {
        Random random = new Random(0);
        for (int i = 0; i < 25; i++) {
            BudgetPeriod period = BudgetPeriod.values()[random.nextInt(3)];
            String limit = Integer.toString(1000 + random.nextInt(3));
            put(BudgetScope.TENANT, tenant.id().value(), limit, period);
            put(BudgetScope.PROJECT, "p" + random.nextInt(3), limit, period);
        }
        return true;
    }

    private boolean runOrders(int runner) {
        Random random = new Random(runner);
        for (int i = 0; i < ROUNDS; i++) {
            TaskOrder order = tenant.created(anOrder()
                    .project("p" + random.nextInt(3))
                    .wanting("RAW_NET", "ip", 1)
                    .spec());
            assertThat(tenant.admitted(order)).isInstanceOf(Verdict.Execute.class);
            if (random.nextInt(4) == 0) {
                tenant.cancel(order.taskId());
                tenant.proceed(order);
            } else {
                Money cost = new Money("captcha", BigDecimal.valueOf(random.nextInt(1, 50), 2));
                tenant.answered(
                        order, 1, new ExecutionResult("OK", null, Map.of(), List.of(), List.of(cost), List.of()));
                tenant.concluded(order, 1, How.ANSWERED);
            }
        }
        return true;
    }

    private Budget put(BudgetScope scope, String id, String limit, BudgetPeriod period) {
        BudgetSpec budget = new BudgetSpec(new BudgetKey("prod", scope, id), new BigDecimal(limit), "USD", period);
        return tenant.as(() -> tenant.bean(Budgets.class).put(budget, Caller.SYSTEM))
                .budget();
    }
}
