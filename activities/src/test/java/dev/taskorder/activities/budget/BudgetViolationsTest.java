package dev.taskorder.activities.budget;

import static dev.taskorder.activities.budget.Books.budget;
import static org.assertj.core.api.Assertions.assertThat;

import dev.taskorder.activities.testing.Tenant;
import dev.taskorder.activities.testing.TestDatabase;
import dev.taskorder.api.budget.BudgetKey;
import dev.taskorder.api.budget.BudgetPeriod;
import dev.taskorder.api.budget.BudgetScope;
import dev.taskorder.api.budget.BudgetSpec;
import dev.taskorder.api.budget.Budgets;
import dev.taskorder.api.tenant.Caller;
import java.math.BigDecimal;
import java.time.Clock;
import java.time.LocalDate;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Budgets are mended by hand, as no step of ours would, and found to differ. */
class BudgetViolationsTest {
    private final Tenant tenant = Tenant.fresh();
    private final Books books = new Books(tenant);
    private final LocalDate today = LocalDate.now(Clock.systemUTC());

    @BeforeEach
    void let_money_move() {
        books.insert(budget("project", "shop", "100", "day"));
        books.insert(budget("tenant", tenant.id().value(), "100", "total"));
        books.insert(budget("project", "unused", "100", "month"));
        books.insert(budget("project", "shop", "100", "day").env("sandbox"));
        books.hold("shop", "30");
        books.post("shop", "10");
        books.spend("shop", "90");
    }

    @Test
    void where_budgets_say_what_entries_say_nothing_is_found() {
        assertThat(books.violations()).isEmpty();
    }

    @Test
    void a_budget_that_counts_less_than_its_entries_is_found() {
        broken("held = held - 1, overrun = 0 WHERE scope = 'project'");

        assertThat(books.violations())
                .containsExactly("budget_differs prod/project/shop since " + today
                        + " it counts held 19.000000, posted 10.000000, overrun 0.000000; its entries say held 20.000000,"
                        + " posted 10.000000, overrun 90.000000 USD");
    }

    @Test
    void an_entry_that_no_budget_counted_is_found_in_all_that_should_have() {
        books.entryAlone("shop", "0.000001");

        assertThat(books.violations()).hasSize(2).allMatch(one -> one.startsWith("budget_differs "));
    }

    @Test
    void a_running_period_that_is_not_there_is_found() {
        tenant.sql(jdbc ->
                jdbc.sql("DELETE FROM budget_period WHERE scope = 'tenant'").update());

        assertThat(books.violations())
                .singleElement()
                .asString()
                .startsWith(
                        "budget_differs prod/tenant/" + tenant.id() + " since 1970-01-01 it counts held 0, posted 0");
    }

    @Test
    void a_period_that_goes_by_another_limit_is_found() {
        broken("limit_amount = 101 WHERE scope = 'project'");

        assertThat(books.violations())
                .containsExactly("budget_limit prod/project/shop its limit is 100.000000, since " + today
                        + " it goes by 101.000000 USD");
    }

    @Test
    void a_period_that_is_over_is_compared_with_what_counts_in_it() {
        Books then = inThePast();
        assertThat(books.violations()).isEmpty();

        broken("posted = 3 WHERE starts_on = (now() AT TIME ZONE 'UTC')::date - 3 AND env = 'prod'");
        assertThat(books.violations())
                .containsExactly("budget_differs prod/project/shop in the period from " + today.minusDays(3)
                        + " it counts held 3.000000, posted 3.000000, overrun 0.000000; its entries say held 3.000000,"
                        + " posted 2.000000, overrun 0 USD");
        then.release("shop", "3");
        assertThat(books.violations()).hasSize(1);
    }

    @Test
    void a_period_that_is_over_and_whose_row_is_not_there_is_found() {
        inThePast();
        tenant.sql(jdbc -> jdbc.sql("DELETE FROM budget_period WHERE starts_on = (now() AT TIME ZONE 'UTC')::date - 3")
                .update());

        assertThat(books.violations())
                .singleElement()
                .asString()
                .contains("in the period from " + today.minusDays(3) + " it counts held 0, posted 0");
    }

    @Test
    void a_period_that_is_over_keeps_the_limit_that_it_had() {
        inThePast();
        broken("limit_amount = 99 WHERE starts_on = (now() AT TIME ZONE 'UTC')::date - 3");

        assertThat(books.violations()).isEmpty();
    }

    @Test
    void what_counts_before_the_budget_was_set_is_not_asked_for() {
        inThePast();
        countsFrom(2);
        broken("held = 0 WHERE starts_on = (now() AT TIME ZONE 'UTC')::date - 3");

        assertThat(books.violations()).isEmpty();
    }

    @Test
    void many_periods_of_a_budget_that_differ_are_one_finding_that_names_the_newest() {
        countsFrom(40);
        for (int ago = 1; ago <= 6; ago++) {
            books.insertPeriod("shop", today.minusDays(ago).toString(), "100");
        }
        broken("overrun = overrun + 1 WHERE scope = 'project' AND scope_id = 'shop' AND env = 'prod'");

        assertThat(books.violations())
                .singleElement()
                .asString()
                .contains("since " + today, "in the period from " + today.minusDays(4))
                .doesNotContain(today.minusDays(5).toString())
                .endsWith("; and so in 2 more periods");
    }

    @ParameterizedTest
    @EnumSource(BudgetPeriod.class)
    void a_budget_that_is_put_with_another_period_has_no_rows_of_the_former_one(BudgetPeriod period) {
        Books then = inThePast();
        Budgets budgets = tenant.bean(Budgets.class);
        BudgetKey key = new BudgetKey("prod", BudgetScope.PROJECT, "shop");
        for (BudgetPeriod other : List.of(BudgetPeriod.MONTH, BudgetPeriod.TOTAL, period)) {
            tenant.as(() -> budgets.put(new BudgetSpec(key, BigDecimal.valueOf(200), "USD", other), Caller.SYSTEM));
            assertThat(books.violations()).as("as " + other).isEmpty();
        }
        then.release("shop", "3");
        books.release("shop", "20");
        assertThat(books.violations()).isEmpty();
    }

    @Test
    void a_budget_that_went_past_its_limit_is_found() {
        // what the constraint forbids can only be seen where it is not
        TestDatabase.get()
                .whileHeld(
                        jdbc -> {
                            jdbc.sql("ALTER TABLE budget_period DROP CONSTRAINT budget_period_within_limit")
                                    .update();
                            jdbc.sql("UPDATE budget_period SET limit_amount = 25 WHERE tenant_id = :tenant")
                                    .param("tenant", tenant.id().value())
                                    .update();
                            jdbc.sql("UPDATE budget SET limit_amount = 25 WHERE tenant_id = :tenant")
                                    .param("tenant", tenant.id().value())
                                    .update();
                            jdbc.sql("SET LOCAL ROLE " + TestDatabase.APP).update();
                            jdbc.sql("SELECT set_config('taskorder.tenant', :tenant, true)")
                                    .param("tenant", tenant.id().value())
                                    .query()
                                    .singleRow();
                            assertThat(jdbc.sql("SELECT invariant FROM budget_violation")
                                            .query(String.class)
                                            .list())
                                    .containsExactly("budget_overdrawn", "budget_overdrawn");
                        },
                        () -> {});
    }

    @Test
    void another_tenant_finds_nothing_of_it() {
        broken("held = held - 1");

        assertThat(books.violations()).hasSize(2);
        assertThat(new Books(Tenant.fresh()).violations()).isEmpty();
    }

    /** Three days ago, while the budget was there already: 3 are held since then, and 2 spent. */
    private Books inThePast() {
        countsFrom(40);
        books.insertPeriod("shop", today.minusDays(3).toString(), "100");
        Books then = books.onDay(today.minusDays(3));
        then.hold("shop", "5");
        then.post("shop", "2");
        return then;
    }

    private void countsFrom(int daysAgo) {
        tenant.sql(jdbc -> jdbc.sql("UPDATE budget SET counts_from = (now() AT TIME ZONE 'UTC')::date - :ago")
                .param("ago", daysAgo)
                .update());
    }

    private void broken(String set) {
        tenant.sql(jdbc -> jdbc.sql("UPDATE budget_period SET " + set).update());
    }
}
