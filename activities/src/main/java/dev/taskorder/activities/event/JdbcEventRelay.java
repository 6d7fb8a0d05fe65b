package dev.taskorder.activities.event;

import dev.taskorder.activities.control.Pauses;
import dev.taskorder.activities.tenant.SystemTransactions;
import dev.taskorder.activities.tenant.TenantTransactions;
import dev.taskorder.api.control.Pause;
import dev.taskorder.api.tenant.TenantId;
import java.util.List;
import java.util.Optional;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Owns {@code tenant_seq}, writes {@code timeline}, and tells who follows that there is something new. */
final class JdbcEventRelay implements EventRelay {
    /** From tenant to tenant, and not over all that is unseen: of one tenant that may be a million. */
    static final String TENANTS_WITH_UNSEEN = """
            WITH RECURSIVE unseen AS (
                SELECT min(tenant_id) AS tenant_id FROM task_event WHERE seq IS NULL
                UNION ALL
                SELECT (SELECT min(e.tenant_id) FROM task_event e WHERE e.seq IS NULL AND e.tenant_id > u.tenant_id)
                  FROM unseen u WHERE u.tenant_id IS NOT NULL
            )
            SELECT tenant_id FROM unseen WHERE tenant_id IS NOT NULL
            """;
    /** A statement of its own: what another relay did before it gave the lock back is seen by the next one alone. */
    static final String TAKE_TURN = """
            SELECT last FROM tenant_seq
             WHERE tenant_id = current_tenant()
               AND %s
               FOR NO KEY UPDATE SKIP LOCKED
            """.formatted(Pauses.none(Pause.What.EVENTS));
    /**
     * Of one object, whoever changed it second wrote its event after the first was committed: so a later event is never seen before an
     * earlier one. The order's row is only read; of an event of a lease it is the order's.
     */
    static final String SEE = """
            WITH batch AS MATERIALIZED (
                SELECT e.*, :last::bigint + row_number() OVER (ORDER BY event_no) AS place
                  FROM (SELECT event_no, occurred_at, object_type, object_id, type, actor, data
                          FROM task_event
                         WHERE tenant_id = current_tenant() AND seq IS NULL
                         ORDER BY event_no
                         LIMIT %d) e
            ), placed AS MATERIALIZED (
                SELECT b.*,
                       CASE b.object_type
                           WHEN 'task_order' THEN (SELECT ARRAY[o.env, o.project_id] FROM task_order o
                                WHERE o.tenant_id = current_tenant() AND o.task_id = b.object_id::uuid)
                           WHEN 'asset' THEN ARRAY[(SELECT a.env FROM asset a
                                WHERE a.tenant_id = current_tenant() AND a.asset_id = b.object_id), NULL]
                           WHEN 'budget' THEN ARRAY[split_part(b.object_id, '/', 1),
                                CASE split_part(b.object_id, '/', 2) WHEN 'project' THEN split_part(b.object_id, '/', 3) END]
                       END AS belongs
                  FROM batch b
            ), seen AS (
                UPDATE task_event e SET seq = p.place, env = p.belongs[1], project_id = p.belongs[2], seen_at = now()
                  FROM placed p
                 WHERE e.tenant_id = current_tenant() AND e.event_no = p.event_no AND e.occurred_at = p.occurred_at
                   AND e.seq IS NULL
                   AND e.event_no >= (SELECT min(event_no) FROM batch) AND e.event_no <= (SELECT max(event_no) FROM batch)
            ), kept AS (
                INSERT INTO timeline (task_id, event_no, type, occurred_at, actor, data)
                SELECT object_id::uuid, event_no, type, occurred_at, actor, data FROM placed
                 WHERE object_type = 'task_order' AND type <> 'task_order.progress' AND %s
            ), counted AS (
                UPDATE tenant_seq SET last = :last::bigint + (SELECT count(*) FROM placed)
                 WHERE tenant_id = current_tenant() AND EXISTS (SELECT FROM placed)
            )
            SELECT count(*)::int AS seen, CASE WHEN count(*) > 0 THEN pg_notify('taskorder_seen', current_tenant())::text END AS told
              FROM placed
            """.formatted(EVENTS_MAX, ActivityLog.IS_ON);

    private static final String PREPARE_DAYS = "SELECT make_event_days(7)";

    private final SystemTransactions system;
    private final TenantTransactions transactions;
    private final JdbcClient jdbc;

    JdbcEventRelay(SystemTransactions system, TenantTransactions transactions, JdbcClient jdbc) {
        this.system = system;
        this.transactions = transactions;
        this.jdbc = jdbc;
    }

    @Override
    public List<TenantId> tenantsWithUnseen() {
        return system.in(() -> jdbc.sql(TENANTS_WITH_UNSEEN).query(String.class).list()).stream()
                .map(TenantId::new)
                .toList();
    }

    @Override
    public int seeNext() {
        return transactions.in(() -> {
            Optional<Long> last = jdbc.sql(TAKE_TURN).query(Long.class).optional();
            return last.map(seq -> jdbc.sql(SEE)
                            .param("last", seq)
                            .query((row, n) -> row.getInt("seen"))
                            .single())
                    .orElse(0);
        });
    }

    @Override
    public void prepareDays() {
        transactions.in(() -> jdbc.sql(PREPARE_DAYS).query(Integer.class).single());
    }
}
