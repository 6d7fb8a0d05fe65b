package dev.taskorder.api.explain;

import java.util.Optional;
import java.util.UUID;

/** Tells why orders of the bound tenant are where they are. Reads only, and is worked out anew with each call. */
public interface Explanations {
    /** Empty if the tenant has no such order. */
    Optional<Explanation> of(UUID taskId);
}
