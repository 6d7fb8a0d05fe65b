package dev.taskorder.activities.order;

import static dev.taskorder.activities.testing.Orders.anOrder;
import static org.assertj.core.api.Assertions.assertThat;

import dev.taskorder.activities.execution.AttemptStore.Begun;
import dev.taskorder.activities.testing.Application;
import dev.taskorder.activities.testing.Race;
import dev.taskorder.activities.testing.Tenant;
import dev.taskorder.activities.testing.TestDatabase;
import dev.taskorder.api.budget.BudgetKey;
import dev.taskorder.api.budget.BudgetPeriod;
import dev.taskorder.api.budget.BudgetScope;
import dev.taskorder.api.budget.BudgetSpec;
import dev.taskorder.api.budget.Budgets;
import dev.taskorder.api.execution.ExecutionResult;
import dev.taskorder.api.execution.Money;
import dev.taskorder.api.ledger.LedgerCheck;
import dev.taskorder.api.order.OrderSteps.How;
import dev.taskorder.api.order.TaskOrder;
import dev.taskorder.api.order.TaskOrderSpec;
import dev.taskorder.api.order.Verdict;
import dev.taskorder.api.tenant.Caller;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Many at once over the same money. */
class SettlementRaceTest {
    private static final int WORKERS = 16;
    private static final int RETRIED = 10_000;
    private static final int RETRIED_ORDERS = 50;
    private static final int SHARING = 160;

    private final Tenant tenant = Tenant.fresh();

    @Test
    void ten_thousand_settlements_retried_by_sixteen_at_once_leave_one_charge_each() throws Exception {
        tenant.asset("ip", "RAW_NET", "ip", RETRIED_ORDERS, "0.35");
        tenant.budget(BudgetScope.TENANT, "1000");
        List<TaskOrder> orders = new ArrayList<>();
        for (int i = 0; i < RETRIED_ORDERS; i++) {
            TaskOrder order = tenant.running(anOrder().wanting("RAW_NET", null, 1));
            tenant.answered(order, 1, result("0.02"));
            orders.add(order);
        }
        AtomicInteger next = new AtomicInteger();
        Race.of(WORKERS, worker -> () -> {
            for (int n = next.getAndIncrement(); n < RETRIED; n = next.getAndIncrement()) {
                assertThat(tenant.concluded(orders.get(n % RETRIED_ORDERS), 1, How.ANSWERED))
                        .isEqualTo(new Verdict.Over("SUCCESS"));
            }
            return true;
        });
        assertThat(orders).allSatisfy(order -> assertThat(tenant.entries(order))
                .containsExactly(
                        "HOLD grant 0.35",
                        "POST lease 0.35",
                        "POST execution 0",
                        "HOLD captcha 0.02",
                        "POST captcha 0.02"));
        assertThat(tenant.budgeted(BudgetScope.TENANT)).isEqualTo("18.5 0 0");
    }

    @Test
    void orders_that_share_two_tight_budgets_never_exceed_them_never_deadlock_and_all_come_to_their_end()
            throws Exception {
        tenant.asset("ip", "RAW_NET", "ip", SHARING, "0.3");
        budget(BudgetScope.TENANT, tenant.id().value(), "3");
        budget(BudgetScope.PROJECT, "one", "2");
        budget(BudgetScope.PROJECT, "two", "2");
        long deadlocks = deadlocks();
        List<TaskOrderSpec> specs = IntStream.range(0, SHARING)
                .mapToObj(i -> anOrder()
                        .project(i % 2 == 0 ? "one" : "two")
                        .wanting("RAW_NET", null, 1)
                        .spec())
                .toList();
        List<TaskOrder> orders = new ArrayList<>();
        Race.of(WORKERS, worker -> () -> {
            for (int i = worker; i < SHARING; i += WORKERS) {
                TaskOrder order = tenant.created(specs.get(i));
                tenant.admitted(order);
                synchronized (orders) {
                    orders.add(order);
                }
                workOff(order);
            }
            return true;
        });
        BigDecimal spent = new BigDecimal(tenant.budgeted(BudgetScope.TENANT).split(" ")[0]);
        assertThat(spent).as("to the last order that it covers").isBetween(new BigDecimal("2.68"), new BigDecimal("3"));

        budget(BudgetScope.PROJECT, "two", "100");
        budget(BudgetScope.PROJECT, "one", "100");
        budget(BudgetScope.TENANT, tenant.id().value(), "100");
        Race.of(WORKERS, worker -> () -> {
            for (int i = worker; i < SHARING; i += WORKERS) {
                workOff(orders.get(i));
            }
            return true;
        });

        assertThat(orders).allMatch(order -> tenant.statusOf(order).isOver());
        assertThat(tenant.as(() -> tenant.bean(LedgerCheck.class).verify().violations()))
                .isEmpty();
        String[] budgeted = tenant.budgeted(BudgetScope.TENANT).split(" ");
        // what ten held at once leave nothing for is an overrun
        assertThat(new BigDecimal(budgeted[0]).add(new BigDecimal(budgeted[2]))).isEqualByComparingTo("51.2");
        assertThat(budgeted[1]).as("held").isEqualTo("0");
        assertThat(deadlocks()).isEqualTo(deadlocks);
    }

    @Test
    void retries_that_hold_anew_never_deadlock_with_ends_of_another_project() throws Exception {
        tenant.withEstimates("{\"TEST\": 0.05}");
        tenant.asset("ip", "RAW_NET", "ip", 8, "0.01");
        budget(BudgetScope.TENANT, tenant.id().value(), "100");
        budget(BudgetScope.PROJECT, "one", "50");
        budget(BudgetScope.PROJECT, "two", "50");
        long deadlocks = deadlocks();
        List<TaskOrder> orders = new ArrayList<>();
        for (int i = 0; i < SHARING; i++) {
            String project = i % 2 == 0 ? "one" : "two";
            orders.add(tenant.created(
                    anOrder().project(project).wanting("RAW_NET", null, 1).spec()));
        }
        orders.forEach(tenant::admitted);
        Race.of(WORKERS, worker -> () -> {
            for (boolean open = true; open; ) {
                open = false;
                for (int i = worker; i < SHARING; i += WORKERS) {
                    open |= !isOverAfterMore(orders.get(i));
                }
            }
            return true;
        });
        assertThat(deadlocks()).isEqualTo(deadlocks);
        assertThat(tenant.as(() -> tenant.bean(LedgerCheck.class).verify().violations()))
                .isEmpty();
        assertThat(tenant.budgeted(BudgetScope.TENANT)).isEqualTo("8 0 0");
    }

    /** Its first attempt is to be retried, its second succeeds. */
    private boolean isOverAfterMore(TaskOrder order) {
        for (int attempt = 1; attempt <= 2; attempt++) {
            if (tenant.begin(order, attempt) instanceof Begun.Run run) {
                ExecutionResult result = attempt == 1 ? ExecutionResult.of("RETRYABLE", null) : result("0.04");
                tenant.complete(order, attempt, run.request().attemptToken(), result);
                tenant.concluded(order, attempt, How.ANSWERED);
            }
        }
        tenant.sql(jdbc -> jdbc.sql("UPDATE task_order SET retry_at = now() WHERE task_id = :task AND retry_at > now()")
                .param("task", order.taskId())
                .update());
        tenant.proceed(order);
        return tenant.statusOf(order).isOver();
    }

    /** If it was granted anything. */
    private void workOff(TaskOrder order) {
        if (tenant.begin(order, 1) instanceof Begun.Run run) {
            tenant.reports(order, 1, run.request().attemptToken(), new Money("captcha", new BigDecimal("0.01")));
            tenant.complete(order, 1, run.request().attemptToken(), result("0.02"));
            tenant.concluded(order, 1, How.ANSWERED);
        }
    }

    private void budget(BudgetScope scope, String id, String limit) {
        BudgetKey key = new BudgetKey("prod", scope, id);
        BudgetSpec budget = new BudgetSpec(key, new BigDecimal(limit), "USD", BudgetPeriod.TOTAL);
        tenant.as(() -> Application.shared().bean(Budgets.class).put(budget, Caller.SYSTEM));
    }

    private static long deadlocks() {
        return TestDatabase.get()
                .superuser()
                .sql("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()")
                .query(Long.class)
                .single();
    }

    private static ExecutionResult result(String captcha) {
        List<Money> costs = List.of(new Money("captcha", new BigDecimal(captcha)));
        return new ExecutionResult("OK", null, Map.of(), List.of(), costs, List.of());
    }
}
