package dev.taskorder.activities.matching;

import dev.taskorder.activities.matching.Obstacles.Found;
import dev.taskorder.activities.matching.Obstacles.InTheWay;
import dev.taskorder.activities.matching.Obstacles.Kind;
import dev.taskorder.api.explain.Blocker;
import dev.taskorder.api.order.Limits;
import dev.taskorder.api.policy.Policy;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What keeps assets from an order, in words and numbers, for those who read why it waits. */
final class BlockerTexts {
    private static final int ASSETS_NAMED_MAX = 20;
    private static final int IN_SENTENCE_MAX = 3;

    private final WaitingOrder order;
    private final Policy policy;
    private final Holders holders;
    private final @Nullable WaitingOrder reserving;

    /** What becomes of the order if only this change is made. */
    enum Effect {
        SERVED(""),
        NOT_ENOUGH("; that alone is not enough, see the other blockers"),
        OTHERS_INSTEAD("; that alone is not enough, as orders before it are served first"),
        AFTER_OTHERS("; that may not be enough, as orders before it are served first");

        private final String words;

        Effect(String words) {
            this.words = words;
        }

        /** What is added to the change. */
        String words() {
            return words;
        }
    }

    /** @param reserving the order that keeps slots from this one; null if none does */
    BlockerTexts(WaitingOrder order, Policy policy, Holders holders, @Nullable WaitingOrder reserving) {
        this.order = order;
        this.policy = policy;
        this.holders = holders;
        this.reserving = reserving;
    }

    Blocker of(Found found, Effect effect) {
        Blocker blocker = of(found);
        String words = found.kind() == Kind.RETAINED ? orReclaim(effect) : effect.words;
        return new Blocker(blocker.code(), blocker.message(), blocker.facts(), blocker.change() + words);
    }

    private Blocker of(Found found) {
        return switch (found.kind()) {
            case COOLING_DOWN -> coolingDown(found);
            case UNHEALTHY -> unhealthy(found);
            case BANNED -> banned(found);
            case USED_UP -> usedUp(found);
            case HELD -> held(found);
            case RETAINED -> retained(found);
            case RESERVED -> reserved(found, Objects.requireNonNull(reserving));
        };
    }

    private Blocker coolingDown(Found found) {
        Map<String, @Nullable Object> facts = assets(
                found,
                one -> of("until", holders.coolUntil().get(one.candidate().assetId())));
        Instant until = last(found, candidate -> holders.coolUntil().get(candidate.assetId()));
        facts.put("until", until);
        return new Blocker(
                Blocker.ASSETS_COOLING_DOWN,
                counted(found, "rests after a bad outcome", "rest after bad outcomes"),
                facts,
                "Wait for " + named(found) + (until == null ? "" : " until " + until) + ", or set "
                        + (found.change().size() == 1 ? "it" : "them") + " AVAILABLE");
    }

    private Blocker unhealthy(Found found) {
        String least = order.minHealthScore().toPlainString();
        Map<String, @Nullable Object> facts =
                assets(found, one -> of("health_score", one.candidate().healthScore()));
        facts.put("min_health_score", order.minHealthScore());
        return new Blocker(
                Blocker.ASSETS_UNHEALTHY,
                counted(found, "is", "are") + " less healthy than its min_health_score of " + least,
                facts,
                "Bring the health_score of " + named(found) + " to " + least + " or more");
    }

    private static Blocker banned(Found found) {
        return new Blocker(
                Blocker.ASSETS_BANNED,
                counted(found, "is banned", "are banned"),
                assets(found, one -> Map.of()),
                "Set " + named(found) + " AVAILABLE");
    }

    private Blocker usedUp(Found found) {
        Map<String, @Nullable Object> facts = assets(
                found,
                one -> of("max_uses", holders.maxUses().get(one.candidate().assetId())));
        facts.put("held_by", heldBy(found));
        return new Blocker(
                Blocker.CAPACITY_HELD,
                counted(
                        found,
                        "has no use left but those that are leased, and is retired when they are used",
                        "have no use left but those that are leased, and are retired when they are used"),
                facts,
                "Raise max_uses of " + listed(found.change(), this::withOneMoreUse));
    }

    private String withOneMoreUse(Candidate candidate) {
        Integer max = holders.maxUses().get(candidate.assetId());
        Integer left = candidate.asset().usesLeft();
        return candidate.assetId() + (max == null || left == null ? "" : " to " + (max - left + 1));
    }

    private Blocker held(Found found) {
        Map<String, @Nullable Object> facts = assets(found, one -> {
            Map<String, @Nullable Object> use =
                    of("max_concurrency", one.candidate().asset().maxConcurrency());
            use.put("slots_held", one.candidate().inUse());
            return use;
        });
        facts.put("held_by", heldBy(found));
        long resting = slotsOf(found).filter(slot -> slot.taskId() == null).count();
        return new Blocker(
                Blocker.CAPACITY_HELD,
                counted(found, "has no free slot", "have no free slot")
                        + resting(resting)
                        + found.assets().stream()
                                .map(one -> freeBy(one.candidate()))
                                .filter(Objects::nonNull)
                                .min(Comparator.naturalOrder())
                                .map(until -> "; the next slot comes free by " + until + " at the latest")
                                .orElse(""),
                facts,
                raiseOrWait(found));
    }

    private static String resting(long slots) {
        if (slots == 0) {
            return "";
        }
        return ", as " + slots + (slots == 1 ? " slot rests" : " slots rest")
                + " after an attempt that was given up and may still use it";
    }

    /** Null for one that is retired when what is leased of it ends. */
    private @Nullable Instant freeBy(Candidate candidate) {
        return candidate.isUsedUp() ? null : holders.freeBy().get(candidate.assetId());
    }

    private static String raiseOrWait(Found found) {
        List<Candidate> change = found.change();
        boolean canRaise =
                change.stream().allMatch(candidate -> candidate.concurrencyForOneMore() <= Limits.CONCURRENCY_MAX);
        String raise = "Raise max_concurrency of "
                + listed(change, candidate -> candidate.assetId() + " to " + candidate.concurrencyForOneMore());
        int ends = change.stream().mapToInt(Candidate::endsUntilFree).max().orElse(1);
        String wait = change.size() > 1
                ? "wait until a slot of each comes free"
                : ends == 1
                        ? "wait until one of its slots comes free"
                        : "wait until " + ends + " of its leases have ended";
        if (change.stream().anyMatch(Candidate::isUsedUp)) {
            return raise;
        }
        return canRaise ? raise + ", or " + wait : "W" + wait.substring(1);
    }

    private Stream<Holders.Slot> slotsOf(Found found) {
        Set<String> assets =
                found.assets().stream().map(one -> one.candidate().assetId()).collect(Collectors.toSet());
        return holders.slots().stream().filter(slot -> assets.contains(slot.assetId()));
    }

    private List<Map<String, @Nullable Object>> heldBy(Found found) {
        List<Map<String, @Nullable Object>> held = new ArrayList<>();
        for (Holders.Slot slot : slotsOf(found).toList()) {
            Map<String, @Nullable Object> one = of("asset_id", slot.assetId());
            one.put("task_id", slot.taskId());
            one.put("lease_id", slot.leaseId());
            one.put("until", slot.until());
            one.put("resting", slot.taskId() == null);
            held.add(one);
        }
        return held;
    }

    private Blocker retained(Found found) {
        List<String> keys = found.assets().stream()
                .flatMap(one -> one.candidate().asset().keptSlots().stream())
                .map(PoolAsset.Kept::key)
                .distinct()
                .toList();
        String whose = keys.size() > IN_SENTENCE_MAX ? keys.size() + " keys" : String.join(", of ", keys);
        Instant until = found.assets().stream()
                .map(one -> keptUntil(one.candidate()))
                .filter(Objects::nonNull)
                .min(Comparator.naturalOrder())
                .orElse(null);
        Map<String, @Nullable Object> facts = assets(found, one -> of("retained", retained(one.candidate())));
        facts.put("reclaim_for_priority", policy.retainedLeases().reclaimForPriority());
        return new Blocker(
                Blocker.SLOTS_RESERVED,
                counted(found, "keeps a slot", "keep slots")
                        + (keys.size() == 1 ? " for the next order of " : " for the next orders of ")
                        + whose
                        + (found.assets().size() == 1 ? " until " : ", the first until ")
                        + until,
                facts,
                "Release " + listed(found.change(), this::leaseOf) + ", wait until "
                        + last(found, BlockerTexts::keptUntil));
    }

    /** So urgent an order takes what is kept, and stands before those who would be served in its stead. */
    private String orReclaim(Effect effect) {
        int reclaim = policy.retainedLeases().reclaimForPriority();
        if (reclaim > Limits.PRIORITY_MAX) {
            return effect.words;
        }
        String raise = "raise its priority to " + reclaim + ", the policy's reclaim_for_priority";
        return switch (effect) {
            case SERVED, NOT_ENOUGH -> ", or " + raise + effect.words;
            case OTHERS_INSTEAD, AFTER_OTHERS -> effect.words + "; or " + raise;
        };
    }

    private String leaseOf(Candidate candidate) {
        PoolAsset.Kept first = candidate.asset().firstKept();
        Holders.Left left = first == null ? null : left(candidate, first);
        return left == null
                ? "the lease that left " + candidate.assetId()
                : "lease " + left.leaseId() + " (fencing_token " + left.fencingToken() + ")";
    }

    private Holders.@Nullable Left left(Candidate candidate, PoolAsset.Kept kept) {
        return holders.left().get(new Holders.Place(candidate.assetId(), kept.slot()));
    }

    private static @Nullable Instant keptUntil(Candidate candidate) {
        PoolAsset.Kept first = candidate.asset().firstKept();
        return first == null ? null : first.until();
    }

    private List<Map<String, @Nullable Object>> retained(Candidate candidate) {
        List<Map<String, @Nullable Object>> all = new ArrayList<>();
        for (PoolAsset.Kept kept : candidate.asset().keptSlots()) {
            Map<String, @Nullable Object> one = of("key", kept.key());
            one.put("until", kept.until());
            Holders.Left left = left(candidate, kept);
            one.put("lease_id", left == null ? null : left.leaseId());
            one.put("fencing_token", left == null ? null : left.fencingToken());
            all.add(one);
        }
        return all;
    }

    private Blocker reserved(Found found, WaitingOrder larger) {
        long after = policy.defaults().reserveAfterMs();
        Map<String, @Nullable Object> facts =
                assets(found, one -> of("slots", one.candidate().reserved()));
        facts.put("for_task", larger.taskId());
        facts.put("for_priority", larger.priority());
        facts.put("reserve_after_ms", after);
        int priority = order.priorityToPass(larger);
        return new Blocker(
                Blocker.SLOTS_RESERVED,
                counted(found, "keeps its free slots", "keep their free slots") + " for order " + larger.taskId()
                        + ", which waits for more than is free and longer than reserve_after_ms (" + after + ")",
                facts,
                priority <= Limits.PRIORITY_MAX
                        ? "Raise its priority to " + priority + ", or wait until the other is served"
                        : "Wait until the other is served, or cancel it; who else comes before this order is served first");
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
        facts.put("assets_in_all", assetsOf(found));
        return facts;
    }

    private static Map<String, @Nullable Object> of(String name, @Nullable Object value) {
        Map<String, @Nullable Object> facts = new LinkedHashMap<>();
        facts.put(name, value);
        return facts;
    }

    private static @Nullable Instant last(Found found, Function<Candidate, @Nullable Instant> until) {
        return found.change().stream()
                .map(until)
                .filter(Objects::nonNull)
                .max(Comparator.naturalOrder())
                .orElse(null);
    }

    private static String counted(Found found, String one, String many) {
        long assets = assetsOf(found);
        return assets == 1
                ? "asset " + found.assets().get(0).candidate().assetId() + " " + one
                : assets + " assets that could serve it " + many;
    }

    /** One that could serve two hints is one asset. */
    private static long assetsOf(Found found) {
        return found.assets().stream().map(InTheWay::candidate).distinct().count();
    }

    private static String named(Found found) {
        return listed(found.change(), Candidate::assetId);
    }

    static String listed(List<Candidate> assets, Function<Candidate, String> inWords) {
        String names = assets.stream().limit(IN_SENTENCE_MAX).map(inWords).collect(Collectors.joining(", "));
        int more = assets.size() - IN_SENTENCE_MAX;
        return more > 0 ? names + " and " + more + " more" : names;
    }
}
