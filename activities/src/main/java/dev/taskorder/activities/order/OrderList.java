package dev.taskorder.activities.order;

import dev.taskorder.activities.tenant.TenantTransactions;
import dev.taskorder.api.order.Status;
import dev.taskorder.api.order.TaskOrder;
import dev.taskorder.api.order.TaskOrderFilter;
import dev.taskorder.api.page.Cursor;
import dev.taskorder.api.page.Listing;
import dev.taskorder.api.page.Page;
import dev.taskorder.api.page.PageRequest;
import dev.taskorder.api.tenant.TenantContext;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Orders, read: one by its id, or pages of them, newest first. */
final class OrderList {
    private static final String LIST = "task-orders";

    private static final String BY_ID = """
            SELECT %s FROM task_order o WHERE o.tenant_id = current_tenant() AND o.task_id = :task
            """.formatted(TaskOrderRows.COLUMNS);
    private static final String PAGE = """
            SELECT %s
              FROM task_order o
             WHERE o.tenant_id = current_tenant()%s
             ORDER BY o.created_at DESC, o.task_id DESC
             LIMIT :rows
            """;
    /** What is frozen for an operation: those whose cancel is under way end anyway. */
    private static final String IDS = """
            SELECT o.task_id
              FROM task_order o
             WHERE o.tenant_id = current_tenant() AND (o.cancel_requested_at IS NULL OR o.finished_at IS NOT NULL)%s
             LIMIT :rows
            """;

    private static final String TAGGED = """
            EXISTS (SELECT FROM task_tag t
                     WHERE t.tenant_id = current_tenant() AND t.tag = :tag AND t.task_id = o.task_id)
            """;

    private final TenantTransactions transactions;
    private final JdbcClient jdbc;

    OrderList(TenantTransactions transactions, JdbcClient jdbc) {
        this.transactions = transactions;
        this.jdbc = jdbc;
    }

    Optional<TaskOrder> find(UUID taskId) {
        return transactions.in(() -> jdbc.sql(BY_ID)
                .param("task", taskId)
                .query(TaskOrderRows::order)
                .optional());
    }

    Page<TaskOrder> list(TaskOrderFilter filter, PageRequest page) {
        return page(Conditions.of(filter, page), page.limit(), listing(filter));
    }

    /** The ids of those that match, in no order; in the caller's transaction. */
    List<UUID> ids(TaskOrderFilter filter, int max) {
        Conditions conditions = Conditions.of(filter, new PageRequest(1, null));
        return jdbc.sql(conditions.ids())
                .params(conditions.params())
                .param("rows", max)
                .query(UUID.class)
                .list();
    }

    /** What cursors of the list are bound to. */
    static Listing listing(TaskOrderFilter filter) {
        return Listing.of(
                TenantContext.required(),
                LIST,
                filter.env(),
                new TreeSet<>(filter.statuses()),
                filter.projectId(),
                filter.taskType(),
                filter.taskCategory(),
                filter.tag(),
                filter.externalRef(),
                filter.idempotencyKey(),
                filter.createdFrom(),
                filter.createdTo());
    }

    private Page<TaskOrder> page(Conditions conditions, int limit, Listing listing) {
        List<TaskOrder> rows = transactions.in(() -> jdbc.sql(conditions.page())
                .params(conditions.params())
                .param("rows", limit + 1)
                .query(TaskOrderRows::order)
                .list());
        if (rows.size() <= limit) {
            return new Page<>(rows, null);
        }
        TaskOrder last = rows.get(limit - 1);
        String next = Cursor.encode(
                listing, last.state().createdAt().toString(), last.taskId().toString());
        return new Page<>(rows.subList(0, limit), next);
    }

    /** Only the conditions that are asked for: the planner then picks the index that fits them. */
    static final class Conditions {
        private final StringBuilder sql = new StringBuilder();
        private final Map<String, Object> params = new LinkedHashMap<>();

        static Conditions of(TaskOrderFilter filter, PageRequest page) {
            Conditions conditions = new Conditions();
            conditions.equal("env", filter.env());
            conditions.equal("project_id", filter.projectId());
            conditions.equal("task_type", filter.taskType());
            conditions.equal("task_category", filter.taskCategory());
            conditions.equal("external_ref", filter.externalRef());
            conditions.equal("idempotency_key", filter.idempotencyKey());
            if (!filter.statuses().isEmpty()) {
                List<String> statuses =
                        filter.statuses().stream().map(Status::name).toList();
                conditions.add("o.status IN (:statuses)", "statuses", statuses);
            }
            if (filter.tag() != null) {
                conditions.add(TAGGED, "tag", filter.tag());
            }
            conditions.time("o.created_at >= :created_from", "created_from", filter.createdFrom());
            conditions.time("o.created_at < :created_to", "created_to", filter.createdTo());
            if (page.cursor() != null) {
                List<String> keys = Cursor.decode(listing(filter), 2, page.cursor());
                conditions.time(
                        "(o.created_at, o.task_id) < (:before, :before_id)", "before", Cursor.instant(keys.get(0)));
                conditions.params.put("before_id", Cursor.uuid(keys.get(1)));
            }
            return conditions;
        }

        /** The statement that reads a page of so many {@code :rows}. */
        String page() {
            return PAGE.formatted(TaskOrderRows.COLUMNS, sql);
        }

        /** The statement that reads the ids of so many {@code :rows}. */
        String ids() {
            return IDS.formatted(sql);
        }

        Map<String, Object> params() {
            return params;
        }

        private void add(String condition, String name, Object value) {
            sql.append("\n   AND ").append(condition);
            params.put(name, value);
        }

        private void equal(String column, @Nullable String value) {
            if (value != null) {
                add("o." + column + " = :" + column, column, value);
            }
        }

        private void time(String condition, String name, @Nullable Instant value) {
            if (value != null) {
                add(condition, name, value.atOffset(ZoneOffset.UTC));
            }
        }
    }
}
