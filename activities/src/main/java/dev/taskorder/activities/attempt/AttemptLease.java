package dev.taskorder.activities.attempt;

import dev.taskorder.activities.ledger.LeasePrice;
import java.util.UUID;

/**
 * A lease that an attempt was granted with.
 *
 * @param firstUse whether this attempt was the first to begin with it
 * @param price what that costs
 */
public record AttemptLease(UUID leaseId, String assetId, boolean firstUse, LeasePrice price) {}
