package dev.taskorder.activities.order;

import dev.taskorder.activities.tenant.TenantTransactions;
import dev.taskorder.api.order.TaskOrders;
import dev.taskorder.api.tenant.Caller;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.simple.JdbcClient;

final class JdbcCancelOnSuspend implements CancelOnSuspend {
    private static final Logger log = LoggerFactory.getLogger(JdbcCancelOnSuspend.class);

    /** Held until the cancel is committed: who activates the tenant waits for it, and after the activation nothing is due. */
    static final String STILL_DUE = """
            SELECT status = 'SUSPENDED' AS suspended, coalesce(suspended_by, 'system') AS suspended_by
              FROM tenant
             WHERE tenant_id = current_tenant() AND cancels_at <= now()
               FOR SHARE
            """;
    /**
     * By the indexes of what is open, in their orders, for PostgreSQL takes open orders for so common that it would look for
     * them among all; one that is redriven is in no line before its run is started. Those whose cancel is under way may be many, and are not in the queue's.
     */
    static final String OPEN = """
            SELECT task_id FROM (
                (SELECT task_id FROM task_order
                  WHERE tenant_id = current_tenant() AND status = 'PENDING' AND cancel_requested_at IS NULL
                  ORDER BY created_at DESC, task_id DESC LIMIT :max)
                UNION
                (SELECT task_id FROM task_order
                  WHERE tenant_id = current_tenant() AND waits_since IS NOT NULL AND cancel_requested_at IS NULL
                  ORDER BY env, demand, priority DESC, created_at, task_id LIMIT :max)
                UNION
                (SELECT task_id FROM task_order
                  WHERE tenant_id = current_tenant() AND status = 'QUEUED' AND waits_since IS NULL AND cancel_requested_at IS NULL
                  ORDER BY task_id LIMIT :max)
                UNION
                (SELECT task_id FROM task_order
                  WHERE tenant_id = current_tenant() AND status = 'RUNNING' AND cancel_requested_at IS NULL
                  ORDER BY created_at DESC, task_id DESC LIMIT :max)
            ) open_orders
             LIMIT :max
            """;
    /**
     * Once more a minute after the tenant's end: a create that was under way, or of a process that had not heard of it yet, has
     * left its order by then.
     */
    static final String NONE_LEFT = """
            UPDATE tenant t
               SET cancels_at = (
                   SELECT last_look
                     FROM (SELECT CASE t.status WHEN 'SUSPENDED' THEN t.suspended_at ELSE t.expires_at END
                                  + interval '60 seconds' AS last_look) l
                    WHERE last_look > now())
             WHERE t.tenant_id = current_tenant() AND t.cancels_at <= now()
               AND NOT EXISTS (%s)
            """.formatted(OPEN.replace(":max", "1"));

    private final TenantTransactions transactions;
    private final JdbcClient jdbc;
    private final TaskOrders orders;

    /** Who is behind the cancels, and why they are. */
    private record Cause(String reason, Caller caller) {
        static Cause of(ResultSet row, int rowNum) throws SQLException {
            return row.getBoolean("suspended")
                    ? new Cause("the tenant was suspended", new Caller(row.getString("suspended_by"), null))
                    : new Cause("the tenant has expired", Caller.SYSTEM);
        }
    }

    JdbcCancelOnSuspend(TenantTransactions transactions, JdbcClient jdbc, TaskOrders orders) {
        this.transactions = transactions;
        this.jdbc = jdbc;
        this.orders = orders;
    }

    @Override
    public boolean cancelSome(int max) {
        List<UUID> open = transactions.in(
                () -> jdbc.sql(OPEN).param("max", max).query(UUID.class).list());
        boolean mayBeMore = open.stream().filter(this::isCancelled).count() == max;
        if (!mayBeMore) {
            transactions.run(() -> jdbc.sql(NONE_LEFT).update());
        }
        return mayBeMore;
    }

    /** One transaction each, as for a caller. Not waited for on the disk: while any is left, it is found again. */
    private boolean isCancelled(UUID taskId) {
        try {
            return transactions.relaxed(() -> {
                Optional<Cause> cause = jdbc.sql(STILL_DUE).query(Cause::of).optional();
                cause.ifPresent(because -> orders.cancel(taskId, because.reason(), because.caller()));
                return cause.isPresent();
            });
        } catch (RuntimeException e) {
            log.error(
                    "order {} is to be cancelled with its tenant's end and cannot be, will be tried again", taskId, e);
            return false;
        }
    }
}
