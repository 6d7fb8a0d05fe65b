package dev.taskorder.activities.explain;

import dev.taskorder.activities.control.OrderPauses;
import dev.taskorder.activities.json.Json;
import dev.taskorder.activities.matching.WaitingReasons;
import dev.taskorder.activities.policy.PolicyVersions;
import dev.taskorder.activities.tenant.TenantTransactions;
import dev.taskorder.api.explain.Blocker;
import dev.taskorder.api.explain.Explanation;
import dev.taskorder.api.explain.Explanations;
import dev.taskorder.api.order.Status;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

final class JdbcExplanations implements Explanations {
    private static final String STORY = """
            SELECT o.task_id, o.status, o.waits_since IS NOT NULL AS waits, o.created_at, o.start_claims,
                   o.started_run_no < o.run_no AS start_is_ahead, o.policy_version, o.queued_at,
                   (o.constraints ->> 'max_queue_ms')::bigint AS max_queue_ms, o.hold_until, o.deadline,
                   CASE WHEN o.retry_at > now() THEN o.retry_at END AS retry_at,
                   o.finished_at, o.result_code, o.result_message, o.cancel_requested_at IS NOT NULL AS cancel_requested,
                   coalesce(a.number, 0) AS attempt, a.state AS attempt_state,
                   coalesce(a.finished_at, a.started_at, a.granted_at) AS attempt_since, a.executor,
                   coalesce((a.result_code, a.result_message) IS NOT DISTINCT FROM (o.result_code, o.result_message), false)
                       AS attempt_ended_it,
                   o.env, coalesce(o.refusal -> 'too_small', '[]') AS too_small,
                   CASE WHEN o.finished_at IS NOT NULL THEN
                        coalesce(
                        (SELECT e.actor FROM task_event e
                          WHERE e.tenant_id = current_tenant() AND e.object_type = 'task_order'
                            AND e.object_id = o.task_id::text AND e.seq IS NULL AND e.type <> 'task_order.updated'
                          ORDER BY e.event_no DESC LIMIT 1),
                        (SELECT t.actor FROM timeline t
                          WHERE t.tenant_id = current_tenant() AND t.task_id = o.task_id AND t.type <> 'task_order.updated'
                          ORDER BY t.event_no DESC LIMIT 1)) END AS ended_by
              FROM task_order o
              LEFT JOIN LATERAL (
                   SELECT * FROM attempt t
                    WHERE t.tenant_id = current_tenant() AND t.task_id = o.task_id
                    ORDER BY t.number DESC LIMIT 1) a ON true
             WHERE o.tenant_id = current_tenant() AND o.task_id = :task
            """;

    private final TenantTransactions transactions;
    private final JdbcClient jdbc;
    private final WaitingReasons waiting;
    private final PolicyVersions policies;
    private final OrderPauses pauses;

    JdbcExplanations(
            TenantTransactions transactions,
            JdbcClient jdbc,
            WaitingReasons waiting,
            PolicyVersions policies,
            OrderPauses pauses) {
        this.transactions = transactions;
        this.jdbc = jdbc;
        this.waiting = waiting;
        this.policies = policies;
        this.pauses = pauses;
    }

    @Override
    public Optional<Explanation> of(UUID taskId) {
        return transactions.in(() -> jdbc.sql(STORY)
                .param("task", taskId)
                .query(JdbcExplanations::story)
                .optional()
                .map(this::explain));
    }

    private Explanation explain(Story story) {
        if (story.status().isOver()) {
            return explained(story, Ended.of(story));
        }
        List<Blocker> paused = Paused.concern(story) ? Paused.blockers(story, pauses.inForce()) : List.of();
        boolean isRedriven = story.status() == Status.QUEUED && !story.waits();
        if (story.status() == Status.PENDING || isRedriven) {
            return explained(story, both(paused, List.of(Going.waitingForStart(story))));
        }
        // the matcher passes over one that is to be cancelled, so nothing that it lacks keeps it
        boolean stands = story.waits() && !story.cancelRequested();
        Optional<WaitingReasons.Waiting> reasons = stands ? waiting.of(story.taskId()) : Optional.empty();
        return reasons.map(found -> new WaitingReasons.Waiting(found.place(), both(paused, found.blockers())))
                .map(found -> new Explanation(
                        story.taskId(),
                        story.status(),
                        Summaries.ofWaiting(story, found, endsBy(story)),
                        found.place(),
                        found.blockers()))
                .orElseGet(() -> explained(story, both(paused, Going.on(story))));
    }

    private static List<Blocker> both(List<Blocker> first, List<Blocker> others) {
        return Stream.concat(first.stream(), others.stream()).toList();
    }

    /** When it ends by itself if it still stands in the queue then. */
    private @Nullable Instant endsBy(Story story) {
        Long max = story.maxQueueMs() == null
                ? policies.version(story.policyVersion()).defaults().maxQueueMs()
                : story.maxQueueMs();
        return story.status() != Status.QUEUED || max == null || story.queuedAt() == null
                ? null
                : story.queuedAt().plusMillis(max);
    }

    private static Explanation explained(Story story, List<Blocker> blockers) {
        return new Explanation(story.taskId(), story.status(), Summaries.of(story, blockers), null, blockers);
    }

    private static Story story(ResultSet row, int rowNum) throws SQLException {
        return new Story(
                row.getObject("task_id", UUID.class),
                Status.valueOf(row.getString("status")),
                row.getBoolean("waits"),
                row.getObject("created_at", OffsetDateTime.class).toInstant(),
                row.getInt("start_claims"),
                row.getBoolean("start_is_ahead"),
                row.getInt("policy_version"),
                instant(row, "queued_at"),
                row.getObject("max_queue_ms", Long.class),
                instant(row, "hold_until"),
                instant(row, "deadline"),
                instant(row, "retry_at"),
                instant(row, "finished_at"),
                row.getString("result_code"),
                row.getString("result_message"),
                row.getBoolean("cancel_requested"),
                row.getInt("attempt"),
                row.getString("attempt_state"),
                instant(row, "attempt_since"),
                row.getBoolean("attempt_ended_it"),
                row.getString("executor"),
                row.getString("env"),
                Json.list(row.getString("too_small"), String.class),
                row.getString("ended_by"));
    }

    private static @Nullable Instant instant(ResultSet row, String column) throws SQLException {
        OffsetDateTime time = row.getObject(column, OffsetDateTime.class);
        return time == null ? null : time.toInstant();
    }
}
