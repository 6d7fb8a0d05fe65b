package dev.taskorder.activities.matching.model;

import dev.taskorder.activities.matching.model.Look.Reason;
import dev.taskorder.api.asset.AssetStatus;
import dev.taskorder.api.order.ResourceHint;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.BiPredicate;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * One look of the matcher, by the words of design.md §4: the whole queue in its order, and for each order every way in which
 * the pool could serve it. It writes what it grants into the world as it goes.
 */
public final class Reference {
    private static final Comparator<Order> QUEUE = Comparator.comparingInt((Order order) -> -order.priority)
            .thenComparingLong(order -> order.createdAt)
            .thenComparing(order -> order.id().toString());

    private final World world;
    private final List<Look.Grant> grants = new ArrayList<>();
    private final List<Look.End> ends = new ArrayList<>();
    private final Map<String, Reason> waits = new HashMap<>();
    /** What the cheapest that was free cost, for those who could not pay it. */
    private final Map<String, BigDecimal> tooDear = new HashMap<>();

    private final Set<World.Slot> reserved = new HashSet<>();
    /** Of the world as it is until the next grant. */
    private final Map<String, List<World.Vacant>> vacant = new HashMap<>();

    private final Map<String, Integer> load = new HashMap<>();
    private @Nullable String reserving;

    private Reference(World world) {
        this.world = world;
    }

    /** Looks, and changes the world by what it decides. */
    public static Look look(World world) {
        return new Reference(world).look();
    }

    /** Whether the whole pool could serve it, even if it were idle. */
    static boolean couldServe(World world, Demand demand) {
        Order asked = new Order(new Order.Header("", new UUID(0, 0), "", demand, null, null), 0, 0);
        return !new Reference(world).assignments(asked, any -> true).isEmpty();
    }

    private Look look() {
        world.beginLook();
        List<Order> queue = world.waiting();
        queue.sort(QUEUE);
        for (Order order : queue) {
            List<Order> twins = queue.stream()
                    .takeWhile(ahead -> ahead != order)
                    .filter(ahead -> ahead.isTwinOf(order) && waits.containsKey(ahead.name()))
                    .toList();
            // who is behind one that wants the very same and cannot have it need not be asked
            if (twins.stream().noneMatch(ahead -> waitsWith(ahead, order))) {
                judge(order, twins.isEmpty());
            }
        }
        return new Look(grants, ends, waits, reserving);
    }

    /** It cannot have what the one ahead cannot have, who wants the same, and it need not end for its cost. */
    private boolean waitsWith(Order ahead, Order order) {
        BigDecimal most = order.header().maxTotalCost();
        return waits.get(ahead.name()) == Reason.BLOCKED
                || (most != null && most.compareTo(tooDear.get(ahead.name())) < 0 && couldEverPay(order));
    }

    private void judge(Order order, boolean firstOfItsKind) {
        if (!world.hasExecutor(order.header().taskType())) {
            end(order, "DEAD_LETTER", "EXECUTOR_ERROR");
        } else if (!couldEver(order)) {
            end(order, "FAILED", "NO_RESOURCE");
        } else if (!couldEverPay(order)) {
            end(order, "FAILED", "BUDGET_EXCEEDED");
        } else {
            choice(order, asset -> slotFor(order, asset, false).isPresent())
                    .or(() -> choice(order, asset -> isObtainable(order, asset)))
                    .ifPresentOrElse(assets -> grant(order, assets), () -> waits(order, firstOfItsKind));
        }
    }

    /** The best of what is free; if that is too dear, the cheapest. */
    private Optional<List<Asset>> choice(Order order, Predicate<Asset> free) {
        List<List<Asset>> all = assignments(order, asset -> isWell(order, asset) && free.test(asset));
        if (all.isEmpty()) {
            return Optional.empty();
        }
        List<Asset> best = all.stream().min(placeByPlace(order)).orElseThrow();
        return Optional.of(pays(order, best) ? best : cheapest(order, all)).filter(assets -> pays(order, assets));
    }

    private void end(Order order, String status, String code) {
        ends.add(new Look.End(order.name(), status, code));
        if (order.state == Order.State.WAITS) {
            world.end(order.name()); // one between two attempts has books to close, and is ended by its workflow's step
        }
    }

    private void grant(Order order, List<Asset> assets) {
        List<Integer> places = places(order);
        List<Look.Place> granted = new ArrayList<>();
        for (int i = 0; i < places.size(); i++) {
            Asset asset = assets.get(i);
            World.Vacant given = slotFor(order, asset, true).orElseThrow();
            world.lease(order, places.get(i), asset, given.slot());
            granted.add(new Look.Place(places.get(i), asset.id(), given.keptFor()));
        }
        vacant.clear();
        load.clear();
        order.state = Order.State.RUNS;
        grants.add(new Look.Grant(order.name(), granted));
    }

    /**
     * The first that waits for long enough, that is the first of its kind and that slots could help keeps what is free of what
     * it wants.
     */
    private void waits(Order order, boolean firstOfItsKind) {
        List<List<Asset>> free = assignments(order, asset -> isWell(order, asset) && isObtainable(order, asset));
        waits.put(order.name(), free.isEmpty() ? Reason.BLOCKED : Reason.TOO_DEAR_NOW);
        if (!free.isEmpty()) {
            tooDear.put(order.name(), cost(cheapest(order, free)));
        }
        long waitedMs = world.nowMs() - order.waitsSince;
        boolean longEnough = waitedMs >= policy(order).reserveAfterMs();
        if (reserving == null && firstOfItsKind && longEnough && couldBeServedByWhatIsWell(order)) {
            reserving = order.name();
            List<Asset> keeps = free.isEmpty() ? asMuchAsCanBe(order) : cheapest(order, well(order));
            keeps.stream()
                    .filter(asset -> isWell(order, asset) && isObtainable(order, asset))
                    .map(asset -> slotFor(order, asset, true).orElseThrow().slot())
                    .forEach(reserved::add);
        }
    }

    /** As many places as can be are filled, early ones first, and they in turn get their best. */
    private List<Asset> asMuchAsCanBe(Order order) {
        Comparator<List<@Nullable Asset>> byFilled = Comparator.comparing(
                places -> places.stream().filter(Objects::isNull).count());
        Comparator<List<@Nullable Asset>> byEmpty = Comparator.comparing(
                places -> places.stream().map(asset -> asset == null ? 1 : 0).toList(), Reference::lexicographically);
        Predicate<Asset> which = asset -> isWell(order, asset) && isObtainable(order, asset);
        return every(order, usable(order).and((hint, asset) -> which.test(asset)), true).stream()
                .min(byFilled.thenComparing(byEmpty).thenComparing(placeByPlace(order)))
                .map(places -> places.stream().filter(Objects::nonNull).toList())
                .orElseThrow();
    }

    private boolean couldBeServedByWhatIsWell(Order order) {
        return well(order).stream().anyMatch(assets -> pays(order, assets));
    }

    private List<List<Asset>> well(Order order) {
        return assignments(order, asset -> isWell(order, asset));
    }

    // what the pool could do

    /** With what it keeps, or all anew: what cools down, is banned or not well may come back. */
    private boolean couldEver(Order order) {
        return !assignments(order, any -> true).isEmpty() || world.couldServe(order.demand());
    }

    private boolean couldEverPay(Order order) {
        List<List<Asset>> ever = order.header().maxTotalCost() == null ? List.of() : assignments(order, any -> true);
        return ever.isEmpty() || ever.stream().anyMatch(assets -> pays(order, assets));
    }

    private boolean isWell(Order order, Asset asset) {
        BigDecimal least = order.demand().minHealth();
        return asset.status() == AssetStatus.AVAILABLE
                && (least == null || asset.health().compareTo(least) >= 0);
    }

    /** Whether it can have a slot; what is kept for others too, if it is urgent enough. */
    private boolean isObtainable(Order order, Asset asset) {
        boolean reclaims = order.priority >= policy(order).reclaimForPriority();
        return slotFor(order, asset, reclaims).isPresent();
    }

    /** One that is kept for its key, else one that is for anybody, else, if it may, one that is kept for others. */
    private Optional<World.Vacant> slotFor(Order order, Asset asset, boolean reclaims) {
        List<World.Vacant> all = vacant.computeIfAbsent(asset.id(), id -> world.vacant(asset)).stream()
                .filter(one -> !reserved.contains(one.slot()))
                .toList();
        Predicate<World.Vacant> own = one ->
                one.keptFor() != null && one.keptFor().equals(order.demand().retention());
        return first(all, own)
                .or(() -> first(all, one -> one.keptFor() == null))
                .or(() -> first(all, any -> reclaims));
    }

    private static Optional<World.Vacant> first(List<World.Vacant> all, Predicate<World.Vacant> which) {
        return all.stream().filter(which).findFirst();
    }

    /** The same, of those that it may use. */
    private List<List<Asset>> assignments(Order order, Predicate<Asset> which) {
        BiPredicate<Integer, Asset> usable = usable(order);
        return assignments(order, (hint, asset) -> which.test(asset) && usable.test(hint, asset));
    }

    /**
     * What it gave back fills a hint again only where one of the ways to serve it that take the fewest of those, of all that is
     * well, has it there, free or not.
     */
    private BiPredicate<Integer, Asset> usable(Order order) {
        if (order.avoided.isEmpty()) {
            return (hint, any) -> true;
        }
        List<List<Asset>> all = assignments(order, (hint, asset) -> isWell(order, asset));
        long fewest = all.stream()
                .mapToLong(assets -> takenAgain(order, assets))
                .min()
                .orElse(0);
        List<Integer> places = places(order);
        Set<Map.Entry<Integer, Asset>> again = new HashSet<>();
        all.stream().filter(assets -> takenAgain(order, assets) == fewest).forEach(assets -> IntStream.range(
                        0, places.size())
                .forEach(place -> again.add(Map.entry(places.get(place), assets.get(place)))));
        return (hint, asset) ->
                all.isEmpty() || !order.avoided.contains(asset.id()) || again.contains(Map.entry(hint, asset));
    }

    private static long takenAgain(Order order, List<Asset> assets) {
        return assets.stream()
                .filter(asset -> order.avoided.contains(asset.id()))
                .count();
    }

    /** Every way to give each missing place an asset of its own, of those that the predicate lets through. */
    private List<List<Asset>> assignments(Order order, BiPredicate<Integer, Asset> which) {
        List<List<Asset>> all = new ArrayList<>();
        every(order, which, false).forEach(one -> all.add(List.copyOf(one)));
        return all;
    }

    private List<List<@Nullable Asset>> every(Order order, BiPredicate<Integer, Asset> which, boolean mayStayEmpty) {
        List<Asset> candidates = world.assets().stream()
                .filter(asset -> !order.holds(asset.id()))
                .toList();
        List<List<Asset>> ofPlaces = new ArrayList<>();
        for (int hint : places(order)) {
            ResourceHint wanted = order.demand().hints().get(hint);
            ofPlaces.add(candidates.stream()
                    .filter(asset -> suits(order, wanted, asset) && which.test(hint, asset))
                    .toList());
        }
        List<List<@Nullable Asset>> all = new ArrayList<>();
        extend(ofPlaces, mayStayEmpty, new ArrayList<>(), all);
        return all;
    }

    private static void extend(
            List<List<Asset>> ofPlaces,
            boolean mayStayEmpty,
            List<@Nullable Asset> chosen,
            List<List<@Nullable Asset>> all) {
        if (chosen.size() == ofPlaces.size()) {
            all.add(new ArrayList<>(chosen));
            return;
        }
        List<@Nullable Asset> choice = new ArrayList<>(ofPlaces.get(chosen.size()));
        choice.removeAll(chosen);
        if (mayStayEmpty) {
            choice.add(null);
        }
        for (Asset asset : choice) {
            chosen.add(asset);
            extend(ofPlaces, mayStayEmpty, chosen, all);
            chosen.remove(chosen.size() - 1);
        }
    }

    /** The hint of each place that is still to be filled. */
    private static List<Integer> places(Order order) {
        List<Integer> places = new ArrayList<>();
        for (int hint = 0; hint < order.demand().hints().size(); hint++) {
            for (int i = 0; i < order.missing(hint); i++) {
                places.add(hint);
            }
        }
        return places;
    }

    // what suits (specification §4)

    private static boolean suits(Order order, ResourceHint hint, Asset asset) {
        boolean datacenter = hint.skuCategory().equals("RAW_NET")
                && order.demand().noDatacenter()
                && !Boolean.TRUE.equals(asset.attributes().get("no_datacenter"));
        return World.mayServe(asset)
                && !datacenter
                && asset.category().equals(hint.skuCategory())
                && asset.currency().equals(order.demand().currency())
                && suitsSku(hint.skuCode(), asset.sku())
                && hint.attributes().entrySet().stream()
                        .allMatch(wanted ->
                                isEqual(wanted.getValue(), asset.attributes().get(wanted.getKey())));
    }

    private static boolean suitsSku(@Nullable String wanted, String sku) {
        if (wanted == null || wanted.equals(sku)) {
            return true;
        }
        return wanted.endsWith("*") && sku.startsWith(wanted.substring(0, wanted.length() - 1));
    }

    private static boolean isEqual(Object wanted, @Nullable Object has) {
        if (wanted instanceof Number && has instanceof Number) {
            return ((Number) wanted).doubleValue() == ((Number) has).doubleValue();
        }
        return wanted.equals(has);
    }

    // what is better

    /** The cheapest in all; of several the one of better assets; and then the hints in order get their best of them. */
    private List<Asset> cheapest(Order order, List<List<Asset>> all) {
        List<Asset> ranked = ranked(Comparator.comparing(Asset::cost).thenComparing(better(order, false)));
        Comparator<List<Asset>> byCost = Comparator.comparing(Reference::cost);
        Comparator<List<Asset>> byAssets =
                Comparator.comparing(assets -> sorted(ranks(assets, ranked)), Reference::lexicographically);
        Comparator<List<Asset>> byPlaces =
                Comparator.comparing(assets -> ranks(assets, ranked), Reference::lexicographically);
        return all.stream()
                .min(byCost.thenComparing(byAssets).thenComparing(byPlaces))
                .orElseThrow();
    }

    private static BigDecimal cost(List<Asset> assets) {
        return assets.stream().map(Asset::cost).reduce(BigDecimal.ZERO, BigDecimal::add);
    }

    private static boolean pays(Order order, List<Asset> assets) {
        BigDecimal most = order.header().maxTotalCost();
        return most == null || order.spent.add(cost(assets)).compareTo(most) <= 0;
    }

    /** Hints in order get their best; an empty place is worse than any. */
    private Comparator<List<? extends @Nullable Asset>> placeByPlace(Order order) {
        List<Asset> ranked = ranked(better(order, isOfHighValue(order)));
        return Comparator.comparing(assets -> ranks(assets, ranked), Reference::lexicographically);
    }

    private static List<Integer> ranks(List<? extends @Nullable Asset> assets, List<Asset> ranked) {
        return assets.stream()
                .map(asset -> asset == null ? ranked.size() : rank(asset, ranked))
                .toList();
    }

    private static int rank(Asset asset, List<Asset> ranked) {
        int rank = 0;
        while (ranked.get(rank) != asset) {
            rank++;
        }
        return rank;
    }

    private static List<Integer> sorted(List<Integer> numbers) {
        return numbers.stream().sorted().toList();
    }

    private static int lexicographically(List<Integer> one, List<Integer> other) {
        return IntStream.range(0, one.size())
                .map(i -> Integer.compare(one.get(i), other.get(i)))
                .filter(difference -> difference != 0)
                .findFirst()
                .orElse(0);
    }

    private boolean isOfHighValue(Order order) {
        BigDecimal value = order.header().value();
        return order.priority >= policy(order).highPriority()
                || (value != null && value.compareTo(policy(order).highValue()) >= 0);
    }

    private World.Policy policy(Order order) {
        return world.policy(order.demand().policy());
    }

    private List<Asset> ranked(Comparator<Asset> better) {
        return world.assets().stream().sorted(better).toList();
    }

    /**
     * What is kept for its key first, what is kept for others last; then health or price; ties to the least loaded, then to the
     * one longest unused, then by name.
     */
    private Comparator<Asset> better(Order order, boolean highValue) {
        Comparator<Asset> byHealth = Comparator.comparing(Asset::health).reversed();
        Comparator<Asset> byCost = Comparator.comparing(Asset::cost);
        return Comparator.comparing((Asset asset) -> keptRank(order, asset))
                .thenComparing(highValue ? byHealth.thenComparing(byCost) : byCost.thenComparing(byHealth))
                .thenComparing(asset -> load.computeIfAbsent(
                        asset.id(), id -> world.withheld(id).size()))
                .thenComparing(asset -> world.lastUsed(asset.id()))
                .thenComparing(Asset::id);
    }

    private int keptRank(Order order, Asset asset) {
        Optional<World.Vacant> slot = slotFor(order, asset, false);
        return slot.isEmpty() ? 2 : slot.get().keptFor() == null ? 1 : 0;
    }
}
