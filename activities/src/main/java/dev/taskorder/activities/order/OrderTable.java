package dev.taskorder.activities.order;

import dev.taskorder.activities.control.Held;
import dev.taskorder.activities.ledger.OrderAccount;
import dev.taskorder.api.order.Status;
import dev.taskorder.api.order.TaskOrderSpec;
import java.math.BigDecimal;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/** The changes that steps make to an order's row. Each adds one to {@code task_version} unless it says otherwise. */
final class OrderTable {
    private static final String COLUMNS = """
            status, run_no, started_run_no, priority, timeout_ms, task_type, task_category, policy_version, retention_key, attempt, retries, losses,
            lease_ids <> '{}' AS holds_leases, waits_since IS NOT NULL AS waits,
            cancel_requested_at IS NOT NULL AS cancel_requested, cancel_reason, cancel_requested_by,
            (extract(epoch FROM deadline - clock_timestamp()) * 1000)::bigint AS left_ms,
            (extract(epoch FROM clock_timestamp() - queued_at) * 1000)::bigint AS queued_ms,
            (extract(epoch FROM hold_until - clock_timestamp()) * 1000)::bigint AS hold_left_ms,
            refusal ->> 'code' AS refusal_code, refusal ->> 'message' AS refusal_message,
            (extract(epoch FROM retry_at - clock_timestamp()) * 1000)::bigint AS retry_in_ms,
            (constraints ->> 'max_retries')::int AS max_retries,
            (constraints ->> 'max_queue_ms')::bigint AS max_queue_ms,
            (SELECT awaited_in <> '{}' FROM tenant_usage u WHERE u.tenant_id = current_tenant() AND u.part = 0)
                AS places_awaited,
            """ + OrderAccount.COLUMNS;
    private static final String LOCK = """
            SELECT %s
              FROM task_order
             WHERE tenant_id = current_tenant() AND task_id = :task
               FOR UPDATE
            """.formatted(COLUMNS);
    /** With its event, for every order goes through here on its way to its executor. */
    private static final String ENQUEUE = """
            WITH queued AS (
                UPDATE task_order
                   SET status = 'QUEUED', queued_at = clock_timestamp(), waits_since = clock_timestamp(),
                       started_run_no = run_no,
                       check_due_at = clock_timestamp() + interval '55 seconds',
                       task_version = task_version + 1, updated_at = clock_timestamp()
                 WHERE tenant_id = current_tenant() AND task_id = :task AND run_no = :run_no AND status = 'PENDING'
                RETURNING *
            ), told AS (
                INSERT INTO task_event (object_type, object_id, type, actor, data)
                SELECT 'task_order', task_id, 'task_order.queued', 'workflow', '{}' FROM queued
            )
            SELECT %s FROM queued
            """.formatted(COLUMNS);
    /** Bookkeeping of the run, not a change of the order: the version stays. */
    private static final String STARTED = """
            UPDATE task_order
               SET started_run_no = run_no, check_due_at = clock_timestamp() + interval '55 seconds'
             WHERE tenant_id = current_tenant() AND task_id = :task AND started_run_no < run_no
            """;

    private static final String LOOK_SOON = """
            UPDATE task_order SET check_due_at = least(check_due_at, clock_timestamp() + interval '2 seconds')
             WHERE tenant_id = current_tenant() AND task_id = :task AND started_run_no = run_no AND finished_at IS NULL
            """;

    private static final String REQUEST_CANCEL = """
            WITH asked AS (
                UPDATE task_order
                   SET cancel_requested_at = clock_timestamp(), cancel_reason = :reason, cancel_requested_by = :by,
                       task_version = task_version + 1, updated_at = clock_timestamp()
                 WHERE tenant_id = current_tenant() AND task_id = :task
                RETURNING *
            ), told AS (
                INSERT INTO task_event (object_type, object_id, type, actor, data)
                SELECT 'task_order', task_id, 'task_order.updated', :by,
                       jsonb_build_object('what', 'cancel requested', 'message', :reason::text)
                  FROM asked
            )
            SELECT %s FROM asked
            """.formatted(COLUMNS);
    private static final String PLAN_RETRY = """
            UPDATE task_order
               SET retries = retries + :counted, losses = losses + 1 - :counted,
                   retry_at = clock_timestamp() + :backoff_ms * interval '1 millisecond',
                   task_version = task_version + 1, updated_at = clock_timestamp()
             WHERE tenant_id = current_tenant() AND task_id = :task
            RETURNING %s,
                   EXISTS (SELECT FROM budget b WHERE b.tenant_id = current_tenant() AND b.env = task_order.env) AS budgeted
            """.formatted(OrderAccount.COLUMNS);
    /** Those that an attempt has begun with are paid for, and serve the next one too. */
    private static final String LEASES_PAID = """
            SELECT coalesce(sum(unit_cost), 0) FROM lease
             WHERE tenant_id = current_tenant() AND task_id = :task AND used
            """;

    /** Unless no attempt may begin now, as this statement sees it. */
    private static final String NEXT_ATTEMPT = """
            UPDATE task_order
               SET attempt = attempt + 1, retry_at = NULL,
                   task_version = task_version + 1, updated_at = clock_timestamp()
             WHERE tenant_id = current_tenant() AND task_id = :task AND %s < %d
            """.formatted(Held.IN_FORCE, Held.ALL.strength());

    private static final String UNBIND = """
            UPDATE task_order
               SET lease_ids = ARRAY(SELECT id FROM unnest(lease_ids) AS id WHERE id <> ALL (:leases)),
                   task_version = task_version + 1, updated_at = clock_timestamp()
             WHERE tenant_id = current_tenant() AND task_id = :task
            """;
    private static final String LACKS_LEASES = """
            SELECT cardinality(lease_ids) < (SELECT coalesce(sum((hint ->> 'min_count')::int), 0)
                                               FROM jsonb_array_elements(resource_hints) AS hint)
              FROM task_order
             WHERE tenant_id = current_tenant() AND task_id = :task
            """;
    /** A demand of its own, which no other order has: nobody else wants just what it lacks. Seen by nobody, so no version. */
    private static final String WAIT_FOR_LEASES = """
            UPDATE task_order
               SET waits_since = coalesce(waits_since, clock_timestamp()), demand = '~' || task_id,
                   hold_until = CASE WHEN lease_ids <> '{}' THEN
                       coalesce(hold_until, clock_timestamp() + :hold_ms * interval '1 millisecond') END
             WHERE tenant_id = current_tenant() AND task_id = :task
            """;

    private static final String HOLD_NOTHING = """
            UPDATE task_order
               SET lease_ids = '{}', hold_until = NULL,
                   task_version = task_version + 1, updated_at = clock_timestamp()
             WHERE tenant_id = current_tenant() AND task_id = :task
            """;
    private static final String REPRIORITISE = """
            UPDATE task_order
               SET priority = :priority, task_version = task_version + 1, updated_at = clock_timestamp()
             WHERE tenant_id = current_tenant() AND task_id = :task AND priority <> :priority
            """;
    /** The tags stand in the row in their order, and in a table of their own to be found by. */
    private static final String CHANGE = """
            WITH untagged AS (
                DELETE FROM task_tag WHERE tenant_id = current_tenant() AND tag = ANY (:gone) AND task_id = :task
            ), tagged AS (
                INSERT INTO task_tag (tag, task_id) SELECT tag, :task FROM unnest(:added) AS tag ORDER BY tag
            )
            UPDATE task_order
               SET priority = :priority, tags = :tags, description = :description, max_total_cost = :max_total_cost,
                   task_version = task_version + 1, updated_at = clock_timestamp()
             WHERE tenant_id = current_tenant() AND task_id = :task
            """;

    /** Its own row may say by now that it waits no more. */
    static final String STOOD_FIRST = """
            SELECT coalesce((
                   SELECT (-s.priority, s.created_at, s.task_id) > (-o.priority, o.created_at, o.task_id)
                     FROM task_order s
                    WHERE s.tenant_id = current_tenant() AND s.env = o.env AND s.demand = o.demand
                      AND s.waits_since IS NOT NULL AND s.cancel_requested_at IS NULL AND s.task_id <> o.task_id
                    ORDER BY s.priority DESC, s.created_at, s.task_id
                    LIMIT 1), true)
              FROM task_order o
             WHERE o.tenant_id = current_tenant() AND o.task_id = :task
            """;

    private static final String SETTLE = """
            UPDATE task_order
               SET status = :status, result_code = :code, result_message = :message,
                   output = coalesce(:output::jsonb, output), finished_at = clock_timestamp(),
                   started_run_no = run_no, lease_ids = '{}', retry_at = NULL, check_due_at = NULL,
                   waits_since = NULL, hold_until = NULL,
                   task_version = task_version + 1, updated_at = clock_timestamp()
             WHERE tenant_id = current_tenant() AND task_id = :task
            """;

    private final JdbcClient jdbc;

    OrderTable(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    Optional<OrderRow> lock(UUID taskId) {
        return jdbc.sql(LOCK).param("task", taskId).query(OrderTable::row).optional();
    }

    /** Puts an order of this run into the queue; the row as it is then, locked, or empty if it was not PENDING. */
    Optional<OrderRow> enqueue(UUID taskId, int runNo) {
        return jdbc.sql(ENQUEUE)
                .param("task", taskId)
                .param("run_no", runNo)
                .query(OrderTable::row)
                .optional();
    }

    void markStarted(UUID taskId) {
        jdbc.sql(STARTED).param("task", taskId).update();
    }

    /** Has recovery ask Temporal for the run of an order that is not over, as soon as another run of it has had time to end. */
    void lookSoon(UUID taskId) {
        jdbc.sql(LOOK_SOON).param("task", taskId).update();
    }

    /** Records the wish, with its event; the row as it is then. */
    OrderRow requestCancel(UUID taskId, String reason, String requestedBy) {
        return jdbc.sql(REQUEST_CANCEL)
                .param("task", taskId)
                .param("reason", reason)
                .param("by", requestedBy)
                .query(OrderTable::row)
                .single();
    }

    /**
     * An order whose next attempt is planned.
     *
     * @param account its money, after all that was posted in this transaction
     * @param budgeted whether its env has budgets
     */
    record Planned(OrderAccount account, boolean budgeted) {}

    /** Plans the next attempt; {@code counted} ones use up a retry, the others are losses. */
    Planned planRetry(UUID taskId, boolean counted, long backoffMs) {
        return jdbc.sql(PLAN_RETRY)
                .param("task", taskId)
                .param("counted", counted ? 1 : 0)
                .param("backoff_ms", backoffMs)
                .query((row, rowNum) -> new Planned(OrderAccount.of(row), row.getBoolean("budgeted")))
                .single();
    }

    /** What was paid for all leases that it ever began an attempt with. */
    BigDecimal paidForLeases(UUID taskId) {
        return jdbc.sql(LEASES_PAID)
                .param("task", taskId)
                .query(BigDecimal.class)
                .single();
    }

    /** Whether it may begin now; if not, nothing is changed. */
    boolean nextAttempt(UUID taskId) {
        return jdbc.sql(NEXT_ATTEMPT).param("task", taskId).update() == 1;
    }

    /** These leases are the order's no more. */
    void unbind(UUID taskId, List<UUID> leaseIds) {
        jdbc.sql(UNBIND)
                .param("task", taskId)
                .param("leases", leaseIds.toArray(UUID[]::new))
                .update();
    }

    /** Whether it has fewer leases than its hints ask for. */
    boolean lacksLeases(UUID taskId) {
        return jdbc.sql(LACKS_LEASES).param("task", taskId).query(Boolean.class).single();
    }

    /** From now on the matcher owes a running order the leases that it lacks; those that it has it keeps for so long. */
    void waitForLeases(UUID taskId, long holdMs) {
        jdbc.sql(WAIT_FOR_LEASES).param("task", taskId).param("hold_ms", holdMs).update();
    }

    /** It has given back all that it had. */
    void holdNothing(UUID taskId) {
        jdbc.sql(HOLD_NOTHING).param("task", taskId).update();
    }

    /** Whether the priority was another one before. */
    boolean reprioritise(UUID taskId, int priority) {
        return jdbc.sql(REPRIORITISE)
                        .param("task", taskId)
                        .param("priority", priority)
                        .update()
                == 1;
    }

    /** Makes of what the order was, as it is locked, what it is to be: priority, tags, description and ceiling. */
    void change(UUID taskId, TaskOrderSpec before, TaskOrderSpec after) {
        jdbc.sql(CHANGE)
                .param("task", taskId)
                .param("priority", after.priority())
                .param("tags", after.tags().toArray(String[]::new))
                .param("gone", without(before.tags(), after.tags()))
                .param("added", without(after.tags(), before.tags()))
                .param("description", after.description(), Types.VARCHAR)
                .param("max_total_cost", after.maxTotalCost(), Types.NUMERIC)
                .update();
    }

    private static String[] without(List<String> all, List<String> others) {
        return all.stream().filter(one -> !others.contains(one)).toArray(String[]::new);
    }

    /** Whether nobody stands before it who wants the same: only the first of a line holds up others. */
    boolean stoodFirst(UUID taskId) {
        return jdbc.sql(STOOD_FIRST).param("task", taskId).query(Boolean.class).single();
    }

    void settle(UUID taskId, Ending ending, @Nullable String output) {
        jdbc.sql(SETTLE)
                .param("task", taskId)
                .param("status", ending.status().name())
                .param("code", ending.code())
                .param("message", ending.message(), Types.VARCHAR)
                .param("output", output, Types.VARCHAR)
                .update();
    }

    private static OrderRow row(ResultSet row, int rowNum) throws SQLException {
        return new OrderRow(
                Status.valueOf(row.getString("status")),
                row.getInt("run_no"),
                row.getInt("started_run_no"),
                row.getInt("priority"),
                row.getLong("timeout_ms"),
                row.getString("task_type"),
                row.getString("task_category"),
                OrderAccount.of(row),
                row.getInt("policy_version"),
                row.getString("retention_key"),
                row.getInt("attempt"),
                row.getInt("retries"),
                row.getInt("losses"),
                row.getBoolean("holds_leases"),
                row.getBoolean("waits"),
                row.getBoolean("cancel_requested"),
                row.getString("cancel_reason"),
                row.getString("cancel_requested_by"),
                row.getObject("left_ms", Long.class),
                row.getObject("queued_ms", Long.class),
                row.getObject("hold_left_ms", Long.class),
                row.getString("refusal_code"),
                row.getString("refusal_message"),
                row.getObject("retry_in_ms", Long.class),
                row.getObject("max_retries", Integer.class),
                row.getObject("max_queue_ms", Long.class),
                row.getBoolean("places_awaited"));
    }
}
