package dev.taskorder.activities.attempt;

import dev.taskorder.activities.json.Json;
import dev.taskorder.activities.tenant.TenantTransactions;
import dev.taskorder.api.execution.AttemptView;
import dev.taskorder.api.execution.Attempts;
import dev.taskorder.api.execution.Money;
import java.sql.Array;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Attempts for people. */
final class JdbcAttempts implements Attempts {
    private static final String EXISTS = """
            SELECT EXISTS (SELECT FROM task_order WHERE tenant_id = current_tenant() AND task_id = :task)
            """;
    private static final String OF_ORDER = """
            SELECT number, state, started_at, finished_at, result_code, result_message, progress, costs, late_costs,
                   lease_ids, executor
              FROM attempt
             WHERE tenant_id = current_tenant() AND task_id = :task
             ORDER BY number
            """;

    private final TenantTransactions transactions;
    private final JdbcClient jdbc;

    JdbcAttempts(TenantTransactions transactions, JdbcClient jdbc) {
        this.transactions = transactions;
        this.jdbc = jdbc;
    }

    @Override
    public Optional<List<AttemptView>> ofOrder(UUID taskId) {
        return transactions.in(() -> {
            boolean exists =
                    jdbc.sql(EXISTS).param("task", taskId).query(Boolean.class).single();
            return exists
                    ? Optional.of(jdbc.sql(OF_ORDER)
                            .param("task", taskId)
                            .query(JdbcAttempts::view)
                            .list())
                    : Optional.empty();
        });
    }

    private static AttemptView view(ResultSet row, int rowNum) throws SQLException {
        return new AttemptView(
                row.getInt("number"),
                row.getString("state"),
                instant(row, "started_at"),
                instant(row, "finished_at"),
                row.getString("result_code"),
                row.getString("result_message"),
                Json.objectOrNull(row.getString("progress")),
                Json.list(row.getString("costs"), Money.class),
                Json.list(row.getString("late_costs"), Money.class),
                uuids(row, "lease_ids"),
                row.getString("executor"));
    }

    private static @Nullable Instant instant(ResultSet row, String column) throws SQLException {
        OffsetDateTime time = row.getObject(column, OffsetDateTime.class);
        return time == null ? null : time.toInstant();
    }

    static List<UUID> uuids(ResultSet row, String column) throws SQLException {
        Array array = row.getArray(column);
        return List.of((UUID[]) array.getArray());
    }
}
