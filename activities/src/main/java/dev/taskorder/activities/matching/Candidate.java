package dev.taskorder.activities.matching;

import java.math.BigDecimal;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/** An asset that fits a hint, with the slots that are free in this pass of the matcher. */
final class Candidate {
    private final String assetId;
    private final String skuCategory;
    private final String skuCode;
    private final BigDecimal unitCost;
    private final BigDecimal healthScore;
    private final long newestToken;
    private final Deque<Integer> freeSlots;
    private int inUse;

    /** @param newestToken the fencing token of its newest lease; 0 if it was never leased */
    record Facts(
            String assetId,
            String skuCategory,
            String skuCode,
            BigDecimal unitCost,
            BigDecimal healthScore,
            long newestToken,
            int slotsHeld,
            List<Integer> freeSlots) {}

    Candidate(Facts facts) {
        this.assetId = facts.assetId();
        this.skuCategory = facts.skuCategory();
        this.skuCode = facts.skuCode();
        this.unitCost = facts.unitCost();
        this.healthScore = facts.healthScore();
        this.newestToken = facts.newestToken();
        this.freeSlots = new ArrayDeque<>(facts.freeSlots());
        this.inUse = facts.slotsHeld();
    }

    String assetId() {
        return assetId;
    }

    String skuCategory() {
        return skuCategory;
    }

    String skuCode() {
        return skuCode;
    }

    BigDecimal unitCost() {
        return unitCost;
    }

    BigDecimal healthScore() {
        return healthScore;
    }

    long newestToken() {
        return newestToken;
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
}
