package dev.taskorder.activities.budget;

import static dev.taskorder.activities.testing.Orders.anOrder;
import static org.assertj.core.api.Assertions.assertThat;

import dev.taskorder.activities.testing.Race;
import dev.taskorder.activities.testing.Tenant;
import dev.taskorder.activities.testing.TestDatabase;
import dev.taskorder.api.budget.Budget;
import dev.taskorder.api.budget.BudgetKey;
import dev.taskorder.api.budget.BudgetPeriod;
import dev.taskorder.api.budget.BudgetScope;
import dev.taskorder.api.budget.BudgetSpec;
import dev.taskorder.api.budget.Budgets;
import dev.taskorder.api.order.Status;
import dev.taskorder.api.order.TaskOrder;
import dev.taskorder.api.tenant.Caller;
import java.math.BigDecimal;
import java.time.Clock;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import org.junit.jupiter.api.Test;

class BudgetsTest {
    private static final BudgetKey SHOP = new BudgetKey("prod", BudgetScope.PROJECT, "acme-shop");

    private final Tenant tenant = Tenant.fresh();
    private final Books books = new Books(tenant);
    private final BudgetKey all =
            new BudgetKey("prod", BudgetScope.TENANT, tenant.id().value());

    @Test
    void a_new_budget_has_its_running_period() {
        LocalDate today = LocalDate.now(Clock.systemUTC());
        Budgets.Put put = put(SHOP, "100", BudgetPeriod.MONTH);

        assertThat(put.created()).isTrue();
        assertThat(put.budget().periodStart())
                .isEqualTo(today.withDayOfMonth(1).atStartOfDay(ZoneOffset.UTC).toInstant());
        assertThat(put.budget().periodEnd())
                .isEqualTo(today.withDayOfMonth(1)
                        .plusMonths(1)
                        .atStartOfDay(ZoneOffset.UTC)
                        .toInstant());
        assertThat(find(SHOP)).isEqualTo(put.budget());
    }

    @Test
    void a_budget_for_ever_has_no_period() {
        Budget budget = put(SHOP, "100", BudgetPeriod.TOTAL).budget();

        assertThat(budget.periodStart()).isNull();
        assertThat(budget.periodEnd()).isNull();
    }

    @Test
    void a_new_budget_counts_what_was_spent_and_held_before_it_was_there() {
        books.hold("acme-shop", "30");
        books.post("acme-shop", "10");
        books.release("acme-shop", "5");
        books.hold("another", "7");

        assertCounts(put(SHOP, "100", BudgetPeriod.DAY).budget(), "15", "10", "0");
        assertCounts(put(all, "100", BudgetPeriod.TOTAL).budget(), "22", "10", "0");
    }

    @Test
    void a_new_budget_counts_what_was_spent_beyond_another_one_as_overrun() {
        put(all, "10", BudgetPeriod.TOTAL);
        assertThat(books.spend("acme-shop", "12")).isFalse();

        Budget budget = put(SHOP, "100", BudgetPeriod.TOTAL).budget();
        assertCounts(budget, "0", "0", "12");
        assertThat(budget.remaining()).isEqualByComparingTo("100");
    }

    @Test
    void another_period_counts_anew_and_leaves_out_what_counts_on_another_day() {
        put(SHOP, "100", BudgetPeriod.TOTAL);
        books.onDay(LocalDate.now(Clock.systemUTC()).minusDays(40)).hold("acme-shop", "30");
        books.hold("acme-shop", "5");

        assertCounts(put(SHOP, "100", BudgetPeriod.TOTAL).budget(), "35", "0", "0");
        assertCounts(put(SHOP, "100", BudgetPeriod.DAY).budget(), "5", "0", "0");
        assertCounts(put(SHOP, "100", BudgetPeriod.MONTH).budget(), "5", "0", "0");
        assertCounts(put(SHOP, "100", BudgetPeriod.TOTAL).budget(), "35", "0", "0");
    }

    @Test
    void another_currency_counts_only_what_is_of_that_currency() {
        put(SHOP, "100", BudgetPeriod.TOTAL);
        books.hold("acme-shop", "5");

        Budget inEuro = put(new BudgetSpec(SHOP, new BigDecimal("100"), "EUR", BudgetPeriod.TOTAL))
                .budget();
        assertCounts(inEuro, "0", "0", "0");
        assertThat(inEuro.spec().currency()).isEqualTo("EUR");
        assertCounts(put(SHOP, "100", BudgetPeriod.TOTAL).budget(), "5", "0", "0");
    }

    @Test
    void each_env_has_its_own_budget() {
        books.hold("acme-shop", "5");

        BudgetKey sandbox = new BudgetKey("sandbox", BudgetScope.PROJECT, "acme-shop");
        assertCounts(put(sandbox, "100", BudgetPeriod.TOTAL).budget(), "0", "0", "0");
        assertThat(tenant.as(() -> tenant.bean(Budgets.class).find(SHOP))).isEmpty();
    }

    @Test
    void a_limit_lowered_below_what_is_held_holds_no_more_until_there_is_room() {
        put(SHOP, "100", BudgetPeriod.TOTAL);
        books.hold("acme-shop", "60");

        Budgets.Put lowered = put(SHOP, "50", BudgetPeriod.TOTAL);
        assertThat(lowered.created()).isFalse();
        assertCounts(lowered.budget(), "60", "0", "0");
        assertThat(lowered.budget().remaining()).isZero();
        assertThat(books.hold("acme-shop", "1")).isFalse();

        books.post("acme-shop", "30");
        books.release("acme-shop", "30");
        assertThat(books.hold("acme-shop", "20")).isTrue();
        assertThat(books.hold("acme-shop", "1")).isFalse();
        assertThat(put(SHOP, "51", BudgetPeriod.TOTAL).budget().remaining()).isEqualByComparingTo("1");
        assertThat(books.hold("acme-shop", "1")).isTrue();
    }

    @Test
    void the_same_budget_again_changes_nothing_and_tells_nobody() {
        Budget first = put(SHOP, "100", BudgetPeriod.DAY).budget();
        books.hold("acme-shop", "90");
        String before = books.rows();

        Budgets.Put again = put(SHOP, "100.00", BudgetPeriod.DAY);

        assertThat(again.created()).isFalse();
        assertThat(again.budget().periodEnd()).isEqualTo(first.periodEnd());
        assertThat(books.rows()).isEqualTo(before);
        assertThat(books.told()).containsExactly("budget.nearing prod/project/acme-shop 0.8");
    }

    @Test
    void each_change_by_a_caller_is_told_with_what_it_is_now() {
        put(SHOP, "100", BudgetPeriod.DAY);
        put(SHOP, "100.00", BudgetPeriod.DAY);
        put(SHOP, "150", BudgetPeriod.DAY);
        put(SHOP, "150", BudgetPeriod.TOTAL);

        List<String> told = tenant.sql(jdbc -> jdbc.sql("""
                        SELECT concat_ws(' ', object_id, actor, data ->> 'limit', data ->> 'period', data ->> 'created')
                          FROM task_event WHERE type = 'budget.updated' ORDER BY event_no""").query(String.class).list());
        assertThat(told)
                .containsExactly(
                        "prod/project/acme-shop system 100 day true",
                        "prod/project/acme-shop system 150 day false",
                        "prod/project/acme-shop system 150 total false");
    }

    @Test
    void a_raised_limit_tells_of_what_is_reached_again() {
        put(SHOP, "100", BudgetPeriod.TOTAL);
        books.hold("acme-shop", "85");
        put(SHOP, "200", BudgetPeriod.TOTAL);
        books.hold("acme-shop", "80");

        assertThat(books.told())
                .containsExactly(
                        "budget.nearing prod/project/acme-shop 0.8", "budget.nearing prod/project/acme-shop 0.8");
    }

    @Test
    void a_limit_raised_a_little_tells_nothing_of_what_is_reached_still() {
        put(SHOP, "100", BudgetPeriod.TOTAL);
        books.hold("acme-shop", "96");
        put(SHOP, "101", BudgetPeriod.TOTAL);
        books.hold("acme-shop", "1");

        assertThat(books.told())
                .containsExactly(
                        "budget.nearing prod/project/acme-shop 0.8", "budget.nearing prod/project/acme-shop 0.95");
    }

    @Test
    void a_limit_lowered_to_what_is_reached_tells_of_it_once() {
        put(SHOP, "100", BudgetPeriod.TOTAL);
        books.hold("acme-shop", "50");

        put(SHOP, "60", BudgetPeriod.TOTAL);
        put(SHOP, "50", BudgetPeriod.TOTAL);
        put(SHOP, "50", BudgetPeriod.TOTAL);
        put(SHOP, "40", BudgetPeriod.TOTAL);

        assertThat(books.told())
                .containsExactly(
                        "budget.nearing prod/project/acme-shop 0.8",
                        "budget.nearing prod/project/acme-shop 0.95",
                        "budget.exhausted prod/project/acme-shop 1");
    }

    @Test
    void a_new_budget_that_is_exhausted_already_tells_nothing_and_its_answer_says_so() {
        books.hold("acme-shop", "50");

        assertThat(put(SHOP, "40", BudgetPeriod.MONTH).budget().remaining()).isZero();
        assertThat(books.told()).isEmpty();
    }

    @Test
    void a_raised_limit_starts_the_orders_that_wait_at_once_as_far_as_it_goes() {
        put(SHOP, "7", BudgetPeriod.MONTH);
        tenant.asset("ip-1", "RAW_NET", "ip", 9, "3");
        tenant.running(anOrder().wanting("RAW_NET", "ip", 1));
        tenant.running(anOrder().wanting("RAW_NET", "ip", 1));
        TaskOrder third = tenant.waiting(anOrder().wanting("RAW_NET", "ip", 1));
        TaskOrder fourth = tenant.waiting(anOrder().wanting("RAW_NET", "ip", 1));

        put(SHOP, "9", BudgetPeriod.MONTH);

        assertThat(tenant.statusOf(third)).isEqualTo(Status.RUNNING);
        assertThat(tenant.statusOf(fourth)).isEqualTo(Status.QUEUED);
        assertCounts(find(SHOP), "9", "0", "0");
        put(SHOP, "12", BudgetPeriod.TOTAL);
        assertThat(tenant.statusOf(fourth)).isEqualTo(Status.RUNNING);
        assertCounts(find(SHOP), "12", "0", "0");
        assertThat(books.violations()).isEmpty();
    }

    @Test
    void a_budget_of_nothing_holds_nothing() {
        put(SHOP, "0", BudgetPeriod.MONTH);

        assertThat(books.hold("acme-shop", "0.000001")).isFalse();
    }

    @Test
    void another_tenant_has_its_own_budget_of_the_same_name() {
        put(SHOP, "100", BudgetPeriod.TOTAL);
        Tenant other = Tenant.fresh();

        assertThat(other.as(() -> other.bean(Budgets.class).find(SHOP))).isEmpty();
        Budgets.Put put = other.as(() -> other.bean(Budgets.class)
                .put(new BudgetSpec(SHOP, BigDecimal.ONE, "EUR", BudgetPeriod.DAY), Caller.SYSTEM));
        assertThat(put.created()).isTrue();
        assertThat(find(SHOP).spec().limit()).isEqualByComparingTo("100");
    }

    @Test
    void of_many_who_set_the_first_budget_at_once_one_creates_it_and_all_agree_on_what_it_counts() throws Exception {
        books.hold("acme-shop", "30");

        List<Budgets.Put> puts = Race.of(8, i -> () -> put(SHOP, "100", BudgetPeriod.DAY));

        assertThat(puts).filteredOn(Budgets.Put::created).hasSize(1);
        assertThat(puts).allSatisfy(one -> assertCounts(one.budget(), "30", "0", "0"));
    }

    @Test
    void a_change_of_the_limit_waits_for_no_turn_at_the_matcher_and_for_no_books() {
        put(SHOP, "100", BudgetPeriod.DAY);

        TestDatabase.get()
                .whileHeld(
                        jdbc -> jdbc.sql(
                                        "SELECT count(pg_advisory_xact_lock(hashtextextended(:tenant || ':prod', lock)))"
                                                + " FROM unnest(ARRAY[7, 8]) AS lock")
                                .param("tenant", tenant.id().value())
                                .query(Long.class)
                                .single(),
                        () -> assertThat(put(SHOP, "90", BudgetPeriod.DAY)
                                        .budget()
                                        .spec()
                                        .limit())
                                .isEqualByComparingTo("90"));
    }

    private Budgets.Put put(BudgetKey key, String limit, BudgetPeriod period) {
        return put(new BudgetSpec(key, new BigDecimal(limit), "USD", period));
    }

    private Budgets.Put put(BudgetSpec budget) {
        return tenant.as(() -> tenant.bean(Budgets.class).put(budget, Caller.SYSTEM));
    }

    private Budget find(BudgetKey key) {
        return tenant.as(() -> tenant.bean(Budgets.class).find(key)).orElseThrow();
    }

    private static void assertCounts(Budget budget, String held, String posted, String overrun) {
        assertThat(budget.held()).as("held").isEqualByComparingTo(held);
        assertThat(budget.posted()).as("posted").isEqualByComparingTo(posted);
        assertThat(budget.overrun()).as("overrun").isEqualByComparingTo(overrun);
    }
}
