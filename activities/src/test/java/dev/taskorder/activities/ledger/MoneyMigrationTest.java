package dev.taskorder.activities.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import dev.taskorder.activities.testing.TestDatabase;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Orders that were there, with entries and leases, before money was held. */
class MoneyMigrationTest {
    private static final String BEFORE = "19";
    private static final List<String> ROWS = List.of("""
            WITH t AS (INSERT INTO tenant (tenant_id, name) VALUES ('old', 'old'))
            INSERT INTO tenant_policy (tenant_id, version, body) VALUES ('old', 1, '{}')
            """, """
            INSERT INTO asset (tenant_id, asset_id, env, sku_category, sku_code, attributes, status, health_score,
                   max_concurrency, unit_cost, currency, handle)
            VALUES ('old', 'ip', 'prod', 'RAW_NET', 'ip', '{}', 'AVAILABLE', 100, 9, 0.5, 'USD', 'h')
            """, """
            INSERT INTO asset_slot (tenant_id, asset_id, slot_no) SELECT 'old', 'ip', n FROM generate_series(1, 9) AS n
            """, """
            INSERT INTO task_order (tenant_id, task_id, env, idempotency_key, project_id, task_type, priority, timeout_ms,
                   currency, status, resource_hints, constraints, policy_version, tags, input, field_hashes, demand,
                   queued_at, started_at, deadline, attempt, max_total_cost)
            SELECT 'old', gen_random_uuid(), 'prod', key, 'p', 'T', 1, 1, 'USD', 'RUNNING', '[]', '{}', 1, '{}', '{}', '',
                   'd', now(), now(), now(), 1, 1
              FROM unnest(ARRAY['spent too much', 'lost its lease', 'gave it back']) AS key
            """, """
            INSERT INTO lease (tenant_id, lease_id, task_id, asset_id, slot_no, hint_index, acquired_at, expires_at,
                   unit_cost, currency, sku_category, sku_code, decision, state, released_at)
            SELECT 'old', gen_random_uuid(), task_id, 'ip', row_number() OVER (), 0, now() - interval '3 days', now(), 0.5,
                   'USD', 'RAW_NET', 'ip', '{}', CASE idempotency_key WHEN 'spent too much' THEN 'ACTIVE' ELSE 'REVOKED' END,
                   CASE WHEN idempotency_key <> 'spent too much' THEN now() END
              FROM task_order
            """, """
            INSERT INTO attempt (tenant_id, task_id, number, token, executor, state, started_at, finished_at, result_code,
                   lease_ids)
            SELECT 'old', o.task_id, 1, gen_random_uuid(), 'e', 'ANSWERED', now(), now(), 'OK', ARRAY[l.lease_id]
              FROM task_order o JOIN lease l USING (tenant_id, task_id) WHERE idempotency_key = 'lost its lease'
            """, """
            INSERT INTO ledger_entry (tenant_id, entry_id, task_id, attempt, phase, kind, debit_account, credit_account,
                   amount, currency, env, project_id)
            SELECT 'old', task_id || '.1.cost.captcha.3', task_id, 1, 'POST', 'captcha', 'spend:executor:captcha', 'wallet',
                   3, 'USD', 'prod', 'p'
              FROM task_order WHERE idempotency_key = 'spent too much'
            """);

    @Test
    void hold_what_their_leases_cost_and_may_go_on_although_they_have_spent_too_much() {
        String database = "orders_of_before";
        JdbcClient jdbc = TestDatabase.get().migratedTo(BEFORE, database);
        ROWS.forEach(statement -> jdbc.sql(statement).update());
        TestDatabase.get().migrateFurther(database);
        assertThat(jdbc.sql("""
                        SELECT concat_ws(' ', idempotency_key, 'held', trim_scale(held), 'posted', trim_scale(posted))
                          FROM task_order ORDER BY 1
                        """).query(String.class).list())
                .containsExactly(
                        "gave it back held 0 posted 0",
                        "lost its lease held 0.5 posted 0",
                        "spent too much held 0.5 posted 3");
        assertThat(jdbc.sql("UPDATE task_order SET updated_at = now()").update())
                .as("no order is stuck above its ceiling")
                .isEqualTo(3);
        jdbc.sql("SELECT set_config('taskorder.tenant', 'old', false)").query().singleRow();
        assertThat(jdbc.sql("SELECT * FROM books_violation").query().listOfRows())
                .isEmpty();
        assertThat(jdbc.sql("SELECT tenant_id FROM books_moved")
                        .query(String.class)
                        .list())
                .as("to be looked at")
                .containsExactly("old");
        assertThat(jdbc.sql("SELECT relname FROM pg_class WHERE relrowsecurity AND NOT relforcerowsecurity")
                        .query(String.class)
                        .list())
                .as("the wall stands again")
                .isEmpty();
    }
}
