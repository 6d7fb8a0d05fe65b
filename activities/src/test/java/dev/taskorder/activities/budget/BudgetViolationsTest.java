package dev.taskorder.activities.budget;

import static dev.taskorder.activities.budget.Books.budget;
import static org.assertj.core.api.Assertions.assertThat;

import dev.taskorder.activities.testing.Tenant;
import dev.taskorder.activities.testing.TestDatabase;
import java.time.Clock;
import java.time.LocalDate;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

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

    private void broken(String set) {
        tenant.sql(jdbc -> jdbc.sql("UPDATE budget_period SET " + set).update());
    }
}
