package dev.taskorder.api.lease;

import java.math.BigDecimal;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Which task occupies which asset, from when to when.
 *
 * @param hintIndex the order's hint that it serves, from 0
 * @param fencingToken larger than that of every earlier lease of the asset; a holder of an older one can do nothing
 * @param unitCost the price of this lease, whatever its length, in {@code currency}
 */
public record Lease(
        UUID leaseId,
        UUID taskId,
        String assetId,
        int hintIndex,
        State state,
        Instant acquiredAt,
        Instant expiresAt,
        @Nullable Instant releasedAt,
        long fencingToken,
        BigDecimal unitCost,
        String currency,
        LeaseDecision decision) {
    /** Where a lease is in its life; only ACTIVE occupies a slot. */
    public enum State {
        ACTIVE,
        RELEASED,
        EXPIRED,
        REVOKED
    }
}
