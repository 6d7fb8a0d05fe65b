package dev.taskorder.activities.matching;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Who has what stands in an order's way, and until when.
 *
 * @param slots held or resting slots, those that come free first first
 * @param freeBy of assets without a free slot: when one is free at the latest
 * @param coolUntil until when assets rest after bad outcomes
 * @param maxUses of assets that have a limit
 * @param left by asset and slot the lease for whose key the slot is kept
 */
record Holders(
        List<Slot> slots,
        Map<String, Instant> freeBy,
        Map<String, Instant> coolUntil,
        Map<String, Integer> maxUses,
        Map<Place, Left> left) {
    /**
     * A slot that is not free.
     *
     * @param taskId the order that holds it; null if it rests after an attempt that was given up
     * @param leaseId of the order's lease; null if it rests
     * @param until when it is free at the latest
     */
    record Slot(
            String assetId, @Nullable UUID taskId, @Nullable UUID leaseId, Instant until) {}

    record Place(String assetId, int slot) {}

    /** An ended lease; who names its token gives up what is kept. */
    record Left(UUID leaseId, long fencingToken) {}

    /** When the asset is back at the latest, as far as time alone brings it back; null if it does not. */
    @Nullable
    Instant backBy(Candidate candidate) {
        Instant free = candidate.isUsedUp() ? null : freeBy.get(candidate.assetId());
        return free == null ? coolUntil.get(candidate.assetId()) : free;
    }
}
