package dev.taskorder.activities.operation;

import dev.taskorder.activities.json.Json;
import dev.taskorder.api.operation.BulkOperation;
import dev.taskorder.api.operation.BulkOperation.Kind;
import dev.taskorder.api.operation.BulkOperation.State;
import dev.taskorder.api.operation.BulkOperations;
import dev.taskorder.api.order.TaskOrderFilter;
import java.math.BigDecimal;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Owns {@code bulk_operation} and {@code bulk_operation_order}. Whoever changes one of them has the operation's row locked. */
final class OperationTable {
    /** One that is about no order is done at once, and so is a dry run. */
    private static final String INSERT = """
            INSERT INTO bulk_operation (operation_id, kind, state, dry_run, filter, reason, asked_by, rate_per_second, matched,
                   estimates, finished_at, due_at)
            SELECT :operation, :kind, CASE WHEN :at_once THEN 'DONE' ELSE 'RUNNING' END, :dry_run, :filter::jsonb, :reason, :by,
                   :rate, :matched, :estimates::jsonb, CASE WHEN :at_once THEN now() END, CASE WHEN NOT :at_once THEN now() END
            """;

    private static final String FREEZE = """
            INSERT INTO bulk_operation_order (operation_id, task_id)
            SELECT :operation, task_id FROM unnest(:tasks) AS task_id ORDER BY task_id
            """;
    private static final String READ = """
            SELECT operation_id, kind, state, dry_run, matched, done, failed, estimates, waits_for, created_at, finished_at
              FROM bulk_operation
             WHERE tenant_id = current_tenant() AND operation_id = :operation
            """;
    private static final String FAILURES = """
            SELECT task_id, problem
              FROM bulk_operation_order
             WHERE tenant_id = current_tenant() AND operation_id = :operation AND state = 'FAILED'
             ORDER BY task_id
             LIMIT :max
            """;
    /** Waits for whoever is at work on it. What was ended has a workflow that is to be told, whatever becomes of the rest. */
    private static final String ABORT = """
            UPDATE bulk_operation
               SET state = 'ABORTED', finished_at = now(), waits_for = NULL, due_at = now()
             WHERE tenant_id = current_tenant() AND operation_id = :operation AND state = 'RUNNING'
            """;

    /** No more than fifty with one look, whatever the rate: each is a transaction, and those of other tenants wait for theirs. */
    private static final String COLUMNS = """
            SELECT operation_id, kind, state, reason, asked_by, rate_per_second,
                   least(50, 2 * rate_per_second,
                         floor(extract(epoch FROM clock_timestamp() - paced_at) * rate_per_second))::int AS may
              FROM bulk_operation
             WHERE tenant_id = current_tenant()
            """;

    static final String LOCK_DUE =
            COLUMNS + "AND due_at <= now() ORDER BY due_at LIMIT 1 FOR NO KEY UPDATE SKIP LOCKED";
    private static final String LOCK = COLUMNS + "AND operation_id = :operation FOR NO KEY UPDATE";

    /** Of each state by itself, for the index has none of them in order together: all that is left would be read and sorted. */
    static final String LEFT = """
            SELECT l.task_id, l.state
              FROM unnest(:states) AS s (state)
             CROSS JOIN LATERAL (
                   SELECT i.task_id, i.state, i.tries
                     FROM bulk_operation_order i
                    WHERE i.tenant_id = current_tenant() AND i.operation_id = :operation AND i.state = s.state COLLATE "C"
                      AND i.state IN ('TODO', 'ALONE', 'WAKE')
                    ORDER BY i.tries, i.task_id
                    LIMIT :max) l
             ORDER BY l.tries, l.task_id
             LIMIT :max
            """;

    private static final String IS_LEFT = """
            SELECT EXISTS (SELECT FROM bulk_operation_order
                            WHERE tenant_id = current_tenant() AND operation_id = :operation AND task_id = :task
                              AND state IN ('TODO', 'ALONE'))
            """;
    private static final String NOTE = """
            UPDATE bulk_operation_order i
               SET state = n.state, problem = n.problem
              FROM jsonb_to_recordset(:notes::jsonb) AS n(task_id uuid, state text, problem text)
             WHERE i.tenant_id = current_tenant() AND i.operation_id = :operation AND i.task_id = n.task_id
            """;
    private static final String COUNT = """
            UPDATE bulk_operation
               SET done = done + :more_done, failed = failed + :more_failed, waits_for = NULL,
                   state = CASE WHEN state = 'RUNNING' AND done + failed + :more_done + :more_failed = matched THEN 'DONE' ELSE state END,
                   finished_at = CASE WHEN state = 'RUNNING' AND done + failed + :more_done + :more_failed = matched
                                      THEN clock_timestamp() ELSE finished_at END
             WHERE tenant_id = current_tenant() AND operation_id = :operation
            """;
    private static final String NEXT_LOOK = """
            UPDATE bulk_operation
               SET due_at = clock_timestamp() + :wait_ms * interval '1 millisecond', waits_for = :waits_for
             WHERE tenant_id = current_tenant() AND operation_id = :operation
            """;
    private static final String PACED = """
            UPDATE bulk_operation SET paced_at = clock_timestamp()
             WHERE tenant_id = current_tenant() AND operation_id = :operation
            """;
    private static final String NOTHING_LEFT = """
            UPDATE bulk_operation SET due_at = NULL WHERE tenant_id = current_tenant() AND operation_id = :operation
            """;
    private static final String FORGET = """
            DELETE FROM bulk_operation_order i
             USING bulk_operation o
             WHERE i.tenant_id = current_tenant() AND i.operation_id = :operation AND i.state <> 'FAILED'
               AND o.tenant_id = i.tenant_id AND o.operation_id = i.operation_id AND o.due_at IS NULL
            """;
    private static final String TRIED = """
            UPDATE bulk_operation_order
               SET tries = tries + 1, state = CASE WHEN tries + 1 >= :max THEN 'FAILED' ELSE state END,
                   problem = CASE WHEN tries + 1 >= :max THEN 'internal_error' END
             WHERE tenant_id = current_tenant() AND operation_id = :operation AND task_id = :task AND state IN ('TODO', 'ALONE')
            RETURNING state = 'FAILED' AS failed
            """;

    private final JdbcClient jdbc;

    OperationTable(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /** What is wanted. */
    record Wanted(
            Kind kind,
            TaskOrderFilter filter,
            boolean dryRun,
            @Nullable String reason,
            String askedBy,
            int ratePerSecond,
            @Nullable Map<String, BigDecimal> estimates) {
        Wanted costing(Map<String, BigDecimal> amounts) {
            return new Wanted(kind, filter, dryRun, reason, askedBy, ratePerSecond, amounts);
        }
    }

    /**
     * An operation that is locked.
     *
     * @param may how many its rate allows by now
     */
    record Work(
            UUID operationId,
            Kind kind,
            State state,
            @Nullable String reason,
            String askedBy,
            int ratePerSecond,
            int may) {}

    /** An order that is left, and what is left of it. */
    record Left(UUID taskId, Step step) {}

    /** What is still to be done to an order. */
    enum Step {
        /** All. */
        TODO,
        /** All, and by itself. */
        ALONE,
        /** Its workflow is to be told. */
        WAKE
    }

    /** What became of an order; names are those of the recordset above. */
    record Note(UUID task_id, String state, @Nullable String problem) {
        static Note done(UUID taskId) {
            return new Note(taskId, "DONE", null);
        }

        static Note toWake(UUID taskId) {
            return new Note(taskId, Step.WAKE.name(), null);
        }

        static Note alone(UUID taskId) {
            return new Note(taskId, Step.ALONE.name(), null);
        }

        static Note failed(UUID taskId, String problem) {
            return new Note(taskId, "FAILED", problem);
        }

        boolean isDone() {
            return state.equals("DONE") || state.equals(Step.WAKE.name());
        }

        boolean isFailed() {
            return state.equals("FAILED");
        }
    }

    void insert(UUID operationId, Wanted wanted, List<UUID> taskIds) {
        boolean atOnce = wanted.dryRun() || taskIds.isEmpty();
        jdbc.sql(INSERT)
                .param("operation", operationId)
                .param("kind", wanted.kind().name())
                .param("at_once", atOnce)
                .param("dry_run", wanted.dryRun())
                .param("filter", Json.write(wanted.filter()))
                .param("reason", wanted.reason(), Types.VARCHAR)
                .param("by", wanted.askedBy())
                .param("rate", wanted.ratePerSecond())
                .param("matched", taskIds.size())
                .param("estimates", wanted.estimates() == null ? null : Json.write(wanted.estimates()), Types.VARCHAR)
                .update();
        if (!atOnce) {
            jdbc.sql(FREEZE)
                    .param("operation", operationId)
                    .param("tasks", taskIds.toArray(UUID[]::new))
                    .update();
        }
    }

    Optional<BulkOperation> find(UUID operationId) {
        return jdbc.sql(READ)
                .param("operation", operationId)
                .query((row, rowNum) -> operation(row))
                .optional();
    }

    private BulkOperation operation(ResultSet row) throws SQLException {
        UUID id = row.getObject("operation_id", UUID.class);
        int failed = row.getInt("failed");
        String estimates = row.getString("estimates");
        OffsetDateTime finishedAt = row.getObject("finished_at", OffsetDateTime.class);
        return new BulkOperation(
                id,
                Kind.valueOf(row.getString("kind")),
                State.valueOf(row.getString("state")),
                row.getBoolean("dry_run"),
                row.getInt("matched"),
                row.getInt("done"),
                failed,
                estimates == null ? Map.of() : amounts(estimates),
                row.getString("waits_for"),
                row.getObject("created_at", OffsetDateTime.class).toInstant(),
                finishedAt == null ? null : finishedAt.toInstant(),
                failed == 0 ? List.of() : failures(id));
    }

    private static Map<String, BigDecimal> amounts(String json) {
        Map<String, BigDecimal> amounts = new TreeMap<>();
        Json.object(json).forEach((currency, amount) -> amounts.put(currency, new BigDecimal(String.valueOf(amount))));
        return amounts;
    }

    private List<BulkOperation.Failure> failures(UUID operationId) {
        return jdbc.sql(FAILURES)
                .param("operation", operationId)
                .param("max", BulkOperations.FAILURES_MAX)
                .query((row, rowNum) ->
                        new BulkOperation.Failure(row.getObject("task_id", UUID.class), row.getString("problem")))
                .list();
    }

    void abort(UUID operationId) {
        jdbc.sql(ABORT).param("operation", operationId).update();
    }

    /** One that is due and that nobody is at work on. */
    Optional<Work> lockDue() {
        return jdbc.sql(LOCK_DUE).query(OperationTable::work).optional();
    }

    Work lock(UUID operationId) {
        return jdbc.sql(LOCK)
                .param("operation", operationId)
                .query(OperationTable::work)
                .single();
    }

    private static Work work(ResultSet row, int rowNum) throws SQLException {
        return new Work(
                row.getObject("operation_id", UUID.class),
                Kind.valueOf(row.getString("kind")),
                State.valueOf(row.getString("state")),
                row.getString("reason"),
                row.getString("asked_by"),
                row.getInt("rate_per_second"),
                row.getInt("may"));
    }

    /** Orders of which one of these steps is left, those that failed least first. */
    List<Left> left(UUID operationId, int max, Step... steps) {
        String[] states = new String[steps.length];
        for (int i = 0; i < steps.length; i++) {
            states[i] = steps[i].name();
        }
        return jdbc.sql(LEFT)
                .param("operation", operationId)
                .param("states", states)
                .param("max", max)
                .query((row, rowNum) ->
                        new Left(row.getObject("task_id", UUID.class), Step.valueOf(row.getString("state"))))
                .list();
    }

    boolean isLeft(UUID operationId, UUID taskId) {
        return jdbc.sql(IS_LEFT)
                .param("operation", operationId)
                .param("task", taskId)
                .query(Boolean.class)
                .single();
    }

    /** Writes down what became of orders and counts them; with the last of them the operation is DONE. */
    void note(UUID operationId, List<Note> notes) {
        jdbc.sql(NOTE)
                .param("operation", operationId)
                .param("notes", Json.write(notes))
                .update();
        count(operationId, (int) notes.stream().filter(Note::isDone).count(), (int)
                notes.stream().filter(Note::isFailed).count());
    }

    private void count(UUID operationId, int done, int failed) {
        jdbc.sql(COUNT)
                .param("operation", operationId)
                .param("more_done", done)
                .param("more_failed", failed)
                .update();
    }

    /** They were counted when they were ended. */
    void woken(UUID operationId, List<UUID> taskIds) {
        List<Note> notes = taskIds.stream().map(Note::done).toList();
        jdbc.sql(NOTE)
                .param("operation", operationId)
                .param("notes", Json.write(notes))
                .update();
    }

    /** A try to do it failed; after so many of them the order has failed. */
    void tried(UUID operationId, UUID taskId, int triesMax) {
        boolean failed = jdbc.sql(TRIED)
                .param("operation", operationId)
                .param("task", taskId)
                .param("max", triesMax)
                .query(Boolean.class)
                .list()
                .contains(true);
        if (failed) {
            count(operationId, 0, 1);
        }
    }

    /** @param waitsFor what keeps it from going on sooner; null for its rate alone */
    void lookAgainIn(UUID operationId, int waitMs, @Nullable String waitsFor) {
        jdbc.sql(NEXT_LOOK)
                .param("operation", operationId)
                .param("wait_ms", waitMs)
                .param("waits_for", waitsFor, Types.VARCHAR)
                .update();
    }

    /** What its rate allowed by now is used up. */
    void paced(UUID operationId) {
        jdbc.sql(PACED).param("operation", operationId).update();
    }

    /** It is over, and which orders it was about is forgotten, but for those that failed. */
    void nothingLeft(UUID operationId) {
        jdbc.sql(NOTHING_LEFT).param("operation", operationId).update();
        jdbc.sql(FORGET).param("operation", operationId).update();
    }
}
