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
                .containsEntry("budgets", 1L)
                .containsEntry("budget_periods", 1L);
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
                "entry_unbalanced                       | UPDATE ledger_entry SET credit_account = 'walet' WHERE phase = 'HOLD'",
                "lease_not_settled_once                 | UPDATE lease SET unit_cost = 0 WHERE state = 'RELEASED'",
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

    /** What a constraint forbids can only be seen where it is not: in a transaction of which nothing is left. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "order_past_ceiling | ALTER TABLE task_order DROP CONSTRAINT task_order_within_ceiling"
                        + " | UPDATE task_order SET max_total_cost = 0.36 WHERE max_total_cost = 5",
                "budget_overdrawn, budget_limit | ALTER TABLE budget_period DROP CONSTRAINT budget_period_within_limit"
                        + " | UPDATE budget_period SET limit_amount = 0.71 WHERE TRUE",
                "lease_not_settled_once, order_money_differs, budget_differs | DROP INDEX ledger_entry_lease_settled"
                        + " | INSERT INTO ledger_entry (tenant_id, entry_id, task_id, phase, kind, debit_account,"
                        + " credit_account, amount, currency, env, project_id, lease_id) SELECT tenant_id, 'twice', task_id,"
                        + " phase, kind, debit_account, credit_account, amount, currency, env, project_id, lease_id"
                        + " FROM ledger_entry WHERE entry_id LIKE 'lease:%'",
                "entry_unbalanced, order_money_differs, budget_differs"
                        + " | ALTER TABLE ledger_entry DROP CONSTRAINT ledger_entry_amount_positive"
                        + " | UPDATE ledger_entry SET amount = -amount WHERE kind = 'captcha' AND phase = 'POST'",
                "entry_unbalanced, order_money_differs, budget_differs"
                        + " | ALTER TABLE ledger_entry DROP CONSTRAINT ledger_entry_accounts_differ"
                        + " | UPDATE ledger_entry SET debit_account = 'held' WHERE kind = 'captcha' AND phase = 'POST'"
            })
    void what_constraints_forbid_is_found_where_they_are_gone(String invariants, String dropped, String fault) {
        TestDatabase.get()
                .whileHeld(
                        jdbc -> {
                            jdbc.sql(dropped).update();
                            jdbc.sql("SET LOCAL session_replication_role = replica")
                                    .update();
                            jdbc.sql(fault + " AND tenant_id = :tenant")
                                    .param("tenant", tenant.id().value())
                                    .update();
                            jdbc.sql("SET LOCAL ROLE " + TestDatabase.APP).update();
                            jdbc.sql("SELECT set_config('taskorder.tenant', :tenant, true)")
                                    .param("tenant", tenant.id().value())
                                    .query()
                                    .singleRow();
                            assertThat(jdbc.sql(JdbcInvariants.FIND_IN_BOOKS)
                                            .param("max", 100)
                                            .query((row, rowNum) -> row.getString("invariant"))
                                            .list())
                                    .containsOnly(invariants.split(", "));
                        },
                        () -> {});
    }

    @Test
    void what_is_debited_is_credited_to_the_last_digit_in_each_currency() {
        assertThat(verify().balances())
                .singleElement()
                .asString()
                .isEqualTo("Balance[currency=USD, debits=1.090000, credits=1.090000, difference=0.000000]");

        broken("UPDATE ledger_entry SET credit_account = 'walet' WHERE entry_id = '" + settled.taskId() + ":hold:1'");
        assertThat(verify().balances()).singleElement().asString().endsWith("difference=0.350000]");
        assertThat(verify().violations()).singleElement().satisfies(finding -> {
            assertThat(finding.objectId()).isEqualTo(settled.taskId().toString());
            assertThat(finding.detail())
                    .isEqualTo("entry " + settled.taskId() + ":hold:1 debits held and credits walet with 0.350000 USD");
        });
    }

    @Test
    void a_budget_that_differs_is_an_event_of_it_once_and_again_when_it_has_agreed_meanwhile() {
        String differs = "UPDATE budget_period SET posted = posted + 0.000001";
        broken(differs);
        look();
        broken(differs);
        look();
        String budget = "prod/tenant/" + tenant.id();
        assertThat(events())
                .containsExactly(
                        "budget.updated " + budget + " invariant budget_differs ERROR prod tenant " + tenant.id());

        broken("UPDATE budget_period SET posted = posted - 0.000002");
        look();
        broken(differs);
        look();
        assertThat(events()).hasSize(2);
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

    private List<String> events() {
        return tenant.sql(jdbc -> jdbc.sql("""
                SELECT concat_ws(' ', type, object_id, data ->> 'what', data ->> 'level', data ->> 'env', data ->> 'scope',
                       data ->> 'id')
                  FROM task_event WHERE tenant_id = current_tenant() AND object_type = 'budget' AND actor = 'maintenance'
                 ORDER BY event_no
                """).query(String.class).list());
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
