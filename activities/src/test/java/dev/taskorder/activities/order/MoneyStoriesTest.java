package dev.taskorder.activities.order;

import static dev.taskorder.activities.testing.Orders.anOrder;
import static org.assertj.core.api.Assertions.assertThat;

import dev.taskorder.activities.execution.AttemptStore.Begun;
import dev.taskorder.activities.execution.AttemptStore.Ended;
import dev.taskorder.activities.execution.AttemptStore.Reported;
import dev.taskorder.activities.maintenance.DueWork;
import dev.taskorder.activities.testing.Days;
import dev.taskorder.activities.testing.Tenant;
import dev.taskorder.api.budget.BudgetPeriod;
import dev.taskorder.api.budget.BudgetScope;
import dev.taskorder.api.execution.ExecutionResult;
import dev.taskorder.api.execution.LeasedAsset;
import dev.taskorder.api.execution.Money;
import dev.taskorder.api.lease.Lease;
import dev.taskorder.api.ledger.CallerEntries;
import dev.taskorder.api.ledger.Ledger;
import dev.taskorder.api.ledger.LedgerCheck;
import dev.taskorder.api.ledger.LedgerEntry;
import dev.taskorder.api.ledger.NewEntry;
import dev.taskorder.api.ledger.OrderLedger;
import dev.taskorder.api.order.OrderSteps.How;
import dev.taskorder.api.order.TaskOrder;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Random lives of orders under tight budgets, each step now and then taken twice, while callers write entries and take others
 * back, and days pass. After each step entries, orders, leases and budgets agree; at the end each order has spent and earned what a
 * few lines of bookkeeping beside it say, budgets count that on all their days, and nothing is held.
 */
class MoneyStoriesTest {
    private static final int STORIES = 40;
    /** An answer overruns a budget whose rest is held for a lease of the order, which its end then gives back. */
    private static final long GIVEN_BACK = 7941822381578595708L;

    private static final int STEPS = 50;
    private static final int ORDERS = 5;
    private static final String[] PRICES = {"0.35", "0.5", "1"};
    private static final String[] CODES = {"OK", "RETRYABLE", "BANNED", "HARD_FAIL"};

    private final Tenant tenant = Tenant.fresh();
    private final List<Life> lives = new ArrayList<>();
    private Random random = new Random();
    private BudgetPeriod ofProject = BudgetPeriod.TOTAL;
    private int entries;

    /**
     * What one order must have spent: each lease that an attempt began with once, what its executors told, per kind, and its
     * callers' costs, less what was taken back; and what it must have earned.
     */
    private static final class Life {
        private final TaskOrder order;
        private final Map<UUID, BigDecimal> leases = new HashMap<>();
        private final Map<String, BigDecimal> told = new HashMap<>();
        private BigDecimal own = BigDecimal.ZERO;
        private BigDecimal earned = BigDecimal.ZERO;
        private UUID token = new UUID(0, 0);
        private int attempt;

        Life(TaskOrder order) {
            this.order = order;
        }

        void tell(Money cost) {
            told.merge(attempt + " " + cost.kind(), cost.amount(), BigDecimal::max);
        }

        BigDecimal spent() {
            BigDecimal ofLeases = leases.values().stream().reduce(own, BigDecimal::add);
            return told.values().stream().reduce(ofLeases, BigDecimal::add);
        }
    }

    static List<Long> stories() {
        Random seeds = new Random();
        return LongStream.concat(LongStream.of(GIVEN_BACK), seeds.longs(STORIES))
                .boxed()
                .toList();
    }

    @ParameterizedTest
    @MethodSource("stories")
    void whatever_happens_the_books_agree_and_say_what_was_spent(long seed) {
        random = new Random(seed);
        tenant.withEstimates("{\"TEST\": 0.2}");
        for (String price : PRICES) {
            tenant.asset("ip-" + price, "RAW_NET", "ip", 1 + random.nextInt(2), price);
        }
        ofProject = random.nextBoolean() ? BudgetPeriod.TOTAL : BudgetPeriod.DAY;
        tenant.budget(BudgetScope.TENANT, limit(), BudgetPeriod.DAY);
        tenant.budget(BudgetScope.PROJECT, limit(), ofProject);
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
            BigDecimal whole = step(life);
            assertThat(disagreements()).as("story %s, step %s", seed, step).isEmpty();
            if (money(life.order, "overrun").compareTo(overrun) > 0) {
                assertThat(isAnythingUsedUp(life.order, whole))
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
            assertThat(ledger(life.order).totals().revenue())
                    .as("story %s", seed)
                    .isEqualByComparingTo(life.earned);
        }
        BigDecimal spent = lives.stream().map(Life::spent).reduce(BigDecimal.ZERO, BigDecimal::add);
        for (String scope : List.of("tenant", "project")) {
            assertThat(counted(scope)).as("story %s", seed).isEqualByComparingTo(spent);
        }
        assertThat(daysThatDiffer()).as("story %s", seed).isEmpty();
    }

    /** What a budget counts as spent on all its days together, where nothing is held any more. */
    private BigDecimal counted(String scope) {
        return tenant.sql(jdbc -> jdbc.sql(
                        "SELECT coalesce(sum(posted + overrun + held), 0) FROM budget_period WHERE scope = :scope")
                .param("scope", scope)
                .query(BigDecimal.class)
                .single());
    }

    /** Of the tenant's budget, those that are over too. */
    private List<String> daysThatDiffer() {
        return tenant.sql(jdbc -> jdbc.sql("""
                        SELECT p.starts_on::text
                          FROM budget_period p
                          LEFT JOIN LATERAL (
                              SELECT sum(CASE WHEN debit_account ^@ 'spend:' THEN amount
                                              WHEN credit_account ^@ 'spend:' THEN -amount END) AS posted,
                                     sum(CASE 'overrun' WHEN debit_account THEN amount WHEN credit_account THEN -amount END) AS overrun
                                FROM ledger_entry WHERE counts_on = p.starts_on) e ON true
                         WHERE p.scope = 'tenant' AND (p.posted, p.overrun) <> (coalesce(e.posted, 0), coalesce(e.overrun, 0))
                        """).query(String.class).list());
    }

    /**
     * Nothing is overrun while the order's ceiling and all of its budgets have money left. What was still held for the order
     * then, and came back in the same step, was not left.
     *
     * @param whole what was asked for as a whole or not at all
     */
    private boolean isAnythingUsedUp(TaskOrder order, BigDecimal whole) {
        return tenant.sql(jdbc -> jdbc.sql("""
                        WITH back AS (
                            SELECT coalesce(sum(amount), 0) AS amount
                              FROM ledger_entry
                             WHERE task_id = :task AND phase IN ('VOID', 'EXPIRE')
                               AND entry_no > (SELECT max(entry_no) FROM ledger_entry
                                                WHERE task_id = :task AND debit_account = 'overrun'))
                        SELECT max_total_cost <= held + posted + overrun + back.amount
                               OR EXISTS (SELECT FROM budget_period
                                           WHERE limit_amount <= held + posted + :whole + back.amount)
                          FROM task_order, back WHERE task_id = :task
                        """)
                .param("task", order.taskId())
                .param("whole", whole)
                .query(Boolean.class)
                .single());
    }

    private String limit() {
        return BigDecimal.valueOf(5 + random.nextInt(60), 1).toPlainString();
    }

    /** Takes a step; the cost that was asked for as a whole in it, 0 if none was. */
    private BigDecimal step(Life life) {
        switch (random.nextInt(16)) {
            case 0, 1 -> twice(() -> tenant.admitted(life.order));
            case 2, 3, 4 -> begin(life);
            case 5, 6 -> report(life);
            case 7 -> complete(life);
            case 8 -> twice(() -> tenant.concluded(life.order, Math.max(1, life.attempt), anyEnd()));
            case 9 -> goOn(life);
            case 10 -> takeAway(life);
            case 11 -> dayPasses();
            case 12, 13 -> {
                return write(life);
            }
            case 14 -> takeBack(life);
            default -> newLimit();
        }
        return BigDecimal.ZERO;
    }

    private void newLimit() {
        if (random.nextBoolean()) {
            tenant.budget(BudgetScope.TENANT, limit(), BudgetPeriod.DAY);
        } else {
            tenant.budget(BudgetScope.PROJECT, limit(), ofProject);
        }
    }

    /** Whether or not maintenance has noticed, what comes now is of the new day. */
    private void dayPasses() {
        Days.pass(tenant);
        if (random.nextBoolean()) {
            tenant.as(() -> {
                tenant.bean(DueWork.class).turnBudgets();
                return true;
            });
        }
    }

    private BigDecimal write(Life life) {
        NewEntry.Kind kind = NewEntry.Kind.values()[random.nextInt(NewEntry.Kind.values().length)];
        BigDecimal amount = cost().amount();
        post(new NewEntry.Posting("own-" + ++entries, life.order.taskId(), kind, amount, "USD", null));
        switch (kind) {
            case COST -> life.own = life.own.add(amount);
            case REVENUE -> life.earned = life.earned.add(amount);
            case REFUND -> life.earned = life.earned.subtract(amount);
        }
        return kind == NewEntry.Kind.COST ? amount : BigDecimal.ZERO;
    }

    private void takeBack(Life life) {
        List<LedgerEntry> all = ledger(life.order).items();
        Set<String> reversed = all.stream().map(LedgerEntry::reverses).collect(Collectors.toSet());
        List<LedgerEntry> posted = all.stream()
                .filter(entry -> entry.phase() == LedgerEntry.Phase.POST
                        && entry.amount().signum() > 0)
                .filter(entry -> !reversed.contains(entry.entryId()))
                .toList();
        if (posted.isEmpty()) {
            return;
        }
        LedgerEntry entry = posted.get(random.nextInt(posted.size()));
        post(new NewEntry.Reversal("back-" + ++entries, entry.entryId(), null));
        switch (entry.kind()) {
            case "revenue" -> life.earned = life.earned.subtract(entry.amount());
            case "refund" -> life.earned = life.earned.add(entry.amount());
            default -> life.own = life.own.subtract(entry.amount());
        }
    }

    private void post(NewEntry entry) {
        twice(() -> {
            CallerEntries.Result result =
                    tenant.as(() -> tenant.bean(CallerEntries.class).post(entry));
            assertThat(result).isInstanceOf(CallerEntries.Result.Posted.class);
            return result;
        });
    }

    private OrderLedger ledger(TaskOrder order) {
        return tenant.as(() -> tenant.bean(Ledger.class).ofOrder(order.taskId()))
                .orElseThrow();
    }

    private void twice(Supplier<?> step) {
        step.get();
        if (random.nextInt(3) == 0) {
            step.get();
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
