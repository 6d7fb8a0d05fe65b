package dev.taskorder.activities.matching;

import dev.taskorder.activities.matching.Obstacles.Found;
import dev.taskorder.activities.matching.Obstacles.InTheWay;
import dev.taskorder.api.explain.Blocker;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Obstacles in words and numbers, for those who read why an order waits. */
final class BlockerTexts {
    private static final int ASSETS_NAMED_MAX = 20;
    private static final int ASSETS_IN_SENTENCE_MAX = 3;

    private BlockerTexts() {}

    /** @param reserving the order that keeps slots from others; null if none does */
    static Blocker of(Found found, WaitingOrder order, Holders holders, @Nullable WaitingOrder reserving) {
        return switch (found.kind()) {
            case COOLING_DOWN -> coolingDown(found, holders);
            case UNHEALTHY -> unhealthy(found, order);
            case BANNED -> banned(found);
            case HELD -> held(found, holders);
            case RESERVED -> reserved(found, order, reserving);
        };
    }

    private static Blocker coolingDown(Found found, Holders holders) {
        Map<String, @Nullable Object> facts = assets(found, one -> {
            Map<String, @Nullable Object> facts1 = new LinkedHashMap<>();
            facts1.put("until", holders.coolUntil().get(one.candidate().assetId()));
            return facts1;
        });
        List<Instant> ends = found.change().stream()
                .map(candidate -> holders.coolUntil().get(candidate.assetId()))
                .filter(Objects::nonNull)
                .sorted()
                .toList();
        String until = ends.isEmpty() ? "" : " until " + ends.get(ends.size() - 1);
        facts.put("until", ends.isEmpty() ? null : ends.get(ends.size() - 1));
        return new Blocker(
                Blocker.ASSETS_COOLING_DOWN,
                counted(found, "rests after a bad outcome", "rest after bad outcomes"),
                facts,
                change(found, "Wait for " + named(found) + until + ", or set " + them(found) + " AVAILABLE"));
    }

    private static Blocker unhealthy(Found found, WaitingOrder order) {
        Map<String, @Nullable Object> facts =
                assets(found, one -> of("health_score", one.candidate().healthScore()));
        facts.put("min_health_score", order.minHealthScore());
        return new Blocker(
                Blocker.ASSETS_UNHEALTHY,
                counted(found, "is", "are") + " less healthy than its min_health_score of "
                        + order.minHealthScore().toPlainString(),
                facts,
                change(
                        found,
                        "Bring the health_score of " + named(found) + " to "
                                + order.minHealthScore().toPlainString() + " or more"));
    }

    private static Blocker banned(Found found) {
        return new Blocker(
                Blocker.ASSETS_BANNED,
                counted(found, "is banned", "are banned"),
                assets(found, one -> Map.of()),
                change(found, "Set " + named(found) + " AVAILABLE"));
    }

    private static Blocker held(Found found, Holders holders) {
        Map<String, @Nullable Object> facts = assets(found, one -> {
            Map<String, @Nullable Object> use = new LinkedHashMap<>();
            use.put("max_concurrency", one.candidate().asset().maxConcurrency());
            use.put("slots_held", one.candidate().inUse());
            return use;
        });
        List<Map<String, @Nullable Object>> held = new ArrayList<>();
        for (Holders.Slot slot : holders.slots()) {
            Map<String, @Nullable Object> one = of("asset_id", slot.assetId());
            one.put("task_id", slot.taskId());
            one.put("until", slot.until());
            held.add(one);
        }
        facts.put("held_by", held);
        String next = holders.slots().isEmpty()
                ? ""
                : "; the next slot comes free by " + holders.slots().get(0).until() + " at the latest";
        return new Blocker(
                Blocker.CAPACITY_HELD,
                counted(found, "has no free slot", "have no free slot") + next,
                facts,
                change(
                        found,
                        "Raise max_concurrency of " + named(found) + " by 1, or wait until "
                                + (found.change().size() == 1 ? "one of its slots comes" : "a slot of each comes")
                                + " free"));
    }

    private static Blocker reserved(Found found, WaitingOrder order, @Nullable WaitingOrder reserving) {
        boolean forLarger =
                found.assets().stream().anyMatch(one -> one.candidate().reserved() > 0);
        return forLarger && reserving != null ? reservedForLarger(found, order, reserving) : retained(found);
    }

    private static Blocker reservedForLarger(Found found, WaitingOrder order, WaitingOrder larger) {
        Map<String, @Nullable Object> facts =
                assets(found, one -> of("slots", one.candidate().reserved()));
        facts.put("for_task", larger.taskId());
        facts.put("for_priority", larger.priority());
        return new Blocker(
                Blocker.SLOTS_RESERVED,
                counted(found, "keeps its free slots", "keep their free slots") + " for order " + larger.taskId()
                        + ", which waits for more than is free and longer than the policy allows",
                facts,
                change(
                        found,
                        larger.priority() < order.priority()
                                ? "Wait for that order"
                                : "Raise this order's priority above " + larger.priority()
                                        + ", or give the other what it waits for"));
    }

    private static Blocker retained(Found found) {
        Map<String, @Nullable Object> facts = assets(found, one -> of("retained", retained(one.candidate())));
        PoolAsset.Kept first = found.change().stream()
                .flatMap(candidate -> candidate.keptSlots().stream())
                .min(Comparator.comparing(PoolAsset.Kept::until))
                .orElseThrow();
        return new Blocker(
                Blocker.SLOTS_RESERVED,
                counted(found, "keeps a slot", "keep slots") + " for the next order of " + first.key() + " until "
                        + first.until(),
                facts,
                change(
                        found,
                        "Release the lease that left it, wait until then, or raise the priority to the policy's"
                                + " reclaim_for_priority"));
    }

    private static List<Map<String, @Nullable Object>> retained(Candidate candidate) {
        List<Map<String, @Nullable Object>> all = new ArrayList<>();
        for (PoolAsset.Kept kept : candidate.keptSlots()) {
            Map<String, @Nullable Object> one = of("key", kept.key());
            one.put("until", kept.until());
            all.add(one);
        }
        return all;
    }

    static Blocker behind(WaitingOrder order, ObstacleTable.Head head, int before) {
        Map<String, @Nullable Object> facts = of("position", before + 1);
        facts.put("same_class_before", before);
        facts.put("first_task", head.taskId());
        facts.put("first_priority", head.priority());
        String how = head.priority() > order.priority()
                ? "Raise its priority above " + head.priority()
                : "Raise its priority above " + order.priority();
        return new Blocker(
                Blocker.BEHIND_IN_QUEUE,
                before == 1
                        ? "1 order that wants the same is before it"
                        : before + " orders that want the same are before it",
                facts,
                how + " to be the next that is served");
    }

    static Blocker tooExpensive(WaitingOrder order, BigDecimal freeNow, BigDecimal cheapestEver) {
        Map<String, @Nullable Object> facts = of("limit", order.maxTotalCost());
        facts.put("spent", order.spent());
        facts.put("needed", freeNow);
        facts.put("cheapest_when_free", cheapestEver);
        facts.put("currency", order.currency());
        return new Blocker(
                Blocker.ORDER_BUDGET,
                "what is free costs " + freeNow.toPlainString() + " " + order.currency()
                        + " at least, more than its max_total_cost allows",
                facts,
                "Raise max_total_cost to " + freeNow.add(order.spent()).toPlainString()
                        + ", or wait for the cheaper assets");
    }

    private static Map<String, @Nullable Object> assets(
            Found found, Function<InTheWay, Map<String, @Nullable Object>> more) {
        List<Map<String, @Nullable Object>> named = new ArrayList<>();
        for (InTheWay one : found.assets().stream().limit(ASSETS_NAMED_MAX).toList()) {
            Map<String, @Nullable Object> asset = of("asset_id", one.candidate().assetId());
            asset.put("hint_index", one.hint());
            asset.putAll(more.apply(one));
            named.add(asset);
        }
        Map<String, @Nullable Object> facts = of("assets", named);
        facts.put("assets_in_all", found.assets().size());
        return facts;
    }

    private static Map<String, @Nullable Object> of(String name, @Nullable Object value) {
        Map<String, @Nullable Object> facts = new LinkedHashMap<>();
        facts.put(name, value);
        return facts;
    }

    private static String counted(Found found, String one, String many) {
        int assets = found.assets().size();
        return assets == 1
                ? "asset " + found.assets().get(0).candidate().assetId() + " " + one
                : assets + " assets that could serve it " + many;
    }

    private static String them(Found found) {
        return found.change().size() == 1 ? "it" : "them";
    }

    private static String named(Found found) {
        String names = found.change().stream()
                .limit(ASSETS_IN_SENTENCE_MAX)
                .map(Candidate::assetId)
                .collect(Collectors.joining(", "));
        int more = found.change().size() - ASSETS_IN_SENTENCE_MAX;
        return more > 0 ? names + " and " + more + " more" : names;
    }

    private static String change(Found found, String what) {
        return found.enough() ? what : what + "; that alone is not enough, see the other blockers";
    }
}
