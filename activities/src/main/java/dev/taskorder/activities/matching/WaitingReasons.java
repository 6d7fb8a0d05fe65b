package dev.taskorder.activities.matching;

import dev.taskorder.api.explain.Blocker;
import dev.taskorder.api.explain.Explanation;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** Why the matcher has not served an order, as it would decide now. Reads in the caller's transaction and locks nothing. */
public interface WaitingReasons {
    /** Empty if the order waits for no leases. */
    Optional<Waiting> of(UUID taskId);

    /**
     * An order that waits.
     *
     * @param blockers what keeps leases from it, in the order they bind; empty if the next look of the matcher serves it
     */
    record Waiting(Explanation.Place place, List<Blocker> blockers) {}
}
