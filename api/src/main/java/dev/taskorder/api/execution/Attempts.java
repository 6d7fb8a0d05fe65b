package dev.taskorder.api.execution;

import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** The attempts of the bound tenant's orders. */
public interface Attempts {
    /** Oldest first; nothing if there is no such order of this tenant. */
    Optional<List<AttemptView>> ofOrder(UUID taskId);
}
