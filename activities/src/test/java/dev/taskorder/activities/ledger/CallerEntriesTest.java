package dev.taskorder.activities.ledger;

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
import dev.taskorder.api.ledger.CallerEntries;
import dev.taskorder.api.ledger.CallerEntries.Result;
import dev.taskorder.api.ledger.Ledger;
import dev.taskorder.api.ledger.LedgerCheck;
import dev.taskorder.api.ledger.LedgerEntry;
import dev.taskorder.api.ledger.NewEntry;
import dev.taskorder.api.ledger.NewEntry.Kind;
import dev.taskorder.api.ledger.OrderLedger;
import dev.taskorder.api.order.Status;
import dev.taskorder.api.order.TaskOrder;
import dev.taskorder.api.tenant.Caller;
import java.math.BigDecimal;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Entries that callers write: once, counted once, and taken back once. */
class CallerEntriesTest {
    private static final BudgetKey SHOP = new BudgetKey("prod", BudgetScope.PROJECT, "acme-shop");

    private final Tenant tenant = Tenant.fresh();

    @AfterEach
    void the_books_agree() {
        assertThat(tenant.as(() -> tenant.bean(LedgerCheck.class).verify()).violations())
                .isEmpty();
    }

    @Test
    void a_cost_counts_in_the_order_and_in_its_budgets_once_however_often_it_is_told() {
        budget("10");
        TaskOrder order = tenant.created(anOrder().spec());

        Result first = post(cost(order, "e", "2.5"));
        Result again = post(cost(order, "e", "2.500000"));

        LedgerEntry entry = ((Result.Posted) first).entry();
        assertThat(entry.debitAccount()).isEqualTo("spend:manual");
        assertThat(entry.creditAccount()).isEqualTo("wallet");
        assertThat(again).isEqualTo(new Result.Posted(entry, true));
        assertThat(counted(order)).isEqualTo("2.5 0 | 2.5 0");
    }

    @Test
    void a_cost_past_the_order_s_ceiling_is_an_overrun_everywhere() {
        budget("100");
        TaskOrder order = tenant.created(anOrder().maxTotalCost("3").spec());
        post(cost(order, "within", "3"));

        assertThat(posted(cost(order, "past", "0.000001")).debitAccount()).isEqualTo("overrun");
        assertThat(counted(order)).isEqualTo("3 0.000001 | 3 0.000001");
    }

    @Test
    void a_cost_that_a_budget_does_not_cover_is_an_overrun_everywhere() {
        budget("4");
        TaskOrder order = tenant.created(anOrder().spec());

        assertThat(posted(cost(order, "covered", "4")).debitAccount()).isEqualTo("spend:manual");
        assertThat(posted(cost(order, "not", "1")).debitAccount()).isEqualTo("overrun");
        assertThat(counted(order)).isEqualTo("4 1 | 4 1");
        assertThat(totals(order).cost()).isEqualByComparingTo("5");
        assertThat(totals(order).overrun()).isEqualByComparingTo("1");
    }

    @Test
    void revenue_and_refunds_count_in_no_budget() {
        budget("4");
        TaskOrder order = tenant.created(anOrder().spec());

        post(new NewEntry.Posting("sold", order.taskId(), Kind.REVENUE, new BigDecimal("50"), "USD", null));
        post(new NewEntry.Posting("back", order.taskId(), Kind.REFUND, new BigDecimal("20"), "USD", "unhappy"));

        assertThat(totals(order).revenue()).isEqualByComparingTo("30");
        assertThat(counted(order)).isEqualTo("0 0 | 0 0");
    }

    @Test
    void what_is_taken_back_is_counted_nowhere_any_more() {
        budget("4");
        TaskOrder order = tenant.created(anOrder().spec());
        post(cost(order, "covered", "4"));
        post(cost(order, "not", "1"));
        post(new NewEntry.Posting("sold", order.taskId(), Kind.REVENUE, new BigDecimal("50"), "USD", null));

        for (String id : List.of("covered", "not", "sold")) {
            LedgerEntry back = posted(new NewEntry.Reversal("r-" + id, id, "wrong"));
            assertThat(back.reverses()).isEqualTo(id);
            assertThat(back.phase()).isEqualTo(LedgerEntry.Phase.REVERSE);
            assertThat(back.note()).isEqualTo("wrong");
            assertThat(post(new NewEntry.Reversal("r-" + id, id, "wrong"))).isEqualTo(new Result.Posted(back, true));
        }

        assertThat(counted(order)).isEqualTo("0 0 | 0 0");
        assertThat(totals(order).cost()).isEqualByComparingTo("0");
        assertThat(totals(order).revenue()).isEqualByComparingTo("0");
        assertThat(totals(order).overrun()).isEqualByComparingTo("0");
    }

    @Test
    void what_a_lease_cost_comes_back_to_the_wallet_and_names_the_lease() {
        budget("10");
        tenant.asset("a", "C", "C.one", 1, "1.25");
        TaskOrder order = tenant.finish(tenant.running(anOrder().wanting("C", null, 1)));
        LedgerEntry lease = entry(order, "lease", LedgerEntry.Phase.POST);

        LedgerEntry back = posted(new NewEntry.Reversal("r", lease.entryId(), null));

        assertThat(List.of(back.debitAccount(), back.creditAccount())).containsExactly("wallet", "spend:lease:C");
        assertThat(List.of(back.leaseId(), back.skuCategory(), back.skuCode()))
                .isEqualTo(List.of(lease.leaseId(), "C", "C.one"));
        assertThat(back.attempt()).isNull();
        assertThat(counted(order)).isEqualTo("0 0 | 0 0");
        assertThat(totals(order).held()).isEqualByComparingTo("0");
    }

    @Test
    void only_what_was_posted_and_not_for_nothing_is_taken_back_and_only_once() {
        tenant.asset("a", "C", "C.one", 1, "1.25");
        TaskOrder order = tenant.finish(tenant.running(anOrder().wanting("C", null, 1)));
        post(cost(order, "e", "1"));
        post(new NewEntry.Reversal("r", "e", null));

        assertThat(post(new NewEntry.Reversal(
                        "x", entry(order, "grant", LedgerEntry.Phase.HOLD).entryId(), null)))
                .isEqualTo(new Result.NotReversible(LedgerEntry.Phase.HOLD));
        assertThat(post(new NewEntry.Reversal(
                        "x", entry(order, "execution", LedgerEntry.Phase.POST).entryId(), null)))
                .isEqualTo(new Result.NotReversible(LedgerEntry.Phase.POST));
        assertThat(post(new NewEntry.Reversal("x", "r", null)))
                .isEqualTo(new Result.NotReversible(LedgerEntry.Phase.REVERSE));
        assertThat(post(new NewEntry.Reversal("x", "e", null))).isEqualTo(new Result.ReversedAlready("r"));
        assertThat(post(new NewEntry.Reversal("x", "nothing", null))).isEqualTo(new Result.NoSuchEntry());
        assertThat(post(new NewEntry.Reversal("r", "e", "another note"))).isEqualTo(new Result.IdReused());
    }

    @Test
    void an_order_that_waits_for_money_starts_when_some_is_taken_back() {
        budget("4");
        tenant.asset("a", "C", "C.one", 2, "1");
        TaskOrder spender = tenant.created(anOrder().spec());
        post(cost(spender, "e", "3.5"));
        TaskOrder waiting = tenant.waiting(anOrder().wanting("C", null, 1));

        post(new NewEntry.Reversal("r", "e", null));

        assertThat(tenant.statusOf(waiting)).isEqualTo(Status.RUNNING);
    }

    @Test
    void sixteen_callers_of_one_entry_write_one_and_get_the_same_answer() throws Exception {
        budget("100");
        TaskOrder order = tenant.created(anOrder().spec());

        List<Result> results = Race.of(16, runner -> () -> post(cost(order, "e", "2")));

        assertThat(results)
                .extracting(result -> ((Result.Posted) result).entry())
                .containsOnly(posted(cost(order, "e", "2")));
        assertThat(results)
                .filteredOn(result -> !((Result.Posted) result).again())
                .hasSize(1);
        assertThat(counted(order)).isEqualTo("2 0 | 2 0");
    }

    @Test
    void sixteen_callers_who_take_one_entry_back_take_it_back_once() throws Exception {
        budget("100");
        TaskOrder order = tenant.created(anOrder().spec());
        post(cost(order, "e", "2"));

        List<Result> results = Race.of(16, runner -> () -> post(new NewEntry.Reversal("r" + runner, "e", null)));

        assertThat(results)
                .filteredOn(result -> result instanceof Result.Posted)
                .hasSize(1);
        assertThat(results)
                .filteredOn(result -> result instanceof Result.ReversedAlready)
                .hasSize(15);
        assertThat(counted(order)).isEqualTo("0 0 | 0 0");
    }

    @Test
    void one_id_for_two_orders_at_once_is_of_one_of_them_and_the_other_counts_nothing() throws Exception {
        budget("1000");
        for (int round = 0; round < 10; round++) {
            String id = "shared-" + round;
            List<TaskOrder> orders = List.of(
                    tenant.created(anOrder().spec()), tenant.created(anOrder().spec()));

            List<Result> results = Race.of(2, runner -> () -> post(cost(orders.get(runner), id, "1")));

            int winner = results.get(0) instanceof Result.Posted ? 0 : 1;
            assertThat(results.get(1 - winner)).isEqualTo(new Result.IdReused());
            assertThat(counted(orders.get(winner))).startsWith("1 0 | " + (round + 1) + " ");
            assertThat(counted(orders.get(1 - winner))).startsWith("0 0 | ");
        }
    }

    @Test
    void another_tenant_s_orders_and_entries_are_not_there() {
        TaskOrder order = tenant.created(anOrder().spec());
        post(cost(order, "e", "1"));
        Tenant other = Tenant.fresh();

        assertThat(other.as(() -> other.bean(CallerEntries.class).post(cost(order, "x", "1"))))
                .isEqualTo(new Result.NoSuchOrder());
        assertThat(other.as(() -> other.bean(CallerEntries.class).post(new NewEntry.Reversal("x", "e", null))))
                .isEqualTo(new Result.NoSuchEntry());
        TaskOrder own = other.created(anOrder().spec());
        assertThat(other.as(() -> other.bean(CallerEntries.class).post(cost(own, "e", "1"))))
                .as("an id of another tenant is free")
                .isInstanceOf(Result.Posted.class);
    }

    private static NewEntry cost(TaskOrder order, String id, String amount) {
        return new NewEntry.Posting(id, order.taskId(), Kind.COST, new BigDecimal(amount), "USD", null);
    }

    private Result post(NewEntry entry) {
        return tenant.as(() -> tenant.bean(CallerEntries.class).post(entry));
    }

    private LedgerEntry posted(NewEntry entry) {
        return ((Result.Posted) post(entry)).entry();
    }

    private void budget(String limit) {
        tenant.as(() -> tenant.bean(Budgets.class)
                .put(new BudgetSpec(SHOP, new BigDecimal(limit), "USD", BudgetPeriod.MONTH), Caller.SYSTEM));
    }

    /** What the order's row and its project's budget count: posted and overrun of each. */
    private String counted(TaskOrder order) {
        Budget budget = tenant.as(() -> tenant.bean(Budgets.class).find(SHOP)).orElseThrow();
        return tenant.sql(jdbc -> jdbc.sql("""
                        SELECT trim_scale(posted) || ' ' || trim_scale(overrun) FROM task_order WHERE task_id = :task
                        """)
                        .param("task", order.taskId())
                        .query(String.class)
                        .single())
                + " | " + plain(budget.posted()) + " " + plain(budget.overrun());
    }

    private static String plain(BigDecimal amount) {
        return amount.signum() == 0 ? "0" : amount.stripTrailingZeros().toPlainString();
    }

    private OrderLedger.Totals totals(TaskOrder order) {
        return ledger(order).totals();
    }

    private OrderLedger ledger(TaskOrder order) {
        return tenant.as(() -> tenant.bean(Ledger.class).ofOrder(order.taskId()))
                .orElseThrow();
    }

    private LedgerEntry entry(TaskOrder order, String kind, LedgerEntry.Phase phase) {
        return ledger(order).items().stream()
                .filter(entry -> entry.kind().equals(kind) && entry.phase() == phase)
                .findFirst()
                .orElseThrow();
    }
}
