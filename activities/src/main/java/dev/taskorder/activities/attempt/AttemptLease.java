package dev.taskorder.activities.attempt;

import java.util.UUID;

/**
 * A lease that an attempt was granted with.
 *
 * @param firstUse whether this attempt was the first to begin with it
 */
public record AttemptLease(UUID leaseId, String assetId, boolean firstUse) {}
