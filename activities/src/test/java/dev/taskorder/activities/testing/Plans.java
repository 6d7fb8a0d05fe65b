package dev.taskorder.activities.testing;

import dev.taskorder.api.tenant.TenantId;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Shows how PostgreSQL would answer among 20,000 orders of which one in ten is open and nothing is due. */
public final class Plans {
    private static final List<String> LOADED = List.of("task_order", "asset", "asset_slot", "lease", "outbox");

    private static final List<String> LOAD = List.of(
            "SET LOCAL session_replication_role = replica",
            // what other tests left to be sent would be most of the table, and no index would be worth its while
            "DELETE FROM outbox WHERE tenant_id <> :tenant",
            """
            INSERT INTO task_order (tenant_id, task_id, env, idempotency_key, project_id, task_type, priority, timeout_ms,
                   currency, status, queued_at, started_at, finished_at, result_code, resource_hints, constraints,
                   policy_version, tags, input, field_hashes, demand, started_run_no, check_due_at, deadline, attempt)
            SELECT :tenant, gen_random_uuid(), 'prod', 'many-' || n, 'p', 'TEST', 50, 1000, 'USD',
                   CASE WHEN n % 10 = 0 THEN 'RUNNING' ELSE 'SUCCESS' END, now(), now(),
                   CASE WHEN n % 10 > 0 THEN now() END, CASE WHEN n % 10 > 0 THEN 'OK' END, '[]', '{}',
                   1, '{}', '{}', '', 'd', 1, CASE WHEN n % 10 = 0 THEN now() + interval '1 hour' END,
                   now() + interval '1 hour', 1
              FROM generate_series(1, 20000) n
            """,
            """
            INSERT INTO asset (tenant_id, asset_id, env, sku_category, sku_code, attributes, status, health_score,
                   max_concurrency, unit_cost, currency, handle, cool_until)
            SELECT :tenant, 'a-' || n, 'prod', 'C-' || n % 50, 'sku-' || n, '{}',
                   CASE WHEN n % 100 = 0 THEN 'COOLING_DOWN' ELSE 'AVAILABLE' END, 100, 1, 1, 'USD', 'h',
                   CASE WHEN n % 100 = 0 THEN now() + interval '1 hour' END
              FROM generate_series(1, 20000) n
            """,
            """
            INSERT INTO asset_slot (tenant_id, asset_id, slot_no, rests_until)
            SELECT :tenant, 'ip', n, CASE WHEN n % 100 = 0 THEN now() + interval '1 hour' END
              FROM generate_series(1, 20000) n
            """,
            """
            INSERT INTO lease (tenant_id, lease_id, task_id, asset_id, slot_no, hint_index, state, acquired_at, expires_at,
                   released_at, unit_cost, currency, sku_category, sku_code, decision)
            SELECT :tenant, gen_random_uuid(), task_id, 'ip', row_number() OVER (), 0,
                   CASE status WHEN 'RUNNING' THEN 'ACTIVE' ELSE 'RELEASED' END, now(), now() + interval '1 hour',
                   finished_at, 1, 'USD', 'RAW_NET', 'ip', '{}'
              FROM task_order WHERE tenant_id = :tenant
            """,
            """
            INSERT INTO outbox (tenant_id, task_id, signal, due_at)
            SELECT :tenant, task_id, 'wake', now() + interval '1 hour'
              FROM task_order WHERE tenant_id = :tenant AND status = 'RUNNING'
            """,
            "ANALYZE " + String.join(", ", LOADED));

    private final JdbcClient jdbc;
    private final TenantId tenant;

    private Plans(JdbcClient jdbc, TenantId tenant) {
        this.jdbc = jdbc;
        this.tenant = tenant;
    }

    /** Lets the test ask; the rows are gone afterwards. */
    public static void amongManyOrders(Consumer<Plans> test) {
        TenantId tenant = Application.shared().newTenant();
        TestDatabase.get()
                .whileHeld(
                        jdbc -> {
                            for (String statement : LOAD) {
                                JdbcClient.StatementSpec load = jdbc.sql(statement);
                                (statement.contains(":tenant") ? load.param("tenant", tenant.value()) : load).update();
                            }
                            test.accept(new Plans(jdbc, tenant));
                        },
                        () -> {});
    }

    /** The plan of a question over all tenants. */
    public String asSystem(String statement) {
        jdbc.sql("SET LOCAL ROLE taskorder_system").update();
        return explain(statement, Map.of());
    }

    /** The plan of a statement for the tenant of the many orders. */
    public String asTenant(String statement, Map<String, ?> params) {
        jdbc.sql("SET LOCAL ROLE " + TestDatabase.APP).update();
        jdbc.sql("SELECT set_config('taskorder.tenant', :tenant, true)")
                .param("tenant", tenant.value())
                .query()
                .singleRow();
        return explain(statement, params);
    }

    private String explain(String statement, Map<String, ?> params) {
        String plan = String.join(
                "\n",
                jdbc.sql("EXPLAIN " + statement)
                        .params(params)
                        .query(String.class)
                        .list());
        jdbc.sql("RESET ROLE").update();
        return plan;
    }
}
