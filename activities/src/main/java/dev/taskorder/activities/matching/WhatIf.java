package dev.taskorder.activities.matching;

import dev.taskorder.activities.matching.Obstacles.Found;
import dev.taskorder.activities.matching.Obstacles.Kind;
import dev.taskorder.api.policy.Policy;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What the matcher would decide if something were changed: its own round, over the facts as they are but for the change.
 * So a change is not only likely to help; who else would have the good of it is known, too. Nothing is written. How many orders
 * may run is left out of it: that holds up all alike, and is told by itself.
 */
final class WhatIf {
    private final MatchPass pass;
    private final List<WaitingOrder> heads;
    private final List<PoolAsset> assets;
    private final WaitingOrder order;
    private final Purse purse;
    private final Policy policy;

    /**
     * @param heads the heads of all lines, by which the pass decides
     * @param policy the order's
     */
    WhatIf(
            MatchPass pass,
            List<WaitingOrder> heads,
            List<PoolAsset> assets,
            Purse purse,
            WaitingOrder order,
            Policy policy) {
        this.policy = policy;
        this.pass = pass;
        this.heads = heads;
        this.purse = purse;
        this.assets = assets;
        this.order = order;
    }

    /**
     * What would become of the order.
     *
     * @param unknown the round would end before its turn
     * @param others those of other lines that come before it and would be served, of what it wants or of the same money, or keep
     *     what is free, in its stead
     */
    record Course(boolean served, boolean unknown, List<WaitingOrder> others) {}

    /** If it were like this, and all else as it is. */
    Course as(WaitingOrder changed) {
        return course(assets, changed, Shortage.NONE);
    }

    /** If its budgets covered that, and all else were as it is. */
    Course mended(Shortage shortage) {
        return course(assets, order, shortage);
    }

    /** If these obstacles were done away with as they say, and its budgets covered that. */
    Course without(Collection<Found> obstacles, int priority, Shortage shortage) {
        Map<String, Set<Kind>> gone = new HashMap<>();
        obstacles.forEach(found -> found.change()
                .forEach(candidate -> gone.computeIfAbsent(candidate.assetId(), id -> new HashSet<>())
                        .add(found.kind())));
        Map<String, PoolAsset> mended = new HashMap<>();
        obstacles.stream()
                .flatMap(found -> found.change().stream())
                .forEach(candidate -> mended.put(
                        candidate.assetId(), mended(candidate, gone.getOrDefault(candidate.assetId(), Set.of()))));
        return course(
                assets.stream()
                        .map(asset -> mended.getOrDefault(asset.assetId(), asset))
                        .toList(),
                order.withPriority(priority),
                shortage);
    }

    private PoolAsset mended(Candidate candidate, Set<Kind> gone) {
        PoolAsset asset = candidate.asset();
        PoolAsset changed = asset;
        if (gone.contains(Kind.COOLING_DOWN) || gone.contains(Kind.BANNED)) {
            changed = changed.available();
        }
        if (gone.contains(Kind.UNHEALTHY)) {
            changed = changed.withHealth(order.minHealthScore());
        }
        if (gone.contains(Kind.USED_UP)) {
            changed = changed.withUsesLeft(1);
        }
        if (gone.contains(Kind.HELD)) {
            changed = changed.withMaxConcurrency(candidate.concurrencyForOneMore());
        }
        return gone.contains(Kind.RETAINED) ? changed.withoutFirstKept() : changed;
    }

    private Course course(List<PoolAsset> changed, WaitingOrder as, Shortage shortage) {
        List<WaitingOrder> line = as.equals(order)
                ? heads
                : Stream.concat(heads.stream().filter(head -> !isIt(head)), Stream.of(as))
                        .toList();
        Pool pool = new Pool(changed);
        Round.Outcome outcome = pass.decide(line, pool, purse.mended(order, shortage), Long.MAX_VALUE);
        boolean served = outcome.grants().stream().anyMatch(grant -> isIt(grant.order()));
        return new Course(served, !served && outcome.unfinished(), others(outcome, as, wanted(pool), shortage));
    }

    private Set<Candidate> wanted(Pool pool) {
        return pool.views(order, policy.substitutes()).orElseGet(() -> pool.views(order)).stream()
                .flatMap(view -> view.byNature().stream())
                .collect(Collectors.toSet());
    }

    private List<WaitingOrder> others(
            Round.Outcome outcome, WaitingOrder as, Set<Candidate> wanted, Shortage shortage) {
        Stream<WaitingOrder> served = outcome.grants().stream()
                .filter(grant -> grant.leases().stream()
                                .anyMatch(
                                        lease -> wanted.contains(lease.choice().asset()))
                        || (grant.hold().signum() > 0 && shortage.isDrawnOnBy(grant.order())))
                .map(Round.Grant::order);
        boolean kept = wanted.stream().anyMatch(candidate -> candidate.reserved() > 0);
        return Stream.concat(served, Stream.ofNullable(kept ? outcome.reserving() : null))
                .filter(other -> !other.demand().equals(order.demand()))
                .filter(other -> Round.QUEUE_ORDER.compare(other, as) < 0)
                .toList();
    }

    private boolean isIt(WaitingOrder other) {
        return other.taskId().equals(order.taskId());
    }
}
