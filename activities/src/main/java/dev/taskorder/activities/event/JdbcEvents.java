package dev.taskorder.activities.event;

import dev.taskorder.activities.json.Json;
import dev.taskorder.activities.tenant.TenantTransactions;
import dev.taskorder.api.event.Timeline;
import dev.taskorder.api.event.TimelineEvent;
import dev.taskorder.api.page.Cursor;
import dev.taskorder.api.page.Listing;
import dev.taskorder.api.page.Page;
import dev.taskorder.api.page.PageRequest;
import dev.taskorder.api.tenant.TenantContext;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Owns {@code task_event}. */
final class JdbcEvents implements EventLog, Timeline {
    private static final String LIST = "timeline";

    private static final String APPEND = """
            INSERT INTO task_event (object_type, object_id, type, actor, data)
            SELECT 'task_order', e.task_id, e.type, e.actor, e.data
              FROM ROWS FROM (jsonb_to_recordset(:events::jsonb)
                              AS (task_id text, type text, actor text, data jsonb))
                   WITH ORDINALITY AS e(task_id, type, actor, data, position)
             ORDER BY e.position
            """;
    private static final String EXISTS = """
            SELECT EXISTS (SELECT FROM task_order WHERE tenant_id = current_tenant() AND task_id = :task)
            """;
    /**
     * The timeline has what was seen, the log what was not yet and will be there: nothing, where the tenant has it switched off, and
     * never an executor's progress, which may come each second for days. Why an asset was chosen is written once, with its lease, and
     * read from there. The events come first and by themselves: a lease that is named by what a cast makes of them is behind row-level
     * security found by no index.
     */
    private static final String OF_ORDER = """
            WITH all_of_it AS (
                SELECT event_no, type, occurred_at, actor, data FROM timeline
                 WHERE tenant_id = current_tenant() AND task_id = :task::uuid AND event_no > :after
                UNION ALL
                SELECT event_no, type, occurred_at, actor, data FROM task_event
                 WHERE tenant_id = current_tenant() AND object_type = 'task_order' AND object_id = :task AND seq IS NULL
                   AND event_no > :after AND type <> 'task_order.progress' AND %s
            ), page AS MATERIALIZED (
                SELECT event_no, type, occurred_at, actor, data,
                       CASE WHEN type = 'lease.acquired' THEN (data ->> 'lease_id')::uuid END AS lease_id
                  FROM all_of_it
                 ORDER BY event_no
                 LIMIT :rows
            )
            SELECT e.event_no, e.type, e.occurred_at, e.actor,
                   CASE WHEN l.lease_id IS NULL THEN e.data
                        ELSE e.data || jsonb_build_object('decision', l.decision) END AS data
              FROM page e
              LEFT JOIN lease l ON l.tenant_id = current_tenant() AND l.lease_id = e.lease_id
             ORDER BY e.event_no
            """.formatted(ActivityLog.IS_ON);

    private final TenantTransactions transactions;
    private final JdbcClient jdbc;

    JdbcEvents(TenantTransactions transactions, JdbcClient jdbc) {
        this.transactions = transactions;
        this.jdbc = jdbc;
    }

    @Override
    public void append(List<NewEvent> events) {
        List<Map<String, Object>> rows = events.stream()
                .map(event -> Map.<String, Object>of(
                        "task_id", event.taskId().toString(),
                        "type", event.type(),
                        "actor", event.actor(),
                        "data", event.data()))
                .toList();
        jdbc.sql(APPEND).param("events", Json.write(rows)).update();
    }

    @Override
    public Optional<Page<TimelineEvent>> ofOrder(UUID taskId, PageRequest page) {
        long after = page.cursor() == null ? 0 : afterOf(taskId, page.cursor());
        return transactions.in(() -> {
            boolean exists =
                    jdbc.sql(EXISTS).param("task", taskId).query(Boolean.class).single();
            return exists ? Optional.of(read(taskId, after, page.limit())) : Optional.empty();
        });
    }

    private Page<TimelineEvent> read(UUID taskId, long after, int limit) {
        List<TimelineEvent> rows = jdbc.sql(OF_ORDER)
                .param("task", taskId.toString())
                .param("after", after)
                .param("rows", limit + 1)
                .query(JdbcEvents::event)
                .list();
        if (rows.size() <= limit) {
            return new Page<>(rows, null);
        }
        List<TimelineEvent> items = rows.subList(0, limit);
        String next = Cursor.encode(
                listing(taskId), Long.toString(items.get(limit - 1).eventNo()));
        return new Page<>(items, next);
    }

    private static Listing listing(UUID taskId) {
        return Listing.of(TenantContext.required(), LIST, taskId);
    }

    private static long afterOf(UUID taskId, String cursor) {
        String key = Cursor.decode(listing(taskId), 1, cursor).get(0);
        return Cursor.number(key);
    }

    private static TimelineEvent event(ResultSet row, int rowNum) throws SQLException {
        String type = row.getString("type");
        Map<String, @Nullable Object> data = Json.object(row.getString("data"));
        return new TimelineEvent(
                row.getLong("event_no"),
                type,
                row.getObject("occurred_at", OffsetDateTime.class).toInstant(),
                row.getString("actor"),
                Sentences.of(type, data),
                data);
    }
}
