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
    /** Lets all through. */
    public static final EventFilter ALL = new EventFilter(null, null, null, Set.of());

    public EventFilter {
        types = Set.copyOf(types);
    }

    /** Whether it lets this one through, as the database would say. */
    public boolean letsThrough(Event event) {
        return (env == null || env.equals(event.env()))
                && (projectId == null || projectId.equals(event.projectId()))
                && (taskId == null || event.subject().isOrder(taskId))
                && (types.isEmpty() || types.contains(event.type()));
    }
}
