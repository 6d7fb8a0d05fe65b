package dev.taskorder.api.explain;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.taskorder.api.order.Status;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Why an order is not running, until when it runs, or why it ended (api.md, {@code GET …/explain}).
 *
 * @param summary a few sentences for a person
 * @param place where it stands in the queue; null if it waits for no leases
 * @param blockers what keeps it from going on, in the order they bind; of an order that ended, why it ended
 */
public record Explanation(
        @JsonProperty("task_id") UUID taskId,
        Status status,
        String summary,
        @Nullable Place place,
        List<Blocker> blockers) {

    /**
     * A place in the queue.
     *
     * @param position 1 for the first of those with the same demand
     * @param sameClassBefore how many with the same demand stand before it
     * @param counted false if there are more before it than were counted
     */
    public record Place(
            int position, @JsonProperty("same_class_before") int sameClassBefore, boolean counted) {}
}
