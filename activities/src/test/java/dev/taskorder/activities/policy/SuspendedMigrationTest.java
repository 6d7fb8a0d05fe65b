package dev.taskorder.activities.policy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.taskorder.activities.testing.TestDatabase;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Tenants that were suspended before anybody kept since when and why, and whether what is open is to be cancelled. */
class SuspendedMigrationTest {
    private static final String BEFORE = "35";
    private static final List<String> ROWS = List.of("""
            WITH t AS (
                INSERT INTO tenant (tenant_id, name, status, expires_at)
                VALUES ('finishes', 'x', 'SUSPENDED', NULL), ('cancels', 'x', 'SUSPENDED', NULL), ('works', 'x', 'ACTIVE', NULL),
                       ('over', 'x', 'ACTIVE', '2020-01-01T00:00:00Z')
                RETURNING tenant_id
            )
            INSERT INTO tenant_policy (tenant_id, version, body)
            SELECT tenant_id, 1, CASE WHEN tenant_id IN ('cancels', 'over') THEN '{"on_suspend": "cancel"}' ELSE '{}' END::jsonb
              FROM t
            """, """
            INSERT INTO task_event (tenant_id, object_type, object_id, type, actor, occurred_at, data)
            VALUES ('finishes', 'tenant', 'finishes', 'tenant.suspended', 'ops', '2026-01-01Z', '{"reason": "the first time"}'),
                   ('finishes', 'tenant', 'finishes', 'tenant.resumed', 'ops', '2026-01-02Z', '{}'),
                   ('finishes', 'tenant', 'finishes', 'tenant.suspended', 'ops', '2026-01-03Z', '{"reason": "unpaid"}'),
                   ('works', 'tenant', 'works', 'tenant.suspended', 'ops', '2026-01-04Z', '{"reason": "long ago"}')
            """);

    @Test
    void
            are_suspended_since_their_event_tell_nobody_the_reason_that_was_for_operators_and_are_cancelled_if_their_policy_says_so() {
        String database = "suspended_before";
        JdbcClient jdbc = TestDatabase.get().migratedTo(BEFORE, database);
        ROWS.forEach(statement -> jdbc.sql(statement).update());
        TestDatabase.get().migrateFurther(database);

        assertThat(jdbc.sql("""
                        SELECT concat_ws(' ', tenant_id, suspended_at IS NOT NULL, suspended_at = '2026-01-03Z', coalesce(suspended_reason, '-'),
                               cancels_at <= now())
                          FROM tenant WHERE tenant_id <> '_system' ORDER BY tenant_id
                        """).query(String.class).list())
                .containsExactly("cancels t f - t", "finishes t t -", "over f - t", "works f -");
        assertThat(jdbc.sql("SELECT relname FROM pg_class WHERE relrowsecurity AND NOT relforcerowsecurity")
                        .query(String.class)
                        .list())
                .as("the wall stands again")
                .isEmpty();
    }
}
