package dev.taskorder.activities.matching;

import dev.taskorder.activities.budget.BudgetBook.Room;
import dev.taskorder.activities.json.Json;
import dev.taskorder.activities.matching.WaitingOrder.Between;
import dev.taskorder.activities.matching.WaitingOrder.Kept;
import dev.taskorder.activities.matching.WaitingOrder.Means;
import dev.taskorder.activities.matching.model.Asset;
import dev.taskorder.activities.matching.model.Look;
import dev.taskorder.activities.matching.model.Order;
import dev.taskorder.activities.matching.model.World;
import dev.taskorder.api.asset.AssetStatus;
import dev.taskorder.api.budget.BudgetScope;
import dev.taskorder.api.lease.LeaseDecision;
import dev.taskorder.api.order.ResourceHint;
import dev.taskorder.api.order.UnservableHint;
import dev.taskorder.api.policy.Policy;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What the core decides about a world: its facts as the tables would tell them, read and not changed. */
final class CoreLook implements Round.Facts {
    /** Whoever decides by a policy needs no more of it. */
    private static final String POLICY = """
            {"task_types": ["*"], "envs": ["*"], "sku_categories": ["*"], "currency": "USD", "routes": [],
             "defaults": {"max_retries": %d, "lease_policy": "RELEASE", "retry_backoff_ms": 1000,
                          "retry_backoff_max_ms": 60000, "retry_hold_ms": 30000, "cancel_grace_ms": 5000,
                          "abandoned_slot_ms": 30000, "reserve_after_ms": %d, "max_queue_ms": null},
             "value": {"high_priority": %d, "high_value": %s}, "substitutes": %s,
             "asset_health": {"outcomes": {}, "half_life_s": 3600, "cool_down_ms": 1, "cool_down_max_ms": 1, "ban_after": 5},
             "retained_leases": {"ttl_s": 3600, "reclaim_for_priority": %d},
             "budget": {"estimates": %s, "nearing": []}}
            """;

    private static final Map<World.Policy, Policy> POLICIES = new ConcurrentHashMap<>();

    private final World world;
    private final Map<UUID, String> names;
    private final Map<List<Object>, String> demands = new HashMap<>();

    private CoreLook(World world) {
        this.world = world;
        this.names = world.orders().stream().collect(Collectors.toMap(Order::id, Order::name));
    }

    static Look of(World world) {
        return new CoreLook(world).look();
    }

    private Look look() {
        List<WaitingOrder> heads = heads();
        Set<String> categories = heads.stream()
                .flatMap(order -> order.hints().stream())
                .map(ResourceHint::skuCategory)
                .collect(Collectors.toSet());
        Pool pool = new Pool(world.assets().stream()
                .filter(asset -> categories.contains(asset.category()) && asset.status() != AssetStatus.RETIRED)
                .map(this::asset)
                .toList());
        return told(new Round(this, pool, purse(), world.places()).run(heads));
    }

    private Purse purse() {
        List<Room> rooms = new ArrayList<>();
        world.budgets()
                .forEach((owner, budget) -> rooms.add(new Room(
                        owner.equals(World.TENANT) ? BudgetScope.TENANT : BudgetScope.PROJECT,
                        owner,
                        budget.left(),
                        budget.currency(),
                        BigDecimal.ZERO,
                        BigDecimal.ZERO,
                        null,
                        BigDecimal.ZERO)));
        return new Purse(rooms);
    }

    private Look told(Round.Outcome outcome) {
        mayTake(outcome.grants().stream()
                .flatMap(grant -> grant.leases().stream())
                .toList());
        Map<String, Look.Reason> waits = new TreeMap<>();
        outcome.waiting().forEach((order, why) -> waits.put(name(order), reason(why)));
        return new Look(
                outcome.grants().stream()
                        .map(grant -> new Look.Grant(
                                name(grant.order().taskId()),
                                by(grant),
                                grant.leases().stream().map(this::place).toList()))
                        .toList(),
                outcome.ends().stream()
                        .map(end -> new Look.End(
                                name(end.order().taskId()),
                                end.why().status().name(),
                                end.why().code()))
                        .toList(),
                waits,
                outcome.reserving() == null ? null : name(outcome.reserving().taskId()),
                outcome.unfinished());
    }

    private static Look.Reason reason(Decision why) {
        if (why instanceof Decision.NotCovered) {
            return Look.Reason.NOT_COVERED;
        }
        if (why instanceof Decision.NoPlace) {
            return Look.Reason.NO_PLACE;
        }
        return why instanceof Decision.TooExpensiveNow ? Look.Reason.TOO_DEAR_NOW : Look.Reason.BLOCKED;
    }

    /** As its leases tell. */
    private static Look.By by(Round.Grant grant) {
        Set<Look.By> told = grant.leases().stream()
                .map(lease -> lease.choice().why().reason())
                .map(reason -> reason.contains("substitutes")
                        ? Look.By.SUBSTITUTES
                        : reason.contains("budget") || reason.contains("spent") ? Look.By.PRICE : Look.By.PREFERENCE)
                .collect(Collectors.toSet());
        if (told.size() > 1) {
            throw new AssertionError("one grant, and several reasons: " + told);
        }
        return told.stream().findFirst().orElse(Look.By.PREFERENCE);
    }

    private Look.Place place(Round.Taken taken) {
        String asset = taken.choice().asset().assetId();
        Optional<String> keptFor = world.kept(asset).stream()
                .filter(kept -> kept.number() == taken.slot().number())
                .map(World.Kept::key)
                .findFirst();
        if (keptFor.isPresent() != taken.slot().wasKept()) {
            throw new AssertionError(taken + " is told wrongly of whether it was kept");
        }
        LeaseDecision.Downgrade downgrade = taken.choice().why().downgrade();
        if (downgrade != null
                && downgrade.saved().compareTo(downgrade.wantedCost().subtract(downgrade.takenCost())) != 0) {
            throw new AssertionError(downgrade + " does not add up");
        }
        return new Look.Place(
                taken.choice().hintIndex(), asset, keptFor.orElse(null), downgrade == null ? null : downgrade.wanted());
    }

    /** Whichever free slots it takes: each is there, is nobody's, does not rest, and is taken once. */
    private void mayTake(List<Round.Taken> all) {
        Set<String> taken = new HashSet<>();
        for (Round.Taken one : all) {
            PoolAsset asset = one.choice().asset().asset();
            int number = one.slot().number();
            boolean free = number >= 1
                    && number <= asset.maxConcurrency()
                    && !world.withheld(asset.assetId()).contains(number)
                    && taken.add(asset.assetId() + " " + number);
            if (!free) {
                throw new AssertionError("slot " + number + " of " + asset + " is not free");
            }
        }
    }

    private String name(UUID order) {
        return names.getOrDefault(order, "nobody");
    }

    /** The first of every line, in no order across lines. */
    private List<WaitingOrder> heads() {
        Map<String, List<WaitingOrder>> lines = new TreeMap<>();
        lines().forEach(order ->
                lines.computeIfAbsent(order.demand(), any -> new ArrayList<>()).add(order));
        return lines.values().stream()
                .flatMap(line -> line.stream().limit(Line.HEADS))
                .toList();
    }

    /** All that wait, each line in the queue's order. */
    private Stream<WaitingOrder> lines() {
        return world.orders().stream()
                .filter(Order::waits)
                .sorted(Comparator.comparingInt(Order::priority)
                        .reversed()
                        .thenComparing(Order::createdAt)
                        .thenComparing(order -> order.id().toString()))
                .map(this::order);
    }

    @Override
    public List<WaitingOrder> behind(WaitingOrder last, @Nullable LeftOut leftOut, int max) {
        return lines().filter(order -> order.demand().equals(last.demand()))
                .dropWhile(order -> !order.taskId().equals(last.taskId()))
                .skip(1)
                .filter(order -> leftOut == null || !leftOut.concerns(order))
                .limit(max)
                .toList();
    }

    @Override
    public Policy policy(int version) {
        return POLICIES.computeIfAbsent(
                world.policy(version),
                rules -> Json.read(
                        POLICY.formatted(
                                rules.maxRetries(),
                                rules.reserveAfterMs(),
                                rules.highPriority(),
                                rules.highValue(),
                                Json.write(rules.substitutes().stream()
                                        .map(one -> Map.of(
                                                "from", one.from(), "to", one.to(), "min_health_score", one.floor()))
                                        .toList()),
                                rules.reclaimForPriority(),
                                Json.write(rules.estimates())),
                        Policy.class));
    }

    @Override
    public Optional<String> executor(WaitingOrder order, Policy policy) {
        return world.hasExecutor(order.taskType()) ? Optional.of("test") : Optional.empty();
    }

    /** Which hints are at fault, and why, is told elsewhere. */
    @Override
    public List<UnservableHint> unservable(WaitingOrder order) {
        Order asked = world.order(name(order.taskId()));
        return asked == null || world.couldServe(asked.demand()) ? List.of() : List.of(new UnservableHint(0, ""));
    }

    private WaitingOrder order(Order order) {
        boolean between = order.state() == Order.State.BETWEEN;
        return new WaitingOrder(
                order.id(),
                between ? "~" + order.id() : line(order),
                order.priority(),
                Instant.ofEpochMilli(order.createdAt()),
                world.nowMs() - order.waitsSince(),
                order.demand().currency(),
                new Means(
                        order.demand().project(),
                        order.header().maxTotalCost(),
                        between ? order.spent() : BigDecimal.ZERO,
                        BigDecimal.ZERO,
                        order.retries(),
                        order.header().maxRetries(),
                        order.demand().noDowngrade()),
                order.header().value(),
                order.header().taskType(),
                null,
                order.demand().policy(),
                order.demand().hints(),
                order.demand().minHealth() == null
                        ? BigDecimal.ZERO
                        : order.demand().minHealth(),
                order.demand().noDatacenter(),
                order.demand().retention(),
                between ? between(order) : null);
    }

    private String line(Order order) {
        Object estimate = world.policy(order.demand().policy())
                .estimates()
                .getOrDefault(order.header().taskType(), BigDecimal.ZERO);
        return demands.computeIfAbsent(List.of(order.demand(), estimate), any -> "d" + demands.size());
    }

    private static Between between(Order order) {
        return new Between(
                order.leases().stream()
                        .map(lease -> new Kept(lease.hint(), lease.asset()))
                        .toList(),
                order.avoided());
    }

    /** Tokens of one look are given in the order of the assets' names, and are larger than those before. */
    private PoolAsset asset(Asset asset) {
        long looks = world.lastUsed(asset.id());
        long rank = new TreeSet<>(world.assets().stream().map(Asset::id).toList())
                .headSet(asset.id())
                .size();
        return new PoolAsset(
                asset.id(),
                asset.category(),
                asset.sku(),
                asset.attributes(),
                asset.status(),
                asset.health(),
                asset.cost(),
                asset.currency(),
                asset.capacity(),
                world.usesLeft(asset),
                looks == 0 ? 0 : looks * 1_000 + rank,
                world.withheld(asset.id()),
                world.kept(asset.id()).stream()
                        .map(one -> new PoolAsset.Kept(one.number(), one.key(), Instant.ofEpochMilli(one.until())))
                        .toList());
    }
}
