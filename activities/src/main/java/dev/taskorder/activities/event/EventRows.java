package dev.taskorder.activities.event;

import dev.taskorder.activities.json.Json;
import dev.taskorder.api.event.Event;
import dev.taskorder.api.tenant.TenantContext;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;

/** Rows of {@code task_event} that have their place. */
public final class EventRows {
    /** What is read of one. */
    public static final String COLUMNS =
            "seq, event_no, type, occurred_at, actor, object_type, object_id, env, project_id, data";

    private EventRows() {}

    /** Of the bound tenant. */
    public static Event read(ResultSet row, int rowNum) throws SQLException {
        return new Event(
                TenantContext.required(),
                row.getLong("seq"),
                row.getLong("event_no"),
                row.getString("type"),
                row.getObject("occurred_at", OffsetDateTime.class).toInstant(),
                row.getString("actor"),
                new Event.Subject(row.getString("object_type"), row.getString("object_id")),
                row.getString("env"),
                row.getString("project_id"),
                Json.object(row.getString("data")));
    }
}
