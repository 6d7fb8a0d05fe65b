package dev.taskorder.activities.attempt;

import com.github.f4b6a3.uuid.UuidCreator;
import dev.taskorder.activities.json.Json;
import dev.taskorder.activities.ledger.LeasePrice;
import dev.taskorder.api.execution.LeaseOutcome;
import dev.taskorder.api.execution.Money;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Attempts as their order sees them. */
final class JdbcAttemptLog implements AttemptLog {
    private static final String SELECT = """
            SELECT a.number, a.state, a.started_at IS NOT NULL AS began,
                   a.state IN ('ANSWERED', 'ENDED') AND a.finished_at <= o.deadline AS in_time,
                   a.result_code, a.result_message, a.costs,
            """ + JdbcAttemptStore.POSTED + """
                   AS posted_costs, a.revenue, a.output, a.lease_ids, a.lease_outcomes
              FROM attempt a
              JOIN task_order o ON o.tenant_id = a.tenant_id AND o.task_id = a.task_id
             WHERE a.tenant_id = current_tenant() AND a.task_id = :task
            """;
    private static final String LOCK = SELECT + "AND a.number = :number FOR UPDATE OF a";
    private static final String LOCK_LIVE =
            SELECT + "AND a.state IN ('GRANTED', 'RUNNING', 'ANSWERED') FOR UPDATE OF a";
    private static final String OPEN = """
            INSERT INTO attempt (task_id, number, token, executor, lease_ids)
            SELECT o.task_id, :number, :token, :executor, o.lease_ids
              FROM task_order o
             WHERE o.tenant_id = current_tenant() AND o.task_id = :task
            """;
    static final String CONCLUDE = """
            WITH closed AS (
                UPDATE attempt
                   SET state = :state, finished_at = coalesce(finished_at, clock_timestamp()),
                       result_code = coalesce(result_code, :code), result_message = coalesce(result_message, :message)
                 WHERE tenant_id = current_tenant() AND task_id = :task AND number = :number
                RETURNING lease_ids, started_at
            ), used AS (
                UPDATE lease l SET used = true
                  FROM closed c
                 WHERE l.tenant_id = current_tenant() AND l.lease_id = ANY (c.lease_ids) AND NOT l.used
                   -- one that had ended before the attempt began was not begun with
                   AND c.started_at IS NOT NULL AND (l.released_at IS NULL OR l.released_at >= c.started_at)
                RETURNING l.lease_id
            )
            SELECT l.asset_id, l.lease_id IN (SELECT lease_id FROM used) AS first_use, l.lease_id, l.unit_cost, l.held_on,
                   l.sku_category, l.sku_code
              FROM closed c
              JOIN lease l ON l.tenant_id = current_tenant() AND l.lease_id = ANY (c.lease_ids)
             ORDER BY l.lease_id
            """;

    private final JdbcClient jdbc;

    JdbcAttemptLog(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    @Override
    public Optional<AttemptRow> lock(UUID taskId, int number) {
        return jdbc.sql(LOCK)
                .param("task", taskId)
                .param("number", number)
                .query(JdbcAttemptLog::row)
                .optional();
    }

    @Override
    public Optional<AttemptRow> lockLive(UUID taskId) {
        return jdbc.sql(LOCK_LIVE)
                .param("task", taskId)
                .query(JdbcAttemptLog::row)
                .optional();
    }

    @Override
    public void open(UUID taskId, int number, String executor) {
        jdbc.sql(OPEN)
                .param("task", taskId)
                .param("number", number)
                .param("token", UuidCreator.getTimeOrderedEpoch())
                .param("executor", executor)
                .update();
    }

    @Override
    public List<AttemptLease> conclude(
            UUID taskId, int number, AttemptState end, @Nullable String resultCode, @Nullable String message) {
        return jdbc.sql(CONCLUDE)
                .param("task", taskId)
                .param("number", number)
                .param("state", end.name())
                .param("code", resultCode, java.sql.Types.VARCHAR)
                .param("message", message, java.sql.Types.VARCHAR)
                .query((row, rowNum) -> new AttemptLease(
                        row.getObject("lease_id", UUID.class),
                        row.getString("asset_id"),
                        row.getBoolean("first_use"),
                        LeasePrice.of(row)))
                .list();
    }

    private static AttemptRow row(ResultSet row, int rowNum) throws SQLException {
        return new AttemptRow(
                row.getInt("number"),
                AttemptState.valueOf(row.getString("state")),
                row.getBoolean("began"),
                row.getBoolean("in_time"),
                row.getString("result_code"),
                row.getString("result_message"),
                Json.list(row.getString("costs"), Money.class),
                Json.list(row.getString("posted_costs"), Money.class),
                Json.list(row.getString("revenue"), Money.class),
                row.getString("output"),
                JdbcAttempts.uuids(row, "lease_ids"),
                Json.list(row.getString("lease_outcomes"), LeaseOutcome.class));
    }
}
