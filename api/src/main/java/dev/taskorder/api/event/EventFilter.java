package dev.taskorder.api.event;

import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Which events; null stands for all.
 *
 * @param taskId of this order and its leases
 * @param types all if empty
 */
public record EventFilter(
        @Nullable String env,
        @Nullable String projectId,
        @Nullable UUID taskId,
        Set<String> types) {
    public EventFilter {
        types = Set.copyOf(types);
    }
}
