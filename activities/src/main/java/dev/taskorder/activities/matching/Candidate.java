package dev.taskorder.activities.matching;

import java.math.BigDecimal;
import java.util.ArrayDeque;
import java.util.Deque;

/** An asset with the slots that are free in this pass of the matcher. One object, however many hints it fits. */
final class Candidate {
    private final PoolAsset asset;
    private final Deque<Integer> freeSlots;
    private int inUse;
    private int reserved;

    Candidate(PoolAsset asset) {
        this.asset = asset;
        this.freeSlots = new ArrayDeque<>(asset.freeSlots());
        this.inUse = asset.withheld().size();
    }

    PoolAsset asset() {
        return asset;
    }

    String assetId() {
        return asset.assetId();
    }

    BigDecimal unitCost() {
        return asset.unitCost();
    }

    BigDecimal healthScore() {
        return asset.healthScore();
    }

    long newestToken() {
        return asset.newestToken();
    }

    int inUse() {
        return inUse;
    }

    boolean isFree() {
        return !freeSlots.isEmpty();
    }

    /** Takes a free slot for the rest of this pass. */
    int take() {
        inUse++;
        return freeSlots.remove();
    }

    /** Keeps a free slot from everyone for the rest of this pass, for an order that waits for more than this. */
    void reserve() {
        freeSlots.remove();
        reserved++;
    }

    /** How many of its slots are kept for an order that waits for more. */
    int reserved() {
        return reserved;
    }
}
