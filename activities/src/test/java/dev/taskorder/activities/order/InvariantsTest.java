package dev.taskorder.activities.order;

import static dev.taskorder.activities.testing.Orders.anOrder;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.taskorder.activities.testing.Tenant;
import dev.taskorder.activities.testing.TestDatabase;
import dev.taskorder.api.execution.ExecutionResult;
import dev.taskorder.api.execution.Money;
import dev.taskorder.api.order.OrderSteps.How;
import dev.taskorder.api.order.TaskOrder;
import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.dao.DataIntegrityViolationException;

/** What the schema promises of an order and its records, whatever a statement of ours forgets. */
class InvariantsTest {
    private final Tenant tenant = Tenant.fresh();

    @ParameterizedTest
    @ValueSource(
            strings = {
                "priority = 51",
                "priority = 51, task_version = task_version + 2",
                "tags = '{a}'",
                "description = 'other'",
                "task_version = task_version - 1",
                "status = 'QUEUED', queued_at = now(), waits_since = now()",
                "cancel_requested_at = now()"
            })
    void no_change_of_an_order_but_with_one_more_on_its_version(String change) {
        TaskOrder order = tenant.created(anOrder().spec());
        assertThatThrownBy(() -> update(order, change))
                .isInstanceOf(DataIntegrityViolationException.class)
                .hasMessageContaining("without adding one to task_version 1");
        assertThat(update(order, "priority = 51, task_version = task_version + 1"))
                .isEqualTo(1);
    }

    @Test
    void bookkeeping_of_its_run_is_no_change_of_an_order() {
        TaskOrder order = tenant.created(anOrder().spec());
        assertThat(update(order, "started_run_no = run_no, check_due_at = now(), start_claims = 1"))
                .isEqualTo(1);
        assertThat(tenant.find(order.taskId()).state().taskVersion()).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "UPDATE task_order SET currency = 'EUR', task_version = task_version + 1",
                "UPDATE task_order SET project_id = 'other', task_version = task_version + 1",
                "UPDATE task_order SET idempotency_key = 'other', task_version = task_version + 1",
                "UPDATE task_order SET policy_version = 1, task_version = task_version + 1",
                "UPDATE lease SET currency = 'EUR'",
                "UPDATE lease SET unit_cost = 0",
                "DELETE FROM task_order",
                "DELETE FROM lease",
                "UPDATE task_event SET data = '{}'",
                "TRUNCATE task_event",
                "UPDATE asset_event SET payload = '{}'",
                "DELETE FROM asset_event",
                "TRUNCATE asset_event",
                "UPDATE tenant_policy SET body = '{}'",
                "DELETE FROM tenant_policy",
                "TRUNCATE tenant_policy CASCADE"
            })
    void what_was_asked_granted_told_or_ruled_is_never_changed_or_deleted(String statement) {
        assertThatThrownBy(() -> tenant.sql(jdbc -> jdbc.sql(statement).update()))
                .rootCause()
                .hasMessageContaining("permission denied");
    }

    @Test
    void a_policy_version_is_made_once() {
        assertThatThrownBy(
                        () -> tenant.sql(jdbc -> jdbc.sql("INSERT INTO tenant_policy (version, body) VALUES (1, '{}')")
                                .update()))
                .isInstanceOf(DataIntegrityViolationException.class)
                .hasMessageContaining("tenant_policy_pkey");
    }

    @Test
    void leases_and_ledger_entries_have_the_currency_of_their_order() {
        tenant.asset("ip", "RAW_NET", "ip.1", 1, "1");
        tenant.sql(jdbc -> jdbc.sql("UPDATE asset SET currency = 'EUR'").update());
        TaskOrder order = tenant.created(
                anOrder().wanting("RAW_NET", null, 1).currency("EUR").spec());
        tenant.admitted(order);
        tenant.answered(
                order,
                1,
                new ExecutionResult(
                        "OK",
                        null,
                        Map.of(),
                        List.of(),
                        List.of(new Money("captcha", BigDecimal.ONE)),
                        List.of(new Money("sale", BigDecimal.TEN))));
        tenant.concluded(order, 1, How.ANSWERED);
        List<String> currencies =
                tenant.sql(jdbc -> jdbc.sql("""
                SELECT 'lease ' || currency FROM lease
                UNION ALL
                SELECT kind || ' ' || currency FROM ledger_entry
                """).query(String.class).list());
        assertThat(currencies)
                .contains("lease EUR", "grant EUR", "execution EUR", "captcha EUR", "sale EUR")
                .allMatch(one -> one.endsWith(" EUR"));
    }

    @Test
    void the_invariants_that_no_constraint_keeps_are_said_in_the_schema() {
        List<String> comments =
                TestDatabase.get().superuser().sql("""
                SELECT description FROM pg_description
                 WHERE objoid IN ('task_order'::regclass, 'task_event'::regclass, 'asset_event'::regclass,
                                  'tenant_policy'::regclass)
                """).query(String.class).list();
        assertThat(comments).hasSize(5).allMatch(comment -> comment.startsWith("Invariant: "));
    }

    private int update(TaskOrder order, String change) {
        return tenant.sql(jdbc -> jdbc.sql("UPDATE task_order SET " + change + " WHERE task_id = :task")
                .param("task", order.taskId())
                .update());
    }
}
