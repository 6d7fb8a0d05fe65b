package dev.taskorder.activities.budget;

import static org.assertj.core.api.Assertions.assertThat;

import dev.taskorder.activities.testing.Plans;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** However many budgets there are, and periods that are over, only those that are asked for are read. */
class BudgetPlanTest {
    private static final String WHOLE_TABLE = "(?s).*Seq Scan on (budget|budget_period|ledger_entry)\\b.*";
    private static final Map<String, Object> BUDGET = Map.of("env", "prod", "scope", "project", "id", "p-8");

    @Test
    void budgets_are_read_by_their_keys() {
        Plans.amongManyOrders(plans -> {
            Map<String, Object> projects = Map.of("env", "prod", "projects", new String[] {"p-8", "p-9"});
            assertThat(plans.asTenant(JdbcBudgetBook.ROOMS, projects))
                    .doesNotMatch(WHOLE_TABLE)
                    .containsPattern("Index Cond: .*scope_id = ANY");
            assertThat(plans.asTenant(JdbcBudgets.FIND, BUDGET)).doesNotMatch(WHOLE_TABLE);
            assertThat(plans.asTenant(JdbcBudgets.FORGET, BUDGET)).doesNotMatch(WHOLE_TABLE);
            assertThat(plans.asTenant(PeriodTable.OPEN, BUDGET)).doesNotMatch(WHOLE_TABLE);
        });
    }

    @Test
    void what_turns_is_found_by_the_index_of_what_turns() {
        Plans.amongManyOrders(plans -> assertThat(plans.asTenant(JdbcBudgetTurns.TURN, Map.of()))
                .doesNotMatch(WHOLE_TABLE)
                .contains("budget_turning"));
    }

    @Test
    void a_new_budget_reads_no_entry_that_is_older_than_its_period() {
        Plans.amongManyOrders(plans -> {
            plans.superuser()
                    .sql(
                            "UPDATE ledger_entry SET created_at = created_at - interval '90 days' WHERE entry_no % 50 <> 0")
                    .update();
            plans.superuser().sql("ANALYZE ledger_entry").update();
            assertThat(plans.asTenant(
                            "SELECT * FROM budget_count('prod', 'tenant', 'many', 'USD', current_date - 1)", Map.of()))
                    .doesNotMatch(WHOLE_TABLE)
                    .contains("ledger_entry_newest");
        });
    }
}
