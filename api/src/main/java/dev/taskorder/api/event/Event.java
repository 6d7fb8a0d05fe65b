package dev.taskorder.api.event;

import dev.taskorder.api.tenant.TenantId;
import java.time.Instant;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What changed, as all readers see it (spec B).
 *
 * @param seq its place among the tenant's events, from 1, without a gap; in the order of the changes for each object
 * @param eventNo its number in the installation, the same in timelines
 * @param env of what it speaks of, if that has one; so the project
 */
public record Event(
        TenantId tenant,
        long seq,
        long eventNo,
        String type,
        Instant occurredAt,
        String actor,
        Subject subject,
        @Nullable String env,
        @Nullable String projectId,
        Map<String, @Nullable Object> data) {
    /**
     * What it speaks of; an event of a lease speaks of its order.
     *
     * @param type {@code task_order}, {@code asset}, {@code budget} or {@code tenant}
     */
    public record Subject(String type, String id) {
        private static final String ORDER = "task_order";

        /** Whether it is an order. */
        public boolean isOrder() {
            return type.equals(ORDER);
        }

        /** Whether it is this order. */
        public boolean isOrder(UUID taskId) {
            return isOrder() && id.equals(taskId.toString());
        }
    }
}
