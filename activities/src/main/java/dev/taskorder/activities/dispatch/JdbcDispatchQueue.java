package dev.taskorder.activities.dispatch;

import dev.taskorder.activities.json.Json;
import dev.taskorder.activities.tenant.SystemTransactions;
import dev.taskorder.activities.tenant.TenantTransactions;
import dev.taskorder.api.order.CancelSignal;
import dev.taskorder.api.tenant.TenantContext;
import dev.taskorder.api.tenant.TenantId;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.util.Comparator;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * The queue as rows. A claim is a due time in the future, so a claimer that dies leaves nothing to tidy up. All of it is
 * relaxed: a claim or an outcome that the database forgets is a start or a signal sent again, which is harmless.
 */
final class JdbcDispatchQueue implements DispatchQueue {
    private static final Logger log = LoggerFactory.getLogger(JdbcDispatchQueue.class);

    private static final String TENANTS_DUE = """
            SELECT tenant_id FROM task_order
             WHERE started_run_no < run_no AND finished_at IS NULL AND start_due_at <= now()
            UNION
            SELECT tenant_id FROM outbox WHERE due_at <= now()
            """;
    private static final String CLAIM_STARTS = """
            WITH due AS (
                SELECT task_id FROM task_order
                 WHERE tenant_id = current_tenant() AND started_run_no < run_no AND finished_at IS NULL
                   AND start_due_at <= now()
                 ORDER BY priority DESC, created_at, task_id
                 LIMIT :max
                   FOR UPDATE SKIP LOCKED
            )
            UPDATE task_order o
               SET start_due_at = now() + :claim_seconds * interval '1 second', start_claims = o.start_claims + 1
              FROM due
             WHERE o.tenant_id = current_tenant() AND o.task_id = due.task_id
            RETURNING o.task_id, o.run_no, o.env, o.idempotency_key, o.project_id, o.task_type, o.priority,
                      o.external_ref, o.description, o.traceparent, o.start_claims > 1 AS again, o.created_at,
                      coalesce((SELECT (p.body ->> 'fairness_weight')::real FROM tenant_policy p
                                 WHERE p.tenant_id = current_tenant() AND p.version = o.policy_version), 1) AS weight
            """;
    /**
     * Locked in one order, and never waited for: what holds such a row is its own first step, which notes the start
     * itself, or leaves the claim to run out, and then the start is repeated under the same request id.
     */
    private static final String TOLD = """
            WITH told AS (
                SELECT o.task_id, s.run_no
                  FROM jsonb_to_recordset(:starts::jsonb) AS s(task_id uuid, run_no int)
                  JOIN task_order o ON o.tenant_id = current_tenant() AND o.task_id = s.task_id
                 WHERE o.finished_at IS NULL AND %s
                 ORDER BY o.task_id
                   FOR NO KEY UPDATE OF o SKIP LOCKED
            )
            UPDATE task_order o SET %s FROM told t WHERE o.tenant_id = current_tenant() AND o.task_id = t.task_id
            """;

    private static final String STARTED = TOLD.formatted("o.started_run_no < s.run_no", """
            started_run_no = t.run_no, start_claims = 0, check_due_at = now() + interval '55 seconds'""");
    private static final String STARTED_BUT_CLOSED = TOLD.formatted("o.run_no = s.run_no", """
            run_no = o.run_no + 1, start_due_at = now() + interval '1 second'""");
    private static final String START_FAILED = TOLD.formatted("o.started_run_no < o.run_no", """
            start_due_at = now() + least(5000, 100 * power(2, least(o.start_claims, 10))) * interval '1 millisecond'""");
    /**
     * A later signal of an order waits while an earlier one of it is claimed or backs off. Only the oldest are read, and
     * all by the primary key (hence the difference of times): the statistics are mostly those of an empty table, and the
     * plan that suits one took minutes for a backlog of 50,000.
     */
    private static final String CLAIM_SIGNALS = """
            WITH oldest AS (
                SELECT outbox_id, task_id, due_at FROM outbox
                 WHERE tenant_id = current_tenant()
                 ORDER BY outbox_id
                 LIMIT 1000
            ), judged AS (
                SELECT outbox_id, due_at <= now() AS is_due,
                       coalesce(bool_or(due_at > now()) OVER (
                           PARTITION BY task_id ORDER BY outbox_id
                           ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), false) AS waits
                  FROM oldest
            ), due AS (
                SELECT outbox_id FROM outbox
                 WHERE tenant_id = current_tenant() AND due_at - now() <= interval '0'
                   AND outbox_id = ANY (ARRAY(SELECT outbox_id FROM judged WHERE is_due AND NOT waits))
                 ORDER BY outbox_id
                 LIMIT :max
                   FOR UPDATE SKIP LOCKED
            )
            UPDATE outbox b
               SET due_at = now() + :claim_seconds * interval '1 second', failures = b.failures + 1
              FROM task_order o
             WHERE b.tenant_id = current_tenant() AND b.outbox_id = ANY (ARRAY(SELECT outbox_id FROM due))
               AND o.tenant_id = b.tenant_id AND o.task_id = b.task_id
            RETURNING b.outbox_id, b.task_id, b.signal, b.payload, o.env, o.idempotency_key
            """;

    private static final String SIGNALLED = """
            DELETE FROM outbox WHERE tenant_id = current_tenant() AND outbox_id = ANY (:ids)
            """;
    /** Where the order's row is held the signal stays, and is tried again when its claim has run out. */
    private static final String UNDELIVERED = """
            WITH orders AS (
                SELECT o.task_id FROM task_order o
                 WHERE o.tenant_id = current_tenant()
                   AND o.task_id IN (SELECT task_id FROM outbox
                                      WHERE tenant_id = current_tenant() AND outbox_id = ANY (:ids))
                 ORDER BY o.task_id
                   FOR NO KEY UPDATE SKIP LOCKED
            ), asked AS (
                UPDATE task_order o SET check_due_at = now()
                  FROM orders
                 WHERE o.tenant_id = current_tenant() AND o.task_id = orders.task_id
                   AND o.finished_at IS NULL AND o.started_run_no = o.run_no
            )
            DELETE FROM outbox b
             USING orders
             WHERE b.tenant_id = current_tenant() AND b.task_id = orders.task_id AND b.outbox_id = ANY (:ids)
            """;

    private static final String SIGNAL_FAILED = """
            UPDATE outbox
               SET due_at = now() + least(5000, 100 * power(2, least(failures, 10))) * interval '1 millisecond'
             WHERE tenant_id = current_tenant() AND outbox_id = ANY (:ids)
            """;

    private record Claimed(StartDue start, OffsetDateTime createdAt) {}

    private record RunOf(UUID task_id, int run_no) {}

    private final TenantTransactions transactions;
    private final SystemTransactions system;
    private final JdbcClient jdbc;

    JdbcDispatchQueue(TenantTransactions transactions, SystemTransactions system, JdbcClient jdbc) {
        this.transactions = transactions;
        this.system = system;
        this.jdbc = jdbc;
    }

    @Override
    public List<TenantId> tenantsDue() {
        return system.in(() -> jdbc.sql(TENANTS_DUE)
                .query((row, rowNum) -> new TenantId(row.getString("tenant_id")))
                .list());
    }

    @Override
    public List<StartDue> claimStarts(int max) {
        TenantId tenant = TenantContext.required();
        List<Claimed> claimed = transactions.relaxed(() -> jdbc.sql(CLAIM_STARTS)
                .param("max", max)
                .param("claim_seconds", CLAIM_SECONDS)
                .query((row, rowNum) ->
                        new Claimed(start(row, tenant), row.getObject("created_at", OffsetDateTime.class)))
                .list());
        // UPDATE returns its rows in no order
        return claimed.stream()
                .sorted(Comparator.comparingInt((Claimed c) -> -c.start().priority())
                        .thenComparing(Claimed::createdAt)
                        .thenComparing(c -> c.start().taskId().toString()))
                .map(Claimed::start)
                .toList();
    }

    @Override
    public void started(List<StartDue> starts) {
        update(STARTED, starts);
    }

    @Override
    public void startedButClosed(List<StartDue> starts) {
        update(STARTED_BUT_CLOSED, starts);
    }

    @Override
    public void startFailed(List<StartDue> starts) {
        update(START_FAILED, starts);
    }

    @Override
    public List<SignalDue> claimSignals(int max) {
        return transactions.relaxed(() -> jdbc
                .sql(CLAIM_SIGNALS)
                .param("max", max)
                .param("claim_seconds", CLAIM_SECONDS)
                .query(JdbcDispatchQueue::signal)
                .list()
                .stream()
                .sorted(Comparator.comparingLong(SignalDue::outboxId))
                .toList());
    }

    @Override
    public void signalled(List<Long> outboxIds) {
        update(SIGNALLED, outboxIds.toArray(Long[]::new));
    }

    @Override
    public void undelivered(List<Long> outboxIds) {
        update(UNDELIVERED, outboxIds.toArray(Long[]::new));
    }

    @Override
    public void signalFailed(List<Long> outboxIds) {
        update(SIGNAL_FAILED, outboxIds.toArray(Long[]::new));
    }

    private void update(String sql, List<StartDue> starts) {
        List<RunOf> runs = starts.stream()
                .map(start -> new RunOf(start.taskId(), start.runNo()))
                .toList();
        transactions.relaxed(
                () -> jdbc.sql(sql).param("starts", Json.write(runs)).update());
    }

    private void update(String sql, Long[] ids) {
        transactions.relaxed(() -> jdbc.sql(sql).param("ids", ids).update());
    }

    private static StartDue start(ResultSet row, TenantId tenant) throws SQLException {
        return new StartDue(
                tenant,
                row.getObject("task_id", UUID.class),
                row.getInt("run_no"),
                row.getString("env"),
                row.getString("idempotency_key"),
                row.getString("project_id"),
                row.getString("task_type"),
                row.getInt("priority"),
                row.getString("external_ref"),
                row.getString("description"),
                row.getString("traceparent"),
                row.getFloat("weight"),
                row.getBoolean("again"));
    }

    private static SignalDue signal(ResultSet row, int rowNum) throws SQLException {
        return new SignalDue(
                row.getLong("outbox_id"),
                row.getObject("task_id", UUID.class),
                row.getString("env"),
                row.getString("idempotency_key"),
                signal(row.getLong("outbox_id"), row.getString("signal"), row.getString("payload")));
    }

    /** One that cannot be read holds up nobody: it becomes a wake, for what it was about is on the row, too. */
    private static SignalDue.Signal signal(long outboxId, String name, @Nullable String payload) {
        try {
            return signal(name, payload);
        } catch (RuntimeException e) {
            log.error("signal {} of the outbox cannot be read and is sent as a wake: {}", outboxId, name, e);
            return new SignalDue.Signal.Wake();
        }
    }

    private static SignalDue.Signal signal(String name, @Nullable String payload) {
        return switch (name) {
            case "wake" -> new SignalDue.Signal.Wake();
            case "cancel" -> new SignalDue.Signal.Cancel(cancel(payload));
            case "reprioritise" -> new SignalDue.Signal.Reprioritised();
            default -> throw new IllegalStateException("no signal is named '" + name + "'");
        };
    }

    private static CancelSignal cancel(@Nullable String payload) {
        if (payload == null) {
            throw new IllegalStateException("a cancel needs a payload and has none");
        }
        return Json.read(payload, CancelSignal.class);
    }
}
