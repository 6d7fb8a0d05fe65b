package dev.taskorder.activities.order;

import dev.taskorder.activities.event.EventLog;
import dev.taskorder.activities.event.NewEvent;
import dev.taskorder.activities.tenant.TenantTransactions;
import dev.taskorder.api.execution.ResultCodes;
import dev.taskorder.api.order.Status;
import dev.taskorder.api.tenant.TenantContext;
import dev.taskorder.api.tenant.TenantId;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;

final class JdbcOrderRecovery implements OrderRecovery {
    private static final String MAINTENANCE = "maintenance";

    /**
     * Every 55 seconds, so that with the second between two passes a loss is found within 60. Easing adds a quarter of
     * the time since the order last changed: its own steps are signs of life, and checks grow with its age's logarithm.
     */
    private static final String CLAIM_CHECKS = """
            WITH due AS (
                SELECT task_id FROM task_order
                 WHERE tenant_id = current_tenant() AND finished_at IS NULL AND check_due_at <= now()
                   AND started_run_no = run_no
                 ORDER BY check_due_at
                 LIMIT :max
                   FOR UPDATE SKIP LOCKED
            )
            UPDATE task_order o
               SET check_due_at = now() + CASE WHEN :easing
                       THEN least(greatest((now() - o.updated_at) / 4, interval '55 seconds'), interval '30 minutes')
                       ELSE interval '55 seconds' END
              FROM due
             WHERE o.tenant_id = current_tenant() AND o.task_id = due.task_id
            RETURNING o.task_id, o.run_no, o.env, o.idempotency_key
            """;

    private static final String MAKE_ALL_DUE = """
            UPDATE task_order SET check_due_at = now()
             WHERE tenant_id = current_tenant() AND finished_at IS NULL AND started_run_no = run_no
               AND check_due_at IS DISTINCT FROM now()
            """;
    private static final String MAKE_DUE = """
            UPDATE task_order SET check_due_at = now()
             WHERE tenant_id = current_tenant() AND task_id = ANY (:tasks) AND finished_at IS NULL
            """;
    /** The first new run at once, each later one after twice the time, to a minute: a loss that repeats has a reason. */
    private static final String RUN_AGAIN = """
            UPDATE task_order
               SET run_no = run_no + 1, start_claims = 0,
                   start_due_at = now() + least(60, power(2, least(run_no, 10)) - 2) * interval '1 second'
             WHERE tenant_id = current_tenant() AND task_id = :task
            """;

    private static final String OVERDUE = """
            SELECT task_id FROM task_order
             WHERE tenant_id = current_tenant() AND status = 'RUNNING' AND deadline < now() - interval '60 seconds'
             ORDER BY deadline
             LIMIT :max
            """;

    private final TenantTransactions transactions;
    private final JdbcClient jdbc;
    private final OrderTable orders;
    private final Settlement settlement;
    private final EventLog events;

    JdbcOrderRecovery(
            TenantTransactions transactions,
            JdbcClient jdbc,
            OrderTable orders,
            Settlement settlement,
            EventLog events) {
        this.transactions = transactions;
        this.jdbc = jdbc;
        this.orders = orders;
        this.settlement = settlement;
        this.events = events;
    }

    @Override
    public List<CheckDue> claimChecks(int max, Pace pace) {
        TenantId tenant = TenantContext.required();
        return transactions.in(() -> jdbc.sql(CLAIM_CHECKS)
                .param("max", max)
                .param("easing", pace == Pace.EASING)
                .query((row, rowNum) -> new CheckDue(
                        tenant,
                        row.getObject("task_id", UUID.class),
                        row.getInt("run_no"),
                        row.getString("env"),
                        row.getString("idempotency_key")))
                .list());
    }

    @Override
    public void makeAllDue() {
        transactions.run(() -> jdbc.sql(MAKE_ALL_DUE).update());
    }

    @Override
    public void makeDue(List<UUID> taskIds) {
        UUID[] tasks = taskIds.toArray(UUID[]::new);
        transactions.run(() -> jdbc.sql(MAKE_DUE).param("tasks", tasks).update());
    }

    @Override
    public void lost(UUID taskId, int runNo, Loss loss) {
        transactions.run(() -> orders.lock(taskId)
                .filter(order -> !order.status().isOver() && order.runNo() == runNo && order.startedRunNo() == runNo)
                .ifPresent(order -> act(order, loss)));
    }

    private void act(OrderRow order, Loss loss) {
        if (loss == Loss.TERMINATED) {
            Ending ending =
                    new Ending(Status.CANCELLED, ResultCodes.TERMINATED, "its workflow was terminated in Temporal");
            settlement.settle(order, ending, MAINTENANCE);
        } else if (loss == Loss.FAILED && order.status() != Status.PENDING) {
            Ending ending =
                    new Ending(Status.DEAD_LETTER, ResultCodes.WORKFLOW_FAILED, "its workflow failed in Temporal");
            settlement.settle(order, ending, MAINTENANCE);
        } else {
            runAgain(order, loss);
        }
    }

    private void runAgain(OrderRow order, Loss loss) {
        jdbc.sql(RUN_AGAIN).param("task", order.taskId()).update();
        events.append(List.of(new NewEvent(
                order.taskId(),
                "task_order.updated",
                MAINTENANCE,
                Map.of(
                        "what",
                        "run " + (order.runNo() + 1),
                        "message",
                        "Temporal lost run " + order.runNo() + ": " + loss))));
    }

    @Override
    public int settleOverdue(int max) {
        List<UUID> overdue = transactions.in(
                () -> jdbc.sql(OVERDUE).param("max", max).query(UUID.class).list());
        overdue.forEach(this::settleIfStillOverdue);
        return overdue.size();
    }

    /** One transaction each: one order that cannot be settled does not keep the others waiting. */
    private void settleIfStillOverdue(UUID taskId) {
        transactions.run(() -> orders.lock(taskId)
                .filter(order -> order.status() == Status.RUNNING && order.leftMs() != null && order.leftMs() < 0)
                .ifPresent(order -> settlement.settle(order, Ending.timedOut(order.timeoutMs()), MAINTENANCE)));
    }
}
