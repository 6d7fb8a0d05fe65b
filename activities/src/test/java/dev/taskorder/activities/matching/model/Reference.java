package dev.taskorder.activities.matching.model;

import dev.taskorder.activities.matching.model.Look.Reason;
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
import java.util.function.Predicate;
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
    private @Nullable Order reserving;
    /** How many grants there were when the first waited for money that takes only what it prefers. */
    private @Nullable Integer grantedBefore;

    private Reference(World world) {
        this.world = world;
    }

    /** Looks, and changes the world by what it decides. */
    public static Look look(World world) {
        return new Reference(world).look();
    }

    /** Whether the whole pool could serve it, even if it were idle. */
    static boolean couldServe(World world, Demand demand) {
        Order asked = new Order(new Order.Header("", new UUID(0, 0), "", demand, null, null, null), 0, 0);
        return !Ways.meeting(world, asked).ever().isEmpty();
    }

    private Look look() {
        world.beginLook();
        List<Order> queue = world.waiting();
        queue.sort(QUEUE);
        for (Order order : queue) {
            List<Order> twins = queue.stream()
                    .takeWhile(ahead -> ahead != order)
                    .filter(ahead -> isTwin(ahead, order) && waits.containsKey(ahead.name()))
                    .toList();
            // who is behind one that wants the very same and cannot have it need not be asked
            if (twins.stream().noneMatch(ahead -> waitsWith(ahead, order))) {
                judge(order, twins.isEmpty());
            }
        }
        return new Look(grants, ends, waits, reserving == null ? null : reserving.name(), again());
    }

    /** It wants the same, of the same money. */
    private boolean isTwin(Order one, Order other) {
        return one.isTwinOf(other) && estimate(one).compareTo(estimate(other)) == 0;
    }

    private BigDecimal estimate(Order order) {
        return policy(order).estimate(order.header().taskType());
    }

    /** It cannot have what the one ahead cannot have, who wants the same, and it need not end for its cost. */
    private boolean waitsWith(Order ahead, Order order) {
        Reason why = waits.get(ahead.name());
        if (why == Reason.BLOCKED || why == Reason.NO_PLACE) {
            return true;
        }
        boolean prefersTheSame = isOfHighValue(ahead) == isOfHighValue(order);
        if (order.demand().noDowngrade() && !prefersTheSame) {
            return false;
        }
        Purse purse = new Purse(world, order);
        return why == Reason.NOT_COVERED || (!purse.bears(tooDear.get(ahead.name())) && couldBeWorthTheWait(order));
    }

    private boolean couldBeWorthTheWait(Order order) {
        Case one = new Case(order);
        return order.demand().noDowngrade()
                ? one.purse.bears(one.purse.price(preferred(one, one.meeting.ever())))
                : couldEverPay(one);
    }

    private void judge(Order order, boolean firstOfItsKind) {
        Case one = new Case(order);
        if (!world.hasExecutor(order.header().taskType())) {
            end(order, "DEAD_LETTER", "EXECUTOR_ERROR");
        } else if (!couldEver(one)) {
            end(order, "FAILED", "NO_RESOURCE");
        } else if (!couldEverPay(one)) {
            end(order, "FAILED", "BUDGET_EXCEEDED");
        } else {
            choice(one, asset -> slotFor(order, asset, false).isPresent())
                    .or(() -> choice(one, asset -> isObtainable(order, asset)))
                    .ifPresentOrElse(choice -> grantIfItMayRun(order, choice), () -> waitsOrEnds(one, firstOfItsKind));
        }
    }

    /** An order that is judged. */
    private final class Case {
        final Order order;
        final Ways meeting;
        final Ways substituted;
        final Purse purse;

        Case(Order order) {
            this.order = order;
            this.meeting = Ways.meeting(world, order);
            this.substituted = order.demand().noDowngrade() ? meeting : Ways.withSubstitutes(world, order);
            this.purse = new Purse(world, order);
        }
    }

    private record Choice(Look.By by, List<Asset> assets, List<Asset> preferred) {}

    /**
     * What it prefers of what is free, if all its attempts can be paid so; else the cheapest that meets its hints, if they can be
     * paid so; else the cheapest that its policy allows. If it may not be downgraded, the first or nothing.
     */
    private Optional<Choice> choice(Case one, Predicate<Asset> free) {
        List<List<Asset>> all = one.meeting.well(free);
        if (all.isEmpty()) {
            return Optional.empty();
        }
        List<Asset> preferred = all.stream().min(placeByPlace(one.order)).orElseThrow();
        Choice choice = new Choice(Look.By.PREFERENCE, preferred, preferred);
        if (one.purse.isLimited() && !one.order.demand().noDowngrade()) {
            choice = cheaper(one, choice, Look.By.PRICE, all);
            choice = cheaper(one, choice, Look.By.SUBSTITUTES, one.substituted.well(free));
        }
        return Optional.of(choice).filter(best -> one.purse.covers(one.purse.price(best.assets())));
    }

    private Choice cheaper(Case one, Choice than, Look.By by, List<List<Asset>> all) {
        BigDecimal price = one.purse.price(than.assets());
        if (all.isEmpty() || one.purse.coversAllAttempts(price)) {
            return than;
        }
        List<Asset> cheapest = cheapest(one.order, all);
        return one.purse.price(cheapest).compareTo(price) < 0 ? new Choice(by, cheapest, than.preferred()) : than;
    }

    private void end(Order order, String status, String code) {
        ends.add(new Look.End(order.name(), status, code));
        if (order.state == Order.State.WAITS) {
            world.end(order.name());
        } else {
            order.refused = true; // and is ended by its workflow's step
        }
    }

    /** Who is between two attempts runs already. */
    private void grantIfItMayRun(Order order, Choice choice) {
        if (order.state == Order.State.WAITS && world.places() == 0) {
            waits.put(order.name(), Reason.NO_PLACE);
        } else {
            grant(order, choice);
        }
    }

    private void grant(Order order, Choice choice) {
        List<Integer> places = Ways.meeting(world, order).places();
        List<Look.Place> granted = new ArrayList<>();
        BigDecimal price = new Purse(world, order).price(choice.assets());
        for (int i = 0; i < places.size(); i++) {
            Asset asset = choice.assets().get(i);
            Asset preferred = choice.preferred().get(i);
            World.Vacant given = slotFor(order, asset, true).orElseThrow();
            world.lease(order, places.get(i), asset, given.slot());
            granted.add(new Look.Place(
                    places.get(i), asset.id(), given.keptFor(), preferred == asset ? null : preferred.id()));
        }
        world.pay(order, price);
        vacant.clear();
        load.clear();
        order.state = Order.State.RUNS;
        grants.add(new Look.Grant(order.name(), choice.by(), granted));
    }

    private void waitsOrEnds(Case one, boolean firstOfItsKind) {
        Predicate<Asset> free = asset -> isObtainable(one.order, asset);
        List<List<Asset>> meeting = one.meeting.well(free);
        if (meeting.isEmpty()) {
            waits(one, firstOfItsKind, Reason.BLOCKED);
            return;
        }
        boolean noDowngrade = one.order.demand().noDowngrade();
        BigDecimal now = one.purse.price(
                noDowngrade
                        ? meeting.stream().min(placeByPlace(one.order)).orElseThrow()
                        : cheapest(one, meeting, one.substituted.well(free)));
        if (one.purse.bears(now)) {
            waits(one, firstOfItsKind, Reason.NOT_COVERED);
        } else if (noDowngrade && !one.purse.bears(one.purse.price(preferred(one, one.meeting.ever())))) {
            end(one.order, "FAILED", "BUDGET_EXCEEDED");
        } else {
            tooDear.put(one.order.name(), now);
            waits(one, firstOfItsKind, Reason.TOO_DEAR_NOW);
        }
    }

    /**
     * The first that waits for long enough, that is the first of its kind and that slots could help keeps what is free of what
     * it wants.
     */
    private void waits(Case one, boolean firstOfItsKind, Reason reason) {
        Order order = one.order;
        waits.put(order.name(), reason);
        if (order.demand().noDowngrade() && reason != Reason.BLOCKED && grantedBefore == null) {
            grantedBefore = grants.size();
        }
        long waitedMs = world.nowMs() - order.waitsSince;
        boolean longEnough = waitedMs >= policy(order).reserveAfterMs();
        if (reserving == null && firstOfItsKind && longEnough && couldBeServedByWhatIsWell(one)) {
            reserving = order;
            List<Asset> keeps = reason == Reason.BLOCKED
                    ? asMuchAsCanBe(one)
                    : wellAndWanted(one).orElseThrow();
            keeps.stream()
                    .filter(asset -> isObtainable(order, asset))
                    .map(asset -> slotFor(order, asset, true).orElseThrow().slot())
                    .forEach(reserved::add);
        }
    }

    /** As many places as can be are filled, early ones first, and they in turn get their best. */
    private List<Asset> asMuchAsCanBe(Case one) {
        Comparator<List<@Nullable Asset>> byFilled = Comparator.comparing(
                places -> places.stream().filter(Objects::isNull).count());
        Comparator<List<@Nullable Asset>> byEmpty = Comparator.comparing(
                places -> places.stream().map(asset -> asset == null ? 1 : 0).toList(), Ranks::lexicographically);
        return one.meeting.wellInPart(asset -> isObtainable(one.order, asset)).stream()
                .min(byFilled.thenComparing(byEmpty).thenComparing(placeByPlace(one.order)))
                .map(places -> places.stream().filter(Objects::nonNull).toList())
                .orElseThrow();
    }

    private boolean couldBeServedByWhatIsWell(Case one) {
        return wellAndWanted(one)
                .filter(assets -> one.purse.covers(one.purse.price(assets)))
                .isPresent();
    }

    /** What it would have at last, were all that is well free. */
    private Optional<List<Asset>> wellAndWanted(Case one) {
        List<List<Asset>> meeting = one.meeting.well(any -> true);
        if (meeting.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(
                one.order.demand().noDowngrade()
                        ? preferred(one, meeting)
                        : cheapest(one, meeting, one.substituted.well(any -> true)));
    }

    /** Who passed one by that takes only what it prefers may have left it something cheaper to prefer; and money gets less. */
    private boolean again() {
        boolean mayPreferAnother = grantedBefore != null && grantedBefore < grants.size();
        return mayPreferAnother || (reserving != null && !couldBeServedByWhatIsWell(new Case(reserving)));
    }

    // what the pool could do

    /** With what it keeps, or all anew. */
    private boolean couldEver(Case one) {
        return !one.meeting.ever().isEmpty() || world.couldServe(one.order.demand());
    }

    private boolean couldEverPay(Case one) {
        List<List<Asset>> ever = one.meeting.ever();
        return ever.isEmpty() || one.purse.bears(one.purse.price(cheapest(one, ever, one.substituted.ever())));
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

    // what is better

    /** The cheapest in all; of several the one of better assets; and then the hints in order get their best of them. */
    private List<Asset> cheapest(Order order, List<List<Asset>> all) {
        List<Asset> ranked = ranked(Comparator.comparing(Asset::cost).thenComparing(better(order, false)));
        Comparator<List<Asset>> byCost = Comparator.comparing(
                assets -> assets.stream().map(Asset::cost).reduce(BigDecimal.ZERO, BigDecimal::add));
        Comparator<List<Asset>> byAssets =
                Comparator.comparing(assets -> Ranks.sorted(Ranks.of(assets, ranked)), Ranks::lexicographically);
        Comparator<List<Asset>> byPlaces =
                Comparator.comparing(assets -> Ranks.of(assets, ranked), Ranks::lexicographically);
        return all.stream()
                .min(byCost.thenComparing(byAssets).thenComparing(byPlaces))
                .orElseThrow();
    }

    /** Of what meets the hints, unless a substitute is cheaper. */
    private List<Asset> cheapest(Case one, List<List<Asset>> meeting, List<List<Asset>> substituted) {
        List<Asset> asked = cheapest(one.order, meeting);
        if (substituted.isEmpty()) {
            return asked;
        }
        List<Asset> other = cheapest(one.order, substituted);
        return one.purse.price(other).compareTo(one.purse.price(asked)) < 0 ? other : asked;
    }

    /** What it would prefer of these, were they all free. */
    private List<Asset> preferred(Case one, List<List<Asset>> all) {
        List<Asset> ranked = ranked(byRule(isOfHighValue(one.order)));
        Comparator<List<Asset>> byPlaces =
                Comparator.comparing(assets -> Ranks.of(assets, ranked), Ranks::lexicographically);
        return all.stream().min(byPlaces).orElseThrow();
    }

    /** Hints in order get their best; an empty place is worse than any. */
    private Comparator<List<? extends @Nullable Asset>> placeByPlace(Order order) {
        List<Asset> ranked = ranked(better(order, isOfHighValue(order)));
        return Comparator.comparing(assets -> Ranks.of(assets, ranked), Ranks::lexicographically);
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
        return Comparator.comparing((Asset asset) -> keptRank(order, asset)).thenComparing(byRule(highValue));
    }

    private Comparator<Asset> byRule(boolean highValue) {
        Comparator<Asset> byHealth = Comparator.comparing(Asset::health).reversed();
        Comparator<Asset> byCost = Comparator.comparing(Asset::cost);
        return (highValue ? byHealth.thenComparing(byCost) : byCost.thenComparing(byHealth))
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
