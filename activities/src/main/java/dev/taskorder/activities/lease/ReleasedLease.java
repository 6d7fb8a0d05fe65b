package dev.taskorder.activities.lease;

import java.util.UUID;

/** A lease that was just given back, and the asset whose slot is free again. */
public record ReleasedLease(UUID leaseId, String assetId) {}
