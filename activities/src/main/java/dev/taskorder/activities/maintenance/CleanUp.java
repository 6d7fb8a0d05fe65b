package dev.taskorder.activities.maintenance;

import dev.taskorder.activities.tenant.TenantTransactions;
import dev.taskorder.api.policy.Policies;
import dev.taskorder.api.policy.Policy.Retention;
import dev.taskorder.api.tenant.TenantContext;
import dev.taskorder.api.tenant.TenantId;
import java.util.Optional;
import java.util.function.IntSupplier;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * Removes what a tenant's policy in force keeps no longer, piece by piece. A piece is removed whole or not at all, and what was removed
 * is found nowhere: so whoever dies leaves nothing half done, and the next one goes on. Commits are relaxed, for what a crash brings back
 * is removed once more.
 */
final class CleanUp {
    /** A piece: some milliseconds' work. */
    static final int EVENTS_MAX = 1000;

    static final int ORDERS_MAX = 50;

    /** Of two at once the second would only wait. A statement of its own: the next one sees what the one before did. */
    private static final String TRY_TURN =
            "SELECT pg_try_advisory_xact_lock(hashtextextended(current_tenant() || ':clean-up', 9))";
    /** The last one before the first that is kept, so that what is there has no gap; times may go back, seqs do not. */
    static final String LAST_TO_REMOVE = """
            WITH oldest AS MATERIALIZED (
                SELECT seq, coalesce(seen_at, occurred_at) AS seen_at
                  FROM task_event
                 WHERE tenant_id = current_tenant()
                   AND seq > (SELECT removed_to FROM tenant_seq WHERE tenant_id = current_tenant())
                   AND seq < (SELECT undelivered_from())
                 ORDER BY seq
                 LIMIT :max
            )
            SELECT max(seq) FROM oldest
             WHERE seq < coalesce((SELECT min(seq) FROM oldest WHERE seen_at >= now() - :days * interval '1 day'), seq + 1)
            """;

    static final String REMOVE_EVENTS = """
            WITH removed AS (
                DELETE FROM task_event
                 WHERE tenant_id = current_tenant()
                   AND seq > (SELECT removed_to FROM tenant_seq WHERE tenant_id = current_tenant()) AND seq <= :last
                RETURNING seq
            ), noted AS (
                UPDATE tenant_seq SET removed_to = :last WHERE tenant_id = current_tenant()
            )
            SELECT count(*)::int FROM removed
            """;
    /**
     * The days stand still at the first event that somebody has still to be told, for what follows from it may read the order. Orders are
     * locked by id, as everyone locks them; one that is held is found the next time.
     */
    static final String REMOVE_PAYLOADS = """
            WITH untold AS MATERIALIZED (
                (SELECT occurred_at FROM task_event WHERE tenant_id = current_tenant() AND seq IS NULL ORDER BY event_no LIMIT 1)
                UNION ALL
                (SELECT occurred_at FROM task_event
                  WHERE tenant_id = current_tenant() AND seq >= (SELECT undelivered_from()) ORDER BY seq LIMIT 1)
            ), due AS MATERIALIZED (
                SELECT task_id FROM task_order
                 WHERE tenant_id = current_tenant()
                   AND payload_since < least(now(), (SELECT min(occurred_at) FROM untold)) - :days * interval '1 day'
                 ORDER BY payload_since
                 LIMIT :max
            ), locked AS MATERIALIZED (
                SELECT task_id FROM task_order
                 WHERE tenant_id = current_tenant() AND task_id IN (SELECT task_id FROM due) AND payload_since IS NOT NULL
                 ORDER BY task_id
                   FOR NO KEY UPDATE SKIP LOCKED
            ), attempts AS (
                UPDATE attempt SET output = NULL, progress = NULL
                 WHERE tenant_id = current_tenant() AND task_id IN (SELECT task_id FROM locked)
                   AND (output IS NOT NULL OR progress IS NOT NULL)
            ), emptied AS (
                UPDATE task_order
                   SET input = '{}', output = NULL, payload_since = NULL, payload_removed_at = moment.at,
                       task_version = task_version + 1, updated_at = moment.at
                  FROM (SELECT clock_timestamp() AS at OFFSET 0) moment
                 WHERE tenant_id = current_tenant() AND task_id IN (SELECT task_id FROM locked)
                RETURNING task_id
            ), told AS (
                INSERT INTO task_event (object_type, object_id, type, actor, data)
                SELECT 'task_order', task_id, 'task_order.updated', 'maintenance',
                       jsonb_build_object('what', 'input and output removed', 'message', 'it has been over for ' || :days || ' days or more')
                  FROM emptied
            )
            SELECT count(*)::int FROM emptied
            """;
    /** When the first thing that is there can be due, for nothing is kept for less than a day; not more often than once an hour. */
    static final String REST = """
            UPDATE tenant_seq
               SET cleans_at = greatest(now() + interval '1 hour', least(
                   now() + :most_hours * interval '1 hour',
                   (SELECT coalesce(seen_at, occurred_at) FROM task_event
                     WHERE tenant_id = current_tenant() AND seq > removed_to ORDER BY seq LIMIT 1) + :event_days * interval '1 day',
                   (SELECT payload_since FROM task_order
                     WHERE tenant_id = current_tenant() AND payload_since IS NOT NULL ORDER BY payload_since LIMIT 1)
                       + :payload_days * interval '1 day'))
             WHERE tenant_id = current_tenant()
            """;

    private static final String DROP_DAYS = "SELECT drop_event_days()";

    private final TenantTransactions transactions;
    private final JdbcClient jdbc;
    private final Policies policies;

    CleanUp(TenantTransactions transactions, JdbcClient jdbc, Policies policies) {
        this.transactions = transactions;
        this.jdbc = jdbc;
        this.policies = policies;
    }

    boolean removeSome() {
        Retention retention = policies.active().policy().retention();
        int events = inTurn(() -> removeEvents(retention.eventDays()));
        int orders = inTurn(() -> removePayloads(retention.payloadDays()));
        boolean more = events == EVENTS_MAX || orders == ORDERS_MAX;
        // tables are of no tenant, so they are the installation's
        boolean isInstallation = TenantContext.required().equals(TenantId.SYSTEM);
        if (!more) {
            inTurn(() -> rest(retention, isInstallation ? 1 : 24));
        }
        if (!more && isInstallation) {
            transactions.in(() -> jdbc.sql(DROP_DAYS).query(Integer.class).single());
        }
        return more;
    }

    /** The work's answer, 0 if another process is at it. */
    private int inTurn(IntSupplier work) {
        return transactions.relaxed(
                () -> jdbc.sql(TRY_TURN).query(Boolean.class).single() ? work.getAsInt() : 0);
    }

    private int removeEvents(int days) {
        Optional<Long> last = jdbc.sql(LAST_TO_REMOVE)
                .param("days", days)
                .param("max", EVENTS_MAX)
                .query(Long.class)
                .optional();
        return last.map(seq -> jdbc.sql(REMOVE_EVENTS)
                        .param("last", seq)
                        .query(Integer.class)
                        .single())
                .orElse(0);
    }

    private int removePayloads(int days) {
        return jdbc.sql(REMOVE_PAYLOADS)
                .param("days", days)
                .param("max", ORDERS_MAX)
                .query(Integer.class)
                .single();
    }

    private int rest(Retention retention, int hoursMax) {
        return jdbc.sql(REST)
                .param("most_hours", hoursMax)
                .param("event_days", retention.eventDays())
                .param("payload_days", retention.payloadDays())
                .update();
    }
}
