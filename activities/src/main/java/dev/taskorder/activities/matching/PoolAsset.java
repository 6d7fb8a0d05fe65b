package dev.taskorder.activities.matching;

import dev.taskorder.api.asset.AssetStatus;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * An asset of the pool, as it is when the matcher looks.
 *
 * @param usesLeft how many leases it may still get before it is used up, those that are live and unused taken off; null for no
 *     limit
 * @param newestToken the fencing token of its newest lease; 0 if it was never leased
 * @param withheld numbers of the slots that are leased, or rest
 * @param kept slots that are free but for one key only; with what is withheld no number twice
 */
record PoolAsset(
        String assetId,
        String skuCategory,
        String skuCode,
        Map<String, Object> attributes,
        AssetStatus status,
        BigDecimal healthScore,
        BigDecimal unitCost,
        String currency,
        int maxConcurrency,
        @Nullable Integer usesLeft,
        long newestToken,
        Set<Integer> withheld,
        List<Kept> kept) {
    /** A slot that is kept for the next order of a key. */
    record Kept(int slot, String key, Instant until) {}

    /** The kept slots that a lease may take. */
    List<Kept> keptSlots() {
        return kept.stream()
                .filter(one -> one.slot() <= maxConcurrency)
                .limit(capacityLeft())
                .toList();
    }

    /**
     * The slots that any lease may take, smallest first. One above a lowered concurrency that is still held takes one of
     * those below: the asset drains.
     */
    List<Integer> freeSlots() {
        Set<Integer> taken = new HashSet<>(withheld);
        kept.forEach(one -> taken.add(one.slot()));
        int most = capacityLeft() - keptSlots().size();
        List<Integer> free = new ArrayList<>();
        for (int slot = 1; slot <= maxConcurrency && free.size() < most; slot++) {
            if (!taken.contains(slot)) {
                free.add(slot);
            }
        }
        return free;
    }

    private int capacityLeft() {
        int left = maxConcurrency - withheld.size();
        return Math.max(0, usesLeft == null ? left : Math.min(left, usesLeft));
    }

    PoolAsset available() {
        return with(AssetStatus.AVAILABLE, healthScore, maxConcurrency, usesLeft, kept);
    }

    PoolAsset withHealth(BigDecimal score) {
        return with(status, score, maxConcurrency, usesLeft, kept);
    }

    PoolAsset withMaxConcurrency(int slots) {
        return with(status, healthScore, slots, usesLeft, kept);
    }

    /** @param uses null for no limit */
    PoolAsset withUsesLeft(@Nullable Integer uses) {
        return with(status, healthScore, maxConcurrency, uses, kept);
    }

    /** Without the slot that would be given up first of those that are kept. */
    PoolAsset withoutFirstKept() {
        return with(
                status,
                healthScore,
                maxConcurrency,
                usesLeft,
                kept.stream().filter(one -> !one.equals(firstKept())).toList());
    }

    @Nullable
    Kept firstKept() {
        return keptSlots().stream().min(Comparator.comparing(Kept::until)).orElse(null);
    }

    private PoolAsset with(
            AssetStatus newStatus,
            BigDecimal newHealth,
            int newConcurrency,
            @Nullable Integer newUsesLeft,
            List<Kept> newKept) {
        return new PoolAsset(
                assetId,
                skuCategory,
                skuCode,
                attributes,
                newStatus,
                newHealth,
                unitCost,
                currency,
                newConcurrency,
                newUsesLeft,
                newestToken,
                withheld,
                newKept);
    }
}
