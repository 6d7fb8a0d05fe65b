package dev.taskorder.activities.maintenance;

import dev.taskorder.activities.tenant.SystemTransactions;
import dev.taskorder.activities.tenant.TenantTransactions;
import dev.taskorder.api.matching.MatchTrigger;
import dev.taskorder.api.tenant.TenantId;
import java.util.List;
import org.springframework.jdbc.core.simple.JdbcClient;

final class JdbcDueWork implements DueWork {
    /** Marks get a second's time: whoever made one is most likely serving it right now. */
    private static final String LOOK = """
            SELECT 'DISPATCH' AS kind, tenant_id, NULL AS env FROM task_order
             WHERE started_run_no < run_no AND finished_at IS NULL AND start_due_at <= now()
            UNION
            SELECT 'DISPATCH', tenant_id, NULL FROM outbox WHERE due_at <= now()
            UNION
            SELECT 'MATCH', tenant_id, env FROM match_wanted WHERE marked_at < now() - interval '1 second'
            UNION
            SELECT 'OVERDUE', tenant_id, NULL FROM task_order
             WHERE status = 'RUNNING' AND finished_at IS NULL AND deadline < now() - interval '60 seconds'
            UNION
            SELECT 'EXPIRED', tenant_id, NULL FROM lease
             WHERE state = 'ACTIVE' AND expires_at < now() - interval '5 seconds'
            UNION
            SELECT 'RESTED', tenant_id, NULL FROM asset_slot WHERE rests_until <= now()
            UNION
            SELECT 'CHECK', tenant_id, NULL FROM task_order
             WHERE finished_at IS NULL AND check_due_at <= now() AND started_run_no = run_no
            """;

    private static final String TENANTS_WITH_OPEN_ORDERS =
            "SELECT DISTINCT tenant_id FROM task_order WHERE finished_at IS NULL";
    /** Settling ends leases long before this; what is left here has lost its order's end to a fault. */
    private static final String EXPIRE = """
            WITH expired AS (
                UPDATE lease
                   SET state = 'EXPIRED', released_at = clock_timestamp()
                 WHERE tenant_id = current_tenant() AND state = 'ACTIVE'
                   AND expires_at < now() - interval '5 seconds'
                RETURNING lease_id, task_id, asset_id
            ), unbound AS (
                UPDATE task_order o
                   SET lease_ids = ARRAY(SELECT unnest(o.lease_ids) EXCEPT SELECT lease_id FROM expired),
                       task_version = o.task_version + 1, updated_at = clock_timestamp()
                 WHERE o.tenant_id = current_tenant() AND o.task_id IN (SELECT task_id FROM expired)
            ), told AS (
                INSERT INTO task_event (object_type, object_id, type, actor, data)
                SELECT 'task_order', task_id, 'lease.expired', 'maintenance',
                       jsonb_build_object('lease_id', lease_id, 'asset_id', asset_id)
                  FROM expired
            ), marked AS (
                INSERT INTO match_wanted (env)
                SELECT DISTINCT a.env FROM asset a
                 WHERE a.tenant_id = current_tenant() AND a.asset_id IN (SELECT asset_id FROM expired)
                RETURNING env
            )
            SELECT env FROM marked
            """;

    private static final String WAKE_SLOTS = """
            WITH woken AS (
                UPDATE asset_slot SET rests_until = NULL
                 WHERE tenant_id = current_tenant() AND rests_until <= now()
                RETURNING asset_id
            ), marked AS (
                INSERT INTO match_wanted (env)
                SELECT DISTINCT a.env FROM asset a
                 WHERE a.tenant_id = current_tenant() AND a.asset_id IN (SELECT asset_id FROM woken)
                RETURNING env
            )
            SELECT env FROM marked
            """;

    private final TenantTransactions transactions;
    private final SystemTransactions system;
    private final JdbcClient jdbc;
    private final MatchTrigger matcher;

    JdbcDueWork(TenantTransactions transactions, SystemTransactions system, JdbcClient jdbc, MatchTrigger matcher) {
        this.transactions = transactions;
        this.system = system;
        this.jdbc = jdbc;
        this.matcher = matcher;
    }

    @Override
    public List<Due> look() {
        return system.in(() -> jdbc.sql(LOOK)
                .query((row, rowNum) -> new Due(
                        Due.Kind.valueOf(row.getString("kind")),
                        new TenantId(row.getString("tenant_id")),
                        row.getString("env")))
                .list());
    }

    @Override
    public List<TenantId> tenantsWithOpenOrders() {
        return system.in(() -> jdbc.sql(TENANTS_WITH_OPEN_ORDERS)
                .query((row, rowNum) -> new TenantId(row.getString("tenant_id")))
                .list());
    }

    @Override
    public void expireLeases() {
        freeing(EXPIRE);
    }

    @Override
    public void wakeRestedSlots() {
        freeing(WAKE_SLOTS);
    }

    private void freeing(String sql) {
        List<String> envs =
                transactions.in(() -> jdbc.sql(sql).query(String.class).list());
        envs.forEach(matcher::run);
    }
}
