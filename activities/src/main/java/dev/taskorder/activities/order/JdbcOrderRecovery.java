package dev.taskorder.activities.order;

import dev.taskorder.activities.tenant.TenantTransactions;
import dev.taskorder.api.execution.ResultCodes;
import dev.taskorder.api.matching.MatchTrigger;
import dev.taskorder.api.order.Status;
import dev.taskorder.api.tenant.TenantContext;
import dev.taskorder.api.tenant.TenantId;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.simple.JdbcClient;

final class JdbcOrderRecovery implements OrderRecovery {
    private static final Logger log = LoggerFactory.getLogger(JdbcOrderRecovery.class);

    /**
     * Every 55 seconds, so that with the second between two passes a loss is found within 60. Easing adds a quarter of
     * the time since the order last changed: its own steps are signs of life, and checks grow with its age's logarithm.
     */
    static final String CLAIM_CHECKS = """
            WITH due AS (
                SELECT task_id FROM task_order
                 WHERE tenant_id = current_tenant() AND finished_at IS NULL AND check_due_at <= now()
                   AND started_run_no = run_no
                 ORDER BY check_due_at
                 LIMIT :max
                   FOR NO KEY UPDATE SKIP LOCKED
            )
            UPDATE task_order o
               SET check_due_at = now() + CASE WHEN :easing
                       THEN least(greatest((now() - o.updated_at) / 4, interval '55 seconds'), interval '30 minutes')
                       ELSE interval '55 seconds' END
              FROM due
             WHERE o.tenant_id = current_tenant() AND o.task_id = due.task_id
            RETURNING o.task_id, o.run_no, o.env, o.idempotency_key
            """;

    /**
     * A row that is held is passed over, here and below, for whoever holds it leads to a look of its own: a grant and a
     * start set the time, a cancel's signal finds nobody, a step is one of a workflow that lives. In their order, for
     * without one each call would read past all that the calls before it have made due.
     */
    static final String MAKE_MORE_DUE = """
            WITH later AS (
                SELECT task_id FROM task_order
                 WHERE tenant_id = current_tenant() AND finished_at IS NULL AND check_due_at > now()
                 ORDER BY check_due_at
                 LIMIT :max
                   FOR NO KEY UPDATE SKIP LOCKED
            )
            UPDATE task_order o SET check_due_at = now()
              FROM later
             WHERE o.tenant_id = current_tenant() AND o.task_id = later.task_id
            """;

    private static final String CHECK_IN = """
            WITH these AS (
                SELECT task_id FROM task_order
                 WHERE tenant_id = current_tenant() AND task_id = ANY (:tasks) AND finished_at IS NULL
                   AND started_run_no = run_no
                   FOR NO KEY UPDATE SKIP LOCKED
            )
            UPDATE task_order o SET check_due_at = now() + :seconds * interval '1 second'
              FROM these
             WHERE o.tenant_id = current_tenant() AND o.task_id = these.task_id
            """;
    private static final String UNKNOWN = """
            SELECT t.task_id FROM unnest(:tasks) AS t (task_id)
             WHERE NOT EXISTS (SELECT FROM task_order o WHERE o.tenant_id = current_tenant() AND o.task_id = t.task_id)
            """;

    /** The first new run at once, each later one after twice the time, to a minute: a loss that repeats has a reason. */
    private static final String RUN_AGAIN = """
            UPDATE task_order
               SET run_no = run_no + 1, start_claims = 0, check_due_at = NULL,
                   start_due_at = now() + least(60, power(2, least(run_no, 10)) - 2) * interval '1 second'
             WHERE tenant_id = current_tenant() AND task_id = :task
            """;

    static final String OVERDUE = """
            SELECT task_id FROM task_order
             WHERE tenant_id = current_tenant() AND status = 'RUNNING' AND deadline < now() - interval '60 seconds'
             ORDER BY deadline
             LIMIT :max
            """;
    /**
     * Of workflows at rest, those whose row says that they should be at work: a step was forgotten by Temporal, or by a
     * PostgreSQL that came back as it was some time ago. One wake at a time: the one sent before may still be under way.
     */
    private static final String WAKE_ASLEEP = """
            INSERT INTO outbox (task_id, signal)
            SELECT o.task_id, 'wake'
              FROM task_order o
              LEFT JOIN attempt a
                ON a.tenant_id = o.tenant_id AND a.task_id = o.task_id AND a.state IN ('GRANTED', 'RUNNING', 'ANSWERED')
             WHERE o.tenant_id = current_tenant() AND o.task_id = ANY (:tasks)
               AND CASE WHEN o.status = 'PENDING'
                        THEN o.started_run_no = o.run_no AND o.updated_at < now() - interval '30 seconds'
                        WHEN o.status <> 'RUNNING' THEN false
                        WHEN a.task_id IS NULL
                        THEN o.waits_since IS NULL AND greatest(o.retry_at, o.updated_at) < now() - interval '30 seconds'
                        ELSE greatest(a.granted_at, a.started_at) < now() - interval '30 seconds' END
               AND NOT EXISTS (SELECT FROM outbox b WHERE b.tenant_id = o.tenant_id AND b.task_id = o.task_id)
            """;

    private final TenantTransactions transactions;
    private final JdbcClient jdbc;
    private final OrderTable orders;
    private final Settlement settlement;
    private final RecoveryNotes notes;
    private final MatchTrigger matcher;
    private final Outbox outbox;

    JdbcOrderRecovery(
            TenantTransactions transactions,
            JdbcClient jdbc,
            OrderTable orders,
            Settlement settlement,
            RecoveryNotes notes,
            MatchTrigger matcher) {
        this.transactions = transactions;
        this.jdbc = jdbc;
        this.orders = orders;
        this.settlement = settlement;
        this.notes = notes;
        this.matcher = matcher;
        this.outbox = new Outbox(jdbc);
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
    public int makeMoreDue(int max) {
        return transactions.in(() -> jdbc.sql(MAKE_MORE_DUE).param("max", max).update());
    }

    @Override
    public void checkIn(int seconds, List<UUID> taskIds) {
        UUID[] tasks = taskIds.toArray(UUID[]::new);
        transactions.run(() -> jdbc.sql(CHECK_IN)
                .param("seconds", seconds)
                .param("tasks", tasks)
                .update());
    }

    @Override
    public List<UUID> unknown(List<UUID> taskIds) {
        UUID[] tasks = taskIds.toArray(UUID[]::new);
        return transactions.in(
                () -> jdbc.sql(UNKNOWN).param("tasks", tasks).query(UUID.class).list());
    }

    @Override
    public void noteWithoutOrder(UUID taskId) {
        notes.withoutOrder(taskId);
    }

    @Override
    public int wakeAsleep(List<UUID> taskIds) {
        UUID[] tasks = taskIds.toArray(UUID[]::new);
        return transactions.in(() -> jdbc.sql(WAKE_ASLEEP).param("tasks", tasks).update());
    }

    @Override
    public boolean lost(UUID taskId, int runNo, Loss loss) {
        return ending(
                taskId, order -> order.runNo() == runNo && order.startedRunNo() == runNo, order -> act(order, loss));
    }

    /** Does this to an open order in its row; if that ended it, the matcher looks for whom it freed something. */
    private boolean ending(UUID taskId, Predicate<OrderRow> stillSo, Consumer<OrderRow> act) {
        Optional<OrderRow> before = transactions.in(() -> {
            Optional<OrderRow> order =
                    orders.lock(taskId).filter(row -> !row.status().isOver()).filter(stillSo);
            order.ifPresent(act);
            return order;
        });
        before.filter(OrderRow::concernsOthers).ifPresent(order -> matcher.run(order.env()));
        return before.isPresent();
    }

    private void act(OrderRow order, Loss loss) {
        if (loss == Loss.TERMINATED) {
            Ending ending =
                    new Ending(Status.CANCELLED, ResultCodes.TERMINATED, "its workflow was terminated in Temporal");
            settlement.settle(order, ending, RecoveryNotes.MAINTENANCE);
        } else if (loss == Loss.FAILED && order.status() != Status.PENDING) {
            Ending ending =
                    new Ending(Status.DEAD_LETTER, ResultCodes.WORKFLOW_FAILED, "its workflow failed in Temporal");
            settlement.settle(order, ending, RecoveryNotes.MAINTENANCE);
        } else {
            runAgain(order, loss);
        }
        notes.lost(order, loss);
    }

    private void runAgain(OrderRow order, Loss loss) {
        jdbc.sql(RUN_AGAIN).param("task", order.taskId()).update();
        notes.runsAgain(order, loss);
    }

    @Override
    public int settleOverdue(int max) {
        List<UUID> overdue = transactions.in(
                () -> jdbc.sql(OVERDUE).param("max", max).query(UUID.class).list());
        return (int) overdue.stream().filter(this::settledOverdue).count();
    }

    /** One transaction each: one order that cannot be settled does not keep the others waiting. */
    private boolean settledOverdue(UUID taskId) {
        try {
            return ending(
                    taskId,
                    order -> order.status() == Status.RUNNING && order.leftMs() != null && order.leftMs() < 0,
                    this::settleOverdue);
        } catch (RuntimeException e) {
            log.error("order {} is past its deadline and cannot be settled, will be tried again", taskId, e);
            return false;
        }
    }

    /** With a wake: its workflow is there, waits for something that does not come, and closes when it reads the row. */
    private void settleOverdue(OrderRow order) {
        settlement.settle(order, Ending.timedOut(order.timeoutMs()), RecoveryNotes.MAINTENANCE);
        outbox.wake(order.taskId());
    }
}
