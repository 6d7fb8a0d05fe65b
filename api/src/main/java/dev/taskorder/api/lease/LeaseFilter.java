package dev.taskorder.api.lease;

import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Which leases of a list; null means any. */
public record LeaseFilter(
        Lease.@Nullable State state,
        @Nullable String assetId,
        @Nullable UUID taskId) {}
