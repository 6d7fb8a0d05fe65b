package dev.taskorder.activities.order;

import static org.assertj.core.api.Assertions.assertThat;

import dev.taskorder.activities.testing.Plans;
import dev.taskorder.api.order.Status;
import dev.taskorder.api.order.TaskOrderFilter;
import dev.taskorder.api.page.Cursor;
import dev.taskorder.api.page.PageRequest;
import dev.taskorder.api.tenant.TenantContext;
import dev.taskorder.api.tenant.TenantId;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A page of a list costs what it shows, whatever it is filtered by. */
class OrderListPlansTest {
    private static final TenantId TENANT = new TenantId("many");
    private static final Instant TEN_DAYS_AGO = Clock.systemUTC().instant().minus(Duration.ofDays(10));

    @BeforeEach
    void bind() {
        TenantContext.bind(TENANT);
    }

    @AfterEach
    void clear() {
        TenantContext.clear();
    }

    @Test
    void the_first_page_and_a_later_one_are_read_in_their_order() {
        assertThat(plan(all(), null)).contains("task_order_newest").doesNotContain("Sort");
        String before = Cursor.encode(
                OrderList.listing(all()),
                TEN_DAYS_AGO.toString(),
                UUID.randomUUID().toString());
        assertThat(plan(all(), before)).contains("task_order_newest").doesNotContain("Sort");
    }

    @Test
    void each_filter_alone_is_read_by_an_index() {
        assertThat(plan(filter(null, "project-7", null, null, null), null)).contains("task_order_by_project");
        assertThat(plan(filter(Status.PENDING, null, null, null, null), null)).contains("task_order_by_status");
        assertThat(plan(filter(Status.RUNNING, null, null, null, null), null)).contains("task_order_");
        assertThat(plan(filter(null, null, "tag-07", null, null), null)).contains("task_tag_pkey", "task_order_");
        assertThat(plan(filter(null, null, null, "ref-7", null), null)).contains("task_order_by_external_ref");
        assertThat(plan(filter(null, null, null, null, "key-7"), null)).contains("task_order_idempotency_key");
    }

    @Test
    void several_statuses_a_category_and_a_span_of_time_read_no_whole_table() {
        plan(
                new TaskOrderFilter(
                        "prod", Set.of(Status.QUEUED, Status.RUNNING), null, null, null, null, null, null, null, null),
                null);
        plan(new TaskOrderFilter("prod", Set.of(), null, "TEST", "category-7", null, null, null, null, null), null);
        plan(
                new TaskOrderFilter(
                        null, Set.of(), null, null, null, null, null, null, TEN_DAYS_AGO, TEN_DAYS_AGO.plusSeconds(60)),
                null);
    }

    private static TaskOrderFilter all() {
        return filter(null, null, null, null, null);
    }

    private static TaskOrderFilter filter(
            @Nullable Status status,
            @Nullable String project,
            @Nullable String tag,
            @Nullable String externalRef,
            @Nullable String key) {
        Set<Status> statuses = status == null ? Set.of() : Set.of(status);
        return new TaskOrderFilter(null, statuses, project, null, null, tag, externalRef, key, null, null);
    }

    private static String plan(TaskOrderFilter filter, @Nullable String cursor) {
        OrderList.Conditions conditions = OrderList.Conditions.of(filter, new PageRequest(50, cursor));
        Map<String, Object> params = new HashMap<>(conditions.params());
        params.put("rows", 51);
        StringBuilder plan = new StringBuilder();
        Plans.amongManyOrders(plans -> plan.append(plans.asTenant(conditions.page(), params)));
        assertThat(plan.toString()).doesNotContain("Seq Scan");
        return plan.toString();
    }
}
