package dev.taskorder.activities.matching;

import java.math.BigDecimal;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** An asset with the slots that are free in this pass of the matcher. One object, however many hints it fits. */
final class Candidate {
    private final PoolAsset asset;
    private final Deque<Integer> freeSlots;
    private final List<PoolAsset.Kept> keptSlots;
    private int inUse;
    private long newestToken;
    private int reserved;

    Candidate(PoolAsset asset) {
        this.asset = asset;
        this.freeSlots = new ArrayDeque<>(asset.freeSlots());
        this.keptSlots = new ArrayList<>(asset.keptSlots());
        this.inUse = asset.withheld().size();
        this.newestToken = asset.newestToken();
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
        return newestToken;
    }

    int inUse() {
        return inUse;
    }

    /** Whether it has a slot for the order: one for anybody, or one that is kept for its key. */
    boolean isFreeFor(WaitingOrder order) {
        return !freeSlots.isEmpty() || isKeptFor(order);
    }

    /** Whether it has a slot that is kept for the order's key. */
    boolean isKeptFor(WaitingOrder order) {
        return kept(order.retentionKey()) != null;
    }

    /** Whether it has a slot for an order so urgent that it gets what is kept for others. */
    boolean isFreeOrKept() {
        return !freeSlots.isEmpty() || !keptSlots.isEmpty();
    }

    /** Takes a slot for the rest of this pass: one that is kept for the order, else a free one, else what is kept for others. */
    Slot takeFor(WaitingOrder order) {
        inUse++;
        newestToken = Long.MAX_VALUE; // newer than all before this pass, and of one age with the others of it
        return slotFor(order);
    }

    private Slot slotFor(WaitingOrder order) {
        PoolAsset.Kept own = kept(order.retentionKey());
        if (own == null && !freeSlots.isEmpty()) {
            return new Slot(freeSlots.remove(), false);
        }
        PoolAsset.Kept taken = own == null ? keptSlots.get(0) : own;
        keptSlots.remove(taken);
        return new Slot(taken.slot(), true);
    }

    /** A slot that was given, and whether it had been kept for somebody. */
    record Slot(int number, boolean wasKept) {}

    private PoolAsset.@Nullable Kept kept(@Nullable String key) {
        if (key == null) {
            return null;
        }
        return keptSlots.stream()
                .filter(one -> one.key().equals(key))
                .findFirst()
                .orElse(null);
    }

    /** Those that are kept for orders of some key. */
    List<PoolAsset.Kept> keptSlots() {
        return List.copyOf(keptSlots);
    }

    /** Keeps the slot that the order would take from everyone for the rest of this pass, for it waits for more than this. */
    void reserveFor(WaitingOrder order) {
        slotFor(order);
        reserved++;
    }

    /** How many of its slots are kept for an order that waits for more. */
    int reserved() {
        return reserved;
    }

    private int takenInThisPass() {
        return inUse - asset.withheld().size();
    }

    /** Whether all uses that it has left are taken. */
    boolean isUsedUp() {
        return asset.usesLeft() != null && asset.usesLeft() <= takenInThisPass();
    }

    /** The least {@code max_concurrency} with which it had a slot for anybody, were its uses not limited. */
    int concurrencyForOneMore() {
        PoolAsset unlimited = asset.withUsesLeft(null);
        int slots = asset.maxConcurrency();
        while (unlimited.withMaxConcurrency(slots).freeSlots().size() <= takenInThisPass()) {
            slots++;
        }
        return slots;
    }

    /** How many of its leases and rests have to end before it has a free slot; more than one after a lowered concurrency. */
    int endsUntilFree() {
        return concurrencyForOneMore() - asset.maxConcurrency();
    }
}
