package dev.taskorder.activities.lease;

import dev.taskorder.activities.ledger.LeasePrice;
import java.util.List;
import java.util.UUID;

/**
 * A lease that was just given back, and the asset whose slot is free again.
 *
 * @param used whether an attempt ever began with it
 * @param price what was held for it
 */
public record ReleasedLease(UUID leaseId, String assetId, boolean used, LeasePrice price) {
    /** What was held for those of them that no attempt began with. */
    public static List<LeasePrice> unused(List<ReleasedLease> leases) {
        return leases.stream()
                .filter(lease -> !lease.used())
                .map(ReleasedLease::price)
                .toList();
    }
}
