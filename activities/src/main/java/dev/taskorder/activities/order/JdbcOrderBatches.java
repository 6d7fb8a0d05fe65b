package dev.taskorder.activities.order;

import dev.taskorder.activities.dispatch.DispatchSignal;
import dev.taskorder.activities.tenant.TenantTransactions;
import dev.taskorder.api.order.RedriveResult;
import dev.taskorder.api.order.Status;
import dev.taskorder.api.order.TaskOrderFilter;
import dev.taskorder.api.tenant.Caller;
import dev.taskorder.api.tenant.TenantContext;
import dev.taskorder.api.tenant.TenantId;
import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

final class JdbcOrderBatches implements OrderBatches {
    /**
     * In the order of their ids, as everybody locks orders, and waiting for nobody. Who leaves a line may have kept slots from others, or
     * stood before them: one look of the matcher serves for all that leave at once.
     */
    static final String CANCEL_WAITING = """
            WITH mine AS MATERIALIZED (
                SELECT task_id, status, cancel_requested_at IS NOT NULL AS asked
                  FROM task_order
                 WHERE tenant_id = current_tenant() AND task_id = ANY (:tasks)
                 ORDER BY task_id
                   FOR UPDATE SKIP LOCKED
            ), ended AS (
                UPDATE task_order o
                   SET status = 'CANCELLED', result_code = 'CANCELLED', result_message = :reason, finished_at = clock_timestamp(),
                       cancel_requested_at = clock_timestamp(), cancel_requested_by = :by, cancel_reason = :reason,
                       started_run_no = o.run_no, check_due_at = NULL, waits_since = NULL,
                       task_version = o.task_version + 1, updated_at = clock_timestamp()
                  FROM mine m
                 WHERE o.tenant_id = current_tenant() AND o.task_id = ANY (:tasks) AND o.task_id = m.task_id
                   AND m.status IN ('PENDING', 'QUEUED') AND NOT m.asked
                RETURNING o.task_id, o.env, m.status AS was
            ), told AS (
                INSERT INTO task_event (object_type, object_id, type, actor, data)
                SELECT 'task_order', e.task_id, t.type, :by, t.data
                  FROM ended e
                 CROSS JOIN (VALUES
                       (1, 'task_order.updated', jsonb_build_object('what', 'cancel requested', 'message', :reason::text)),
                       (2, 'task_order.cancelled', jsonb_build_object('result_code', 'CANCELLED', 'message', :reason::text)))
                       AS t(place, type, data)
                 ORDER BY e.task_id, t.place
            ), marked AS (
                INSERT INTO match_wanted (env) SELECT DISTINCT env FROM ended WHERE was = 'QUEUED'
            )
            SELECT task_id, status, asked FROM mine
            """;

    static final String WAKE = """
            INSERT INTO outbox (task_id, signal) SELECT task_id, 'wake' FROM unnest(:tasks) AS task_id ORDER BY task_id
            """;

    static final String COST = """
            SELECT o.currency,
                   sum(coalesce((p.body -> 'budget' -> 'estimates' ->> o.task_type)::numeric, 0)
                       + coalesce((SELECT sum(l.unit_cost)
                                     FROM attempt a
                                     JOIN lease l ON l.tenant_id = current_tenant() AND l.lease_id = ANY (a.lease_ids)
                                    WHERE a.tenant_id = current_tenant() AND a.task_id = o.task_id AND a.number = o.attempt), 0)) AS cost
              FROM task_order o
              JOIN tenant_policy p ON p.tenant_id = o.tenant_id AND p.version = o.policy_version
             WHERE o.tenant_id = current_tenant() AND o.task_id = ANY (:tasks)
             GROUP BY o.currency
            """;

    private static final int COSTED_AT_ONCE = 1000;

    private final TenantTransactions transactions;
    private final JdbcClient jdbc;
    private final OrderList list;
    private final JdbcDeadLetters deadLetters;
    private final OrderEnds ends;
    private final DispatchSignal dispatch;

    JdbcOrderBatches(
            TenantTransactions transactions,
            JdbcClient jdbc,
            OrderList list,
            JdbcDeadLetters deadLetters,
            OrderEnds ends,
            DispatchSignal dispatch) {
        this.transactions = transactions;
        this.jdbc = jdbc;
        this.list = list;
        this.deadLetters = deadLetters;
        this.ends = ends;
        this.dispatch = dispatch;
    }

    @Override
    public List<UUID> find(TaskOrderFilter filter, int max) {
        return list.ids(filter, max);
    }

    @Override
    public List<Seen> cancelWaiting(List<UUID> taskIds, String reason, Caller caller) {
        List<Seen> seen = jdbc.sql(CANCEL_WAITING)
                .param("tasks", taskIds.toArray(UUID[]::new))
                .param("reason", reason)
                .param("by", caller.actor())
                .query((row, rowNum) -> new Seen(
                        row.getObject("task_id", UUID.class),
                        Status.valueOf(row.getString("status")),
                        row.getBoolean("asked")))
                .list();
        seen.stream().filter(Seen::isEnded).forEach(order -> ends.ended(order.taskId()));
        return seen;
    }

    @Override
    public void wake(List<UUID> taskIds) {
        jdbc.sql(WAKE).param("tasks", taskIds.toArray(UUID[]::new)).update();
        TenantId tenant = TenantContext.required();
        transactions.afterCommit(() -> dispatch.signalsDue(tenant));
    }

    @Override
    public Optional<RedriveResult> redrive(UUID taskId, @Nullable String reason, Caller caller, boolean allParts) {
        return deadLetters.redrive(taskId, reason, caller, allParts);
    }

    @Override
    public Map<String, BigDecimal> costOfAnotherAttempt(List<UUID> taskIds) {
        Map<String, BigDecimal> costs = new TreeMap<>();
        for (int from = 0; from < taskIds.size(); from += COSTED_AT_ONCE) {
            List<UUID> some = taskIds.subList(from, Math.min(from + COSTED_AT_ONCE, taskIds.size()));
            jdbc.sql(COST).param("tasks", some.toArray(UUID[]::new)).query(row -> {
                costs.merge(row.getString("currency"), row.getBigDecimal("cost"), BigDecimal::add);
            });
        }
        return costs;
    }
}
