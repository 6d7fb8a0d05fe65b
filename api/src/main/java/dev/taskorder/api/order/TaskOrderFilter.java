package dev.taskorder.api.order;

import java.time.Instant;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Which orders of a list; null or empty means any. {@code createdFrom} is inclusive, {@code createdTo} exclusive. */
public record TaskOrderFilter(
        @Nullable String env,
        Set<Status> statuses,
        @Nullable String projectId,
        @Nullable String taskType,
        @Nullable String taskCategory,
        @Nullable String tag,
        @Nullable String externalRef,
        @Nullable String idempotencyKey,
        @Nullable Instant createdFrom,
        @Nullable Instant createdTo) {
    public TaskOrderFilter {
        statuses = Set.copyOf(statuses);
    }

    /** The same, for orders in one of these states. */
    public TaskOrderFilter withStatuses(Set<Status> others) {
        return new TaskOrderFilter(
                env,
                others,
                projectId,
                taskType,
                taskCategory,
                tag,
                externalRef,
                idempotencyKey,
                createdFrom,
                createdTo);
    }
}
