package dev.taskorder.api.order;

import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Which order an order followed from, and which followed from it.
 *
 * @param depth how many orders come before it, each caused by the one before
 */
public record Chain(@Nullable UUID causedBy, int depth, List<UUID> followUps) {
    /** Of an order that a caller created, and that nothing follows from yet. */
    public static final Chain NONE = new Chain(null, 0, List.of());

    /** So many may come one after the other by rules alone. */
    public static final int DEPTH_MAX = 8;

    public Chain {
        followUps = List.copyOf(followUps);
    }

    /** Of an order that follows from this one. */
    public Chain next(UUID self) {
        return new Chain(self, depth + 1, List.of());
    }
}
