package dev.taskorder.activities.invariant;

import static dev.taskorder.activities.testing.Orders.anOrder;
import static org.assertj.core.api.Assertions.assertThat;

import dev.taskorder.activities.testing.Tenant;
import dev.taskorder.activities.testing.TestDatabase;
import dev.taskorder.api.budget.BudgetScope;
import dev.taskorder.api.execution.ExecutionResult;
import dev.taskorder.api.execution.Money;
import dev.taskorder.api.ledger.LedgerCheck;
import dev.taskorder.api.order.OrderSteps.How;
import dev.taskorder.api.order.TaskOrder;
import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Each disagreement of the books is made by hand, as no step of ours could, and found. */
class BooksAgreeTest {
    private final Tenant tenant = Tenant.fresh();
    private TaskOrder settled;

    @BeforeEach
    void an_order_that_is_settled_and_one_that_runs_under_a_budget() {
        tenant.asset("ip", "RAW_NET", "ip", 3, "0.35");
        tenant.budget(BudgetScope.TENANT, "10");
        settled = tenant.running(anOrder().wanting("RAW_NET", null, 1).maxTotalCost("5"));
        List<Money> costs = List.of(new Money("captcha", new BigDecimal("0.02")));
        tenant.answered(settled, 1, new ExecutionResult("OK", null, Map.of(), List.of(), costs, List.of()));
        tenant.concluded(settled, 1, How.ANSWERED);
        tenant.running(anOrder().wanting("RAW_NET", null, 1));
    }

    @Test
    void where_they_agree_nothing_is_found_and_all_was_compared() {
        LedgerCheck.Verification verification = verify();
        assertThat(verification.violations()).isEmpty();
        assertThat(verification.checked())
                .containsEntry("entries", 6L)
                .containsEntry("orders", 2L)
                .containsEntry("leases", 1L)
                .containsEntry("currencies", 1L)
                .containsEntry("budgets", 1L);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "order_money_differs, budget_differs    | UPDATE ledger_entry SET amount = 0.030000 WHERE entry_id LIKE '%cost:captcha:0.02'",
                "order_money_differs, budget_differs    | DELETE FROM ledger_entry WHERE phase = 'HOLD' AND kind = 'captcha'",
                "order_money_differs                    | UPDATE task_order SET posted = posted + 0.000001",
                "lease_not_settled_once, order_money_differs, budget_differs | DELETE FROM ledger_entry WHERE entry_id LIKE 'lease:%'",
                "lease_not_settled_once                 | UPDATE lease SET unit_cost = 0.36 WHERE state = 'RELEASED'",
                "entry_of_other_books                   | UPDATE ledger_entry SET project_id = 'other' WHERE kind = 'captcha'",
                "budget_differs                         | UPDATE budget_period SET posted = posted + 0.000001",
                "budget_limit                           | UPDATE budget_period SET limit_amount = 11"
            })
    void what_does_not_agree_is_found_and_told_once(String invariants, String fault) {
        broken(fault);
        assertThat(verify().violations())
                .extracting(LedgerCheck.Finding::invariant)
                .containsOnly(invariants.split(", "));
        assertThat(look()).isNotEmpty();
        assertThat(look()).as("told once").isEmpty();
        assertThat(tenant.as(() -> tenant.bean(Invariants.class).look()))
                .as("no matter of the other watch")
                .isEmpty();
        assertThat(look()).as("and that watch forgets none of it").isEmpty();
    }

    @Test
    void an_order_that_holds_and_has_spent_more_than_its_ceiling_is_found_where_the_constraint_is_gone() {
        TestDatabase.get()
                .whileHeld(
                        jdbc -> {
                            jdbc.sql("ALTER TABLE task_order DROP CONSTRAINT task_order_within_ceiling")
                                    .update();
                            jdbc.sql("SET LOCAL session_replication_role = replica")
                                    .update();
                            jdbc.sql("UPDATE task_order SET max_total_cost = 0.36 WHERE task_id = :task")
                                    .param("task", settled.taskId())
                                    .update();
                            jdbc.sql("SET LOCAL ROLE " + TestDatabase.APP).update();
                            jdbc.sql("SELECT set_config('taskorder.tenant', :tenant, true)")
                                    .param("tenant", tenant.id().value())
                                    .query()
                                    .singleRow();
                            assertThat(jdbc.sql("SELECT invariant || ': ' || detail FROM books_violation")
                                            .query(String.class)
                                            .list())
                                    .containsExactly(
                                            "order_past_ceiling: held 0.000000 and posted 0.370000 are more than its"
                                                    + " max_total_cost of 0.360000 USD");
                        },
                        () -> {});
    }

    @Test
    void what_is_found_names_rows_and_amounts() {
        broken("UPDATE ledger_entry SET amount = 0.030000 WHERE entry_id LIKE '%cost:captcha:0.02'");
        assertThat(verify().violations())
                .filteredOn(finding -> finding.objectType().equals("task_order"))
                .singleElement()
                .satisfies(finding -> {
                    assertThat(finding.objectId()).isEqualTo(settled.taskId().toString());
                    assertThat(finding.detail())
                            .isEqualTo(
                                    "its row says held 0.000000, posted 0.370000, overrun 0.000000; its entries say held"
                                            + " -0.010000, posted 0.380000, overrun 0 USD");
                });
    }

    @Test
    void what_is_wrong_with_another_tenant_is_not_seen() {
        broken("UPDATE task_order SET posted = posted + 0.000001");
        Tenant other = Tenant.fresh();
        assertThat(other.as(() -> other.bean(LedgerCheck.class).verify().violations()))
                .isEmpty();
    }

    private LedgerCheck.Verification verify() {
        return tenant.as(() -> tenant.bean(LedgerCheck.class).verify());
    }

    private List<Violation> look() {
        return tenant.as(() -> tenant.bean(Invariants.class).lookAtBooks());
    }

    /** As the superuser, past triggers and walls, in the rows of this tenant alone. */
    private void broken(String statement) {
        String where = statement.contains(" WHERE ") ? " AND " : " WHERE ";
        TestDatabase.get()
                .superuser()
                .sql(statement + where + "tenant_id = :tenant")
                .param("tenant", tenant.id().value())
                .update();
    }
}
