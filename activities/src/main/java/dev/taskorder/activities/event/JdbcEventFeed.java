package dev.taskorder.activities.event;

import dev.taskorder.activities.tenant.TenantTransactions;
import dev.taskorder.api.event.Event;
import dev.taskorder.api.event.EventFeed;
import dev.taskorder.api.event.EventFilter;
import dev.taskorder.api.page.Cursor;
import dev.taskorder.api.page.Listing;
import dev.taskorder.api.page.Page;
import dev.taskorder.api.page.PageRequest;
import dev.taskorder.api.tenant.TenantContext;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

final class JdbcEventFeed implements EventFeed {
    private static final String LIST = "events";
    /** Looked at by one call: what a filter leaves out costs too. */
    private static final int LOOKED_AT_MAX = 10_000;

    /** From the first that is kept, for those before it may be millions that are gone, and in the index for a while yet. */
    static final String WINDOW = """
            WITH first AS MATERIALIZED (
                SELECT seq FROM task_event
                 WHERE tenant_id = current_tenant()
                   AND seq > greatest(:after, (SELECT removed_to FROM tenant_seq WHERE tenant_id = current_tenant()))
                 ORDER BY seq
                 LIMIT 1
            )
            SELECT f.seq AS first, s.last FROM tenant_seq s LEFT JOIN first f ON true WHERE s.tenant_id = current_tenant()
            """;

    private static final String PAGE = """
            SELECT %s FROM task_event
             WHERE tenant_id = current_tenant() AND seq >= :first AND seq <= :last%s
             ORDER BY seq
             LIMIT :rows
            """;

    static final String COMPLETE = """
            SELECT o.status IN ('SUCCESS', 'FAILED', 'CANCELLED', 'TIMEOUT', 'DEAD_LETTER')
                   AND NOT EXISTS (SELECT FROM task_event e
                                    WHERE e.tenant_id = o.tenant_id AND e.object_type = 'task_order' AND e.object_id = o.task_id::text
                                      AND e.seq IS NULL)
              FROM task_order o WHERE o.tenant_id = current_tenant() AND o.task_id = :task::uuid
            """;

    private final TenantTransactions transactions;
    private final JdbcClient jdbc;

    JdbcEventFeed(TenantTransactions transactions, JdbcClient jdbc) {
        this.transactions = transactions;
        this.jdbc = jdbc;
    }

    @Override
    public Page<Event> list(EventFilter filter, long after, PageRequest page) {
        Listing listing = listing(filter);
        long known = page.cursor() == null
                ? after
                : Cursor.number(Cursor.decode(listing, 1, page.cursor()).get(0));
        Stretch stretch = next(filter, known, page.limit());
        return new Page<>(stretch.events(), stretch.more() ? cursor(listing, stretch.through()) : null);
    }

    @Override
    public Stretch next(EventFilter filter, long after, int limit) {
        return transactions.in(() -> {
            Kept kept = kept(after);
            return kept.first() == null
                    ? new Stretch(List.of(), kept.last(), false)
                    : stretch(filter, kept.first(), kept.last(), limit);
        });
    }

    @Override
    public Kept kept(long after) {
        return transactions.in(() -> jdbc.sql(WINDOW)
                .param("after", after)
                .query((row, n) -> new Kept(row.getObject("first", Long.class), row.getLong("last")))
                .single());
    }

    @Override
    public boolean isComplete(UUID taskId) {
        return transactions.in(() -> jdbc.sql(COMPLETE)
                .param("task", taskId.toString())
                .query(Boolean.class)
                .optional()
                .orElse(true));
    }

    private Stretch stretch(EventFilter filter, long first, long last, int limit) {
        // one order's events are found by its index, however many others lie between them
        long end = filter.taskId() != null ? last : Math.min(last, first + LOOKED_AT_MAX - 1);
        List<Event> rows = read(filter, first, end, limit + 1);
        if (rows.size() > limit) {
            List<Event> events = rows.subList(0, limit);
            return new Stretch(events, events.get(limit - 1).seq(), true);
        }
        return new Stretch(rows, end, end < last);
    }

    private List<Event> read(EventFilter filter, long first, long last, int rows) {
        Map<String, Object> params = new LinkedHashMap<>();
        return jdbc.sql(PAGE.formatted(EventRows.COLUMNS, conditions(filter, params)))
                .params(params)
                .param("first", first)
                .param("last", last)
                .param("rows", rows)
                .query(EventRows::read)
                .list();
    }

    private static String conditions(EventFilter filter, Map<String, Object> params) {
        StringBuilder sql = new StringBuilder();
        add(sql, params, " AND env = :env", "env", filter.env());
        add(sql, params, " AND project_id = :project", "project", filter.projectId());
        add(
                sql,
                params,
                " AND object_type = 'task_order' AND object_id = :task",
                "task",
                filter.taskId() == null ? null : filter.taskId().toString());
        add(sql, params, " AND type IN (:types)", "types", filter.types().isEmpty() ? null : filter.types());
        return sql.toString();
    }

    private static void add(
            StringBuilder sql, Map<String, Object> params, String condition, String name, @Nullable Object value) {
        if (value != null) {
            sql.append(condition);
            params.put(name, value);
        }
    }

    private static String cursor(Listing listing, long seq) {
        return Cursor.encode(listing, Long.toString(seq));
    }

    private static Listing listing(EventFilter filter) {
        return Listing.of(
                TenantContext.required(),
                LIST,
                filter.env(),
                filter.projectId(),
                filter.taskId(),
                new TreeSet<>(filter.types()));
    }
}
