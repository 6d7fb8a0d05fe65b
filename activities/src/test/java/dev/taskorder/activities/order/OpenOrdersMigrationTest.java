package dev.taskorder.activities.order;

import static org.assertj.core.api.Assertions.assertThat;

import dev.taskorder.activities.testing.TestDatabase;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Orders that were there before they were counted. */
class OpenOrdersMigrationTest {
    private static final String BEFORE = "30";
    private static final List<String> ROWS = List.of("""
            WITH t AS (INSERT INTO tenant (tenant_id, name) VALUES ('old', 'old'), ('idle', 'idle') RETURNING tenant_id)
            INSERT INTO tenant_policy (tenant_id, version, body) SELECT tenant_id, 1, '{}' FROM t
            """, """
            INSERT INTO task_order (tenant_id, task_id, env, idempotency_key, project_id, task_type, priority, timeout_ms,
                   currency, status, finished_at, result_code, resource_hints, constraints, policy_version, tags, input,
                   field_hashes, demand)
            SELECT 'old', gen_random_uuid(), 'prod', 'k' || n, 'p', 'T', 1, 1, 'USD',
                   CASE WHEN n > 3 THEN 'CANCELLED' ELSE 'PENDING' END, CASE WHEN n > 3 THEN now() END,
                   CASE WHEN n > 3 THEN 'CANCELLED' END, '[]', '{}', 1, '{}', '{}', '', 'd'
              FROM generate_series(1, 5) AS n
            """);

    @Test
    void are_counted_if_they_are_not_over() {
        String database = "open_orders_of_before";
        JdbcClient jdbc = TestDatabase.get().migratedTo(BEFORE, database);
        ROWS.forEach(statement -> jdbc.sql(statement).update());
        TestDatabase.get().migrateFurther(database);
        assertThat(jdbc.sql("""
                        SELECT tenant_id || ' ' || sum(open_orders) || ' in ' || count(*)
                          FROM tenant_usage WHERE tenant_id <> '_system' GROUP BY tenant_id ORDER BY 1
                        """).query(String.class).list()).containsExactly("idle 0 in 16", "old 3 in 16");
        assertThat(jdbc.sql("SELECT relname FROM pg_class WHERE relrowsecurity AND NOT relforcerowsecurity")
                        .query(String.class)
                        .list())
                .as("the wall stands again")
                .isEmpty();
    }
}
