package dev.taskorder.activities.invariant;

import static dev.taskorder.activities.testing.Orders.anOrder;
import static org.assertj.core.api.Assertions.assertThat;

import dev.taskorder.activities.maintenance.DueWork;
import dev.taskorder.activities.testing.Application;
import dev.taskorder.activities.testing.Tenant;
import dev.taskorder.activities.testing.TestDatabase;
import dev.taskorder.api.budget.BudgetScope;
import dev.taskorder.api.execution.ExecutionResult;
import dev.taskorder.api.ledger.CallerEntries;
import dev.taskorder.api.ledger.NewEntry;
import dev.taskorder.api.order.OrderSteps.How;
import dev.taskorder.api.order.TaskOrder;
import java.math.BigDecimal;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Whose books were written to is looked at, also when none of its orders is open any more. */
class BooksMovedTest {
    private final Tenant tenant = Tenant.fresh();
    private final DueWork due = Application.shared().bean(DueWork.class);
    private TaskOrder order;

    @BeforeEach
    void an_order_that_is_over() {
        tenant.asset("ip", "RAW_NET", "ip", 1, "0.35");
        order = tenant.running(anOrder().wanting("RAW_NET", null, 1));
        tenant.answered(order, 1, ExecutionResult.of("OK", null));
        tenant.concluded(order, 1, How.ANSWERED);
    }

    @Test
    void books_of_orders_that_began_and_ended_between_two_rounds_are_looked_at() {
        assertThat(due.tenantsWithChecks()).doesNotContain(tenant.id());
        assertThat(due.tenantsWhoseBooksMoved()).containsOnlyOnce(tenant.id());
    }

    @Test
    void what_was_just_written_is_looked_at_once_more_for_more_may_be_under_way() {
        look();
        assertThat(due.tenantsWhoseBooksMoved()).contains(tenant.id());
    }

    @Test
    void books_that_did_not_move_since_they_were_looked_at_are_left_alone() {
        quiet();
        assertThat(due.tenantsWhoseBooksMoved()).doesNotContain(tenant.id());
    }

    @Test
    void a_callers_entry_and_a_budget_move_books_whose_orders_are_all_over() {
        quiet();
        tenant.as(() -> tenant.bean(CallerEntries.class)
                .post(new NewEntry.Posting(
                        "paid", order.taskId(), NewEntry.Kind.REVENUE, BigDecimal.ONE, "USD", null)));
        assertThat(due.tenantsWhoseBooksMoved()).contains(tenant.id());

        quiet();
        tenant.budget(BudgetScope.TENANT, "10");
        assertThat(due.tenantsWhoseBooksMoved()).contains(tenant.id());
    }

    @Test
    void much_that_is_written_makes_few_marks() {
        for (int entry = 0; entry < 20; entry++) {
            String id = "paid-" + entry;
            tenant.as(() -> tenant.bean(CallerEntries.class)
                    .post(new NewEntry.Posting(
                            id, order.taskId(), NewEntry.Kind.REVENUE, BigDecimal.ONE, "USD", null)));
        }
        assertThat(tenant.<Long>sql(jdbc -> jdbc.sql("SELECT count(*) FROM books_moved")
                        .query(Long.class)
                        .single()))
                .isEqualTo(1);
    }

    @Test
    void a_tenant_whose_order_is_open_is_looked_at_whatever_moved() {
        quiet();
        tenant.admitted(tenant.created(anOrder().spec()));
        forgetMarks();
        assertThat(due.tenantsWhoseBooksMoved()).contains(tenant.id());
    }

    /** All was written a quarter of an hour ago, and looked at since. */
    private void quiet() {
        TestDatabase.get()
                .superuser()
                .sql("UPDATE books_moved SET marked_at = now() - interval '15 minutes' WHERE tenant_id = :tenant")
                .param("tenant", tenant.id().value())
                .update();
        look();
    }

    private void forgetMarks() {
        tenant.sql(jdbc -> jdbc.sql("DELETE FROM books_moved").update());
    }

    private void look() {
        assertThat(tenant.as(() -> tenant.bean(Invariants.class).lookAtBooks())).isEmpty();
    }
}
