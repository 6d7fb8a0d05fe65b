package dev.taskorder.activities.matching;

import dev.taskorder.api.asset.AssetStatus;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * An asset of the pool, as it is when the matcher looks.
 *
 * @param newestToken the fencing token of its newest lease; 0 if it was never leased
 * @param withheld numbers of the slots that are leased, or rest
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
        long newestToken,
        Set<Integer> withheld) {
    /**
     * The slots that a lease may take, smallest first. One above a lowered concurrency that is still held takes one of
     * those below: the asset drains.
     */
    List<Integer> freeSlots() {
        List<Integer> free = new ArrayList<>();
        int most = maxConcurrency - withheld.size();
        for (int slot = 1; slot <= maxConcurrency && free.size() < most; slot++) {
            if (!withheld.contains(slot)) {
                free.add(slot);
            }
        }
        return free;
    }
}
