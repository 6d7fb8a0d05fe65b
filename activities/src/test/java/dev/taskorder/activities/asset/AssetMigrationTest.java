package dev.taskorder.activities.asset;

import static org.assertj.core.api.Assertions.assertThat;

import dev.taskorder.activities.testing.TestDatabase;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Assets and leases that were there before outcomes counted: a migration that the wall holds back would not say so. */
class AssetMigrationTest {
    private static final String BEFORE = "14";
    private static final List<String> ROWS = List.of("""
            WITH t AS (INSERT INTO tenant (tenant_id, name) VALUES ('old', 'old'))
            INSERT INTO tenant_policy (tenant_id, version, body) VALUES ('old', 1, '{}')
            """, """
            INSERT INTO asset (tenant_id, asset_id, env, sku_category, sku_code, attributes, status, health_score,
                   max_concurrency, unit_cost, currency, handle)
            SELECT 'old', 'ip-' || score, 'prod', 'RAW_NET', 'ip', '{}', 'AVAILABLE', score, 1, 1, 'USD', 'h'
              FROM unnest(ARRAY[0, 40, 100]) AS score
            """, """
            INSERT INTO asset_slot (tenant_id, asset_id, slot_no) SELECT 'old', asset_id, 1 FROM asset
            """, """
            INSERT INTO task_order (tenant_id, task_id, env, idempotency_key, project_id, task_type, priority, timeout_ms,
                   currency, status, resource_hints, constraints, policy_version, tags, input, field_hashes, demand,
                   queued_at, started_at, deadline, attempt)
            SELECT 'old', gen_random_uuid(), 'prod', state, 'p', 'T', 1, 1, 'USD', 'RUNNING', '[]', '{}', 1, '{}', '{}', '',
                   'd', now(), now(), now(), 1
              FROM unnest(ARRAY['ENDED', 'RUNNING', 'DROPPED']) AS state
            """, """
            INSERT INTO lease (tenant_id, lease_id, task_id, asset_id, slot_no, hint_index, acquired_at, expires_at,
                   unit_cost, currency, sku_category, sku_code, decision)
            SELECT 'old', gen_random_uuid(), task_id,
                   CASE idempotency_key WHEN 'ENDED' THEN 'ip-0' WHEN 'RUNNING' THEN 'ip-40' ELSE 'ip-100' END,
                   1, 0, now(), now(), 1, 'USD', 'RAW_NET', 'ip', '{}'
              FROM task_order
            """, """
            INSERT INTO attempt (tenant_id, task_id, number, token, executor, state, started_at, finished_at, result_code,
                   lease_ids)
            SELECT 'old', o.task_id, 1, gen_random_uuid(), 'e', o.idempotency_key,
                   CASE WHEN o.idempotency_key <> 'DROPPED' THEN now() END,
                   CASE WHEN o.idempotency_key <> 'RUNNING' THEN now() END,
                   CASE WHEN o.idempotency_key = 'ENDED' THEN 'OK' END, ARRAY[l.lease_id]
              FROM task_order o JOIN lease l USING (tenant_id, task_id)
            """);

    @Test
    void keep_their_health_and_know_what_was_used() {
        String database = "assets_of_before";
        JdbcClient jdbc = TestDatabase.get().migratedTo(BEFORE, database);
        ROWS.forEach(statement -> jdbc.sql(statement).update());
        TestDatabase.get().migrateFurther(database);
        assertThat(jdbc.sql("SELECT concat_ws(' ', asset_id, health_weight, health_value, uses) FROM asset ORDER BY 1")
                        .query(String.class)
                        .list())
                .containsExactly("ip-0 5 0 1", "ip-100 5 5 0", "ip-40 5 2 0");
        assertThat(jdbc.sql("SELECT asset_id || ' ' || used FROM lease ORDER BY 1")
                        .query(String.class)
                        .list())
                .as("what runs is noted when its attempt is closed")
                .containsExactly("ip-0 true", "ip-100 false", "ip-40 false");
        assertThat(jdbc.sql("SELECT relname FROM pg_class WHERE relrowsecurity AND NOT relforcerowsecurity")
                        .query(String.class)
                        .list())
                .as("the wall stands again")
                .isEmpty();
    }
}
