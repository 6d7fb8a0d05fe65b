package dev.taskorder.activities.order;

import dev.taskorder.activities.json.Json;
import dev.taskorder.api.order.Chain;
import dev.taskorder.api.order.Status;
import dev.taskorder.api.order.TaskOrder;
import dev.taskorder.api.order.TaskOrderSpec;
import dev.taskorder.api.order.TaskOrderState;
import dev.taskorder.api.policy.ActivePolicy;
import dev.taskorder.api.tenant.TenantId;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Rows of {@code task_order} as the order that callers see. */
final class TaskOrderRows {
    static final String COLUMNS = """
            tenant_id, task_id, env, idempotency_key, project_id, external_ref, task_type, task_category, description,
            priority, timeout_ms, max_total_cost, currency, business_value_hint, status, created_at, queued_at,
            started_at, finished_at, result_code, result_message, task_version, updated_at, lease_ids, resource_hints,
            constraints, policy_version, tags, input, output, cancel_requested_at, payload_removed_at,
            traceparent, caused_by, depth,
            ARRAY(SELECT f.task_id FROM task_order f
                   WHERE f.tenant_id = current_tenant() AND f.caused_by = o.task_id
                   ORDER BY f.created_at, f.task_id) AS follow_ups
            """;

    private TaskOrderRows() {}

    static TaskOrder order(ResultSet row, int rowNum) throws SQLException {
        return new TaskOrder(
                new TenantId(row.getString("tenant_id")), row.getObject("task_id", UUID.class), spec(row), state(row));
    }

    private static TaskOrderSpec spec(ResultSet row) throws SQLException {
        return new TaskOrderSpec(
                row.getString("project_id"),
                row.getString("env"),
                row.getString("task_type"),
                row.getString("idempotency_key"),
                row.getInt("priority"),
                row.getLong("timeout_ms"),
                row.getString("currency"),
                row.getBigDecimal("max_total_cost"),
                row.getBigDecimal("business_value_hint"),
                row.getString("external_ref"),
                row.getString("task_category"),
                row.getString("description"),
                HintJson.read(row.getString("resource_hints")),
                Json.object(row.getString("constraints")),
                List.of((String[]) row.getArray("tags").getArray()),
                Json.object(row.getString("input")));
    }

    private static TaskOrderState state(ResultSet row) throws SQLException {
        return new TaskOrderState(
                Status.valueOf(row.getString("status")),
                row.getObject("created_at", OffsetDateTime.class).toInstant(),
                instant(row, "queued_at"),
                instant(row, "started_at"),
                instant(row, "finished_at"),
                row.getString("result_code"),
                row.getString("result_message"),
                row.getInt("task_version"),
                row.getObject("updated_at", OffsetDateTime.class).toInstant(),
                List.of((UUID[]) row.getArray("lease_ids").getArray()),
                ActivePolicy.nameOf(row.getInt("policy_version")),
                Json.objectOrNull(row.getString("output")),
                instant(row, "cancel_requested_at"),
                instant(row, "payload_removed_at"),
                row.getString("traceparent"),
                new Chain(row.getObject("caused_by", UUID.class), row.getInt("depth"), List.of((UUID[])
                        row.getArray("follow_ups").getArray())));
    }

    private static @Nullable Instant instant(ResultSet row, String column) throws SQLException {
        OffsetDateTime time = row.getObject(column, OffsetDateTime.class);
        return time == null ? null : time.toInstant();
    }
}
