package dev.taskorder.activities.lease;

import java.util.UUID;

/**
 * A lease that was just given back, and the asset whose slot is free again.
 *
 * @param used whether an attempt ever began with it
 */
public record ReleasedLease(UUID leaseId, String assetId, boolean used) {}
