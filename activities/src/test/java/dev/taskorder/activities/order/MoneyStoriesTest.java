package dev.taskorder.activities.order;

import static dev.taskorder.activities.testing.Orders.anOrder;
import static org.assertj.core.api.Assertions.assertThat;

import dev.taskorder.activities.execution.AttemptStore.Begun;
import dev.taskorder.activities.execution.AttemptStore.Ended;
import dev.taskorder.activities.execution.AttemptStore.Reported;
import dev.taskorder.activities.maintenance.DueWork;
import dev.taskorder.activities.testing.Tenant;
import dev.taskorder.api.budget.BudgetScope;
import dev.taskorder.api.execution.ExecutionResult;
import dev.taskorder.api.execution.LeasedAsset;
import dev.taskorder.api.execution.Money;
import dev.taskorder.api.lease.Lease;
import dev.taskorder.api.ledger.LedgerCheck;
import dev.taskorder.api.order.OrderSteps.How;
import dev.taskorder.api.order.TaskOrder;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.function.Supplier;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Random lives of orders under tight budgets, each step now and then taken twice. After each step entries, orders, leases and
 * budgets agree; at the end each order has spent what a few lines of bookkeeping beside it say, and nothing is held.
 */
class MoneyStoriesTest {
    private static final int STORIES = 40;
    private static final int STEPS = 40;
    private static final int ORDERS = 5;
    private static final String[] PRICES = {"0.35", "0.5", "1"};
    private static final String[] CODES = {"OK", "RETRYABLE", "BANNED", "HARD_FAIL"};

    private final Tenant tenant = Tenant.fresh();
    private final List<Life> lives = new ArrayList<>();
    private Random random = new Random();

    /** What one order must have spent: each lease that an attempt began with once, and what its executors told, per kind. */
    private static final class Life {
        private final TaskOrder order;
        private final Map<UUID, BigDecimal> leases = new HashMap<>();
        private final Map<String, BigDecimal> told = new HashMap<>();
        private UUID token = new UUID(0, 0);
        private int attempt;

        Life(TaskOrder order) {
            this.order = order;
        }

        void tell(Money cost) {
            told.merge(attempt + " " + cost.kind(), cost.amount(), BigDecimal::max);
        }

        BigDecimal spent() {
            BigDecimal ofLeases = leases.values().stream().reduce(BigDecimal.ZERO, BigDecimal::add);
            return told.values().stream().reduce(ofLeases, BigDecimal::add);
        }
    }

    static List<Long> stories() {
        Random seeds = new Random();
        return seeds.longs(STORIES).boxed().toList();
    }

    @ParameterizedTest
    @MethodSource("stories")
    void whatever_happens_the_books_agree_and_say_what_was_spent(long seed) {
        random = new Random(seed);
        tenant.withEstimates("{\"TEST\": 0.2}");
        for (String price : PRICES) {
            tenant.asset("ip-" + price, "RAW_NET", "ip", 1 + random.nextInt(2), price);
        }
        tenant.budget(BudgetScope.TENANT, limit());
        tenant.budget(BudgetScope.PROJECT, limit());
        for (int i = 0; i < ORDERS; i++) {
            String ceiling = random.nextBoolean() ? "100" : limit();
            lives.add(new Life(tenant.created(anOrder()
                    .priority(50 + random.nextInt(40))
                    .wanting("RAW_NET", null, 1 + random.nextInt(2))
                    .maxTotalCost(ceiling)
                    .spec())));
        }
        for (int step = 0; step < STEPS; step++) {
            Life life = lives.get(random.nextInt(ORDERS));
            BigDecimal overrun = money(life.order, "overrun");
            step(life);
            assertThat(disagreements()).as("story %s, step %s", seed, step).isEmpty();
            if (money(life.order, "overrun").compareTo(overrun) > 0) {
                assertThat(isAnythingUsedUp(life.order))
                        .as("story %s, step %s", seed, step)
                        .isTrue();
            }
        }
        lives.forEach(this::end);
        assertThat(disagreements()).as("story %s", seed).isEmpty();
        for (Life life : lives) {
            assertThat(money(life.order, "posted + overrun"))
                    .as("story %s", seed)
                    .isEqualByComparingTo(life.spent());
            assertThat(money(life.order, "held")).as("story %s", seed).isZero();
        }
        String all = tenant.budgeted(BudgetScope.TENANT);
        assertThat(all).as("story %s", seed).isEqualTo(tenant.budgeted(BudgetScope.PROJECT));
    }

    /** Nothing is overrun while the order's ceiling and all of its budgets have money left. */
    private boolean isAnythingUsedUp(TaskOrder order) {
        return tenant.sql(jdbc ->
                jdbc.sql("""
                        SELECT max_total_cost <= held + posted + overrun
                               OR EXISTS (SELECT FROM budget_period WHERE limit_amount <= held + posted)
                          FROM task_order WHERE task_id = :task
                        """).param("task", order.taskId()).query(Boolean.class).single());
    }

    private String limit() {
        return BigDecimal.valueOf(5 + random.nextInt(60), 1).toPlainString();
    }

    private void step(Life life) {
        switch (random.nextInt(12)) {
            case 0, 1 -> twice(() -> tenant.admitted(life.order));
            case 2, 3, 4 -> begin(life);
            case 5, 6 -> report(life);
            case 7 -> complete(life);
            case 8 -> twice(() -> tenant.concluded(life.order, Math.max(1, life.attempt), anyEnd()));
            case 9 -> goOn(life);
            case 10 -> takeAway(life);
            default -> tenant.budget(random.nextBoolean() ? BudgetScope.TENANT : BudgetScope.PROJECT, limit());
        }
    }

    /** A step that fails for a state that the workflow would not be in is none. */
    private void twice(Supplier<?> step) {
        try {
            step.get();
            if (random.nextInt(3) == 0) {
                step.get();
            }
        } catch (IllegalStateException e) {
            assertThat(e).hasMessageContaining("has no attempt");
        }
    }

    private How anyEnd() {
        return How.values()[random.nextInt(How.values().length)];
    }

    private void begin(Life life) {
        int newest = tenant.sql(jdbc -> jdbc.sql("SELECT attempt FROM task_order WHERE task_id = :task")
                .param("task", life.order.taskId())
                .query(Integer.class)
                .single());
        if (tenant.begin(life.order, newest) instanceof Begun.Run run) {
            life.attempt = newest;
            life.token = run.request().attemptToken();
            for (LeasedAsset lease : run.request().leases()) {
                life.leases.put(lease.leaseId(), new BigDecimal(lease.handle().substring("ip-".length())));
            }
        }
    }

    private void report(Life life) {
        Money cost = cost();
        twice(() -> {
            Reported reported = tenant.reports(life.order, Math.max(1, life.attempt), life.token, cost);
            if (reported != Reported.NOT_CURRENT) {
                life.tell(cost);
            }
            return reported;
        });
    }

    private void complete(Life life) {
        Money cost = cost();
        String code = CODES[random.nextInt(CODES.length)];
        ExecutionResult result = new ExecutionResult(code, null, Map.of(), List.of(), List.of(cost), List.of());
        boolean first = isRunning(life);
        twice(() -> tenant.complete(life.order, Math.max(1, life.attempt), life.token, result));
        if (first && tenant.complete(life.order, life.attempt, life.token, result) instanceof Ended.Completed) {
            life.tell(cost);
        }
        twice(() -> tenant.concluded(life.order, Math.max(1, life.attempt), How.ANSWERED));
    }

    private boolean isRunning(Life life) {
        return life.attempt > 0
                && tenant.sql(jdbc -> jdbc.sql(
                                "SELECT state = 'RUNNING' FROM attempt WHERE task_id = :task AND number = :number")
                        .param("task", life.order.taskId())
                        .param("number", life.attempt)
                        .query(Boolean.class)
                        .single());
    }

    private void goOn(Life life) {
        tenant.sql(jdbc -> jdbc.sql(
                        "UPDATE task_order SET retry_at = now(), hold_until = CASE WHEN hold_until IS NOT NULL THEN now() END")
                .update());
        twice(() -> tenant.proceed(life.order));
    }

    private void takeAway(Life life) {
        List<Lease> live = tenant.leases(life.order.taskId()).stream()
                .filter(lease -> lease.state() == Lease.State.ACTIVE)
                .toList();
        if (live.isEmpty() || random.nextInt(4) == 0) {
            tenant.cancel(life.order.taskId());
        } else if (random.nextBoolean()) {
            tenant.revoked(life.order, live.get(0).assetId());
        } else {
            tenant.sql(jdbc -> jdbc.sql(
                            "UPDATE lease SET expires_at = now() - interval '1 minute' WHERE lease_id = :lease")
                    .param("lease", live.get(0).leaseId())
                    .update());
            tenant.as(() -> {
                tenant.bean(DueWork.class).expireLeases();
                return true;
            });
        }
    }

    private void end(Life life) {
        tenant.cancel(life.order.taskId());
        tenant.proceed(life.order);
        assertThat(tenant.statusOf(life.order).isOver()).isTrue();
    }

    private Money cost() {
        return new Money(random.nextBoolean() ? "captcha" : "proxy", BigDecimal.valueOf(1 + random.nextInt(1800), 3));
    }

    private List<LedgerCheck.Finding> disagreements() {
        return tenant.as(() -> tenant.bean(LedgerCheck.class).verify().violations());
    }

    private BigDecimal money(TaskOrder order, String what) {
        return tenant.sql(jdbc -> jdbc.sql("SELECT " + what + " FROM task_order WHERE task_id = :task")
                .param("task", order.taskId())
                .query(BigDecimal.class)
                .single());
    }
}
