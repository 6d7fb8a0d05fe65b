package dev.taskorder.activities.matching;

import dev.taskorder.activities.matching.Assignment.Want;
import dev.taskorder.api.asset.AssetStatus;
import dev.taskorder.api.policy.Policy;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/**
 * What stands between an order and the assets that could serve it by their nature, and the least that would have to change.
 * Pure: the same facts, and the same rules of who can share what, by which the matcher decides.
 */
final class Obstacles {
    /** Why an asset that could serve does not now, in the order in which it is found out. One asset may have several. */
    enum Kind {
        COOLING_DOWN,
        UNHEALTHY,
        BANNED,
        /** All uses that it has left are taken by leases that run. */
        USED_UP,
        HELD,
        /** Its free slots are kept for the next order of another key. */
        RETAINED,
        /** Its free slots are kept for an order that waits for more. */
        RESERVED
    }

    /** An asset that could serve a hint of the order, but for this. */
    record InTheWay(int hint, Candidate candidate) {}

    /**
     * All that one kind of obstacle keeps from the order.
     *
     * @param change the fewest assets that would have to be rid of it
     * @param enough whether what the order wants were there then; if not, the changes of the other kinds are needed too
     */
    record Found(Kind kind, List<InTheWay> assets, List<Candidate> change, boolean enough) {}

    /**
     * What the order may spend beside its own ceiling.
     *
     * @param shortage what its budgets lack: that is told of as well, so that what takes no more is within its means
     */
    record Money(Purse purse, Shortage shortage) {}

    private static final Comparator<Candidate> BY_COST = Comparator.comparing(Candidate::unitCost);

    private final WaitingOrder order;
    private final boolean reclaims;
    private final BigDecimal estimate;
    private final List<Want> usable;
    private final Money money;
    /** Where only substitutes are within its means, what meets its hints is in its way all the same: they come after that. */
    private final boolean minds;

    private final Map<Candidate, Set<Kind>> kinds = new HashMap<>();

    private Obstacles(WaitingOrder order, List<Want> usable, Policy policy, Money money) {
        this.order = order;
        this.money = money;
        this.reclaims = order.priority() >= policy.retainedLeases().reclaimForPriority();
        this.estimate = policy.budget().estimateOf(order.taskType());
        this.usable = usable;
        usable.stream()
                .flatMap(want -> want.fitting().stream())
                .forEach(candidate -> kinds.computeIfAbsent(candidate, this::find));
        this.minds = Assignment.cheapest(usable, BY_COST).filter(this::isBorne).isPresent();
    }

    /** Of an order that cannot be served, or could only pay what is not free; empty if nothing could ever serve it. */
    static List<Found> of(WaitingOrder order, Pool pool, Policy policy, Decision why, Money money) {
        List<Want> usable = Chooser.awaited(order, pool, policy, why instanceof Decision.TooExpensiveNow);
        Obstacles obstacles = new Obstacles(order, usable, policy, money);
        return obstacles.least(any -> true).map(obstacles::found).orElse(List.of());
    }

    private Set<Kind> find(Candidate candidate) {
        Set<Kind> all = EnumSet.noneOf(Kind.class);
        if (candidate.asset().status() == AssetStatus.COOLING_DOWN) {
            all.add(Kind.COOLING_DOWN);
        }
        if (candidate.asset().status() == AssetStatus.BANNED) {
            all.add(Kind.BANNED);
        }
        if (candidate.healthScore().compareTo(order.minHealthScore()) < 0) {
            all.add(Kind.UNHEALTHY);
        }
        if (!candidate.isFreeFor(order) && !(reclaims && candidate.isFreeOrKept())) {
            all.addAll(occupied(candidate));
        }
        return all;
    }

    private static Set<Kind> occupied(Candidate candidate) {
        if (candidate.reserved() > 0) {
            return EnumSet.of(Kind.RESERVED);
        }
        if (candidate.isFreeOrKept()) {
            return EnumSet.of(Kind.RETAINED);
        }
        if (!candidate.isUsedUp()) {
            return EnumSet.of(Kind.HELD);
        }
        boolean hasSlot = candidate.concurrencyForOneMore() == candidate.asset().maxConcurrency();
        return hasSlot ? EnumSet.of(Kind.USED_UP) : EnumSet.of(Kind.USED_UP, Kind.HELD);
    }

    private List<Found> found(List<Candidate> least) {
        List<Found> all = new ArrayList<>();
        inTheWay(shortHints(least)).forEach((kind, assets) -> {
            Optional<List<Candidate>> alone = least(candidate -> Set.of(kind).containsAll(kindsOf(candidate)));
            List<Candidate> change = with(kind, alone.orElse(least));
            if (change.isEmpty()) {
                change = with(kind, mostly(kind)); // another way than the least, and a step on it
            }
            if (!change.isEmpty()) {
                all.add(new Found(kind, assets, change, alone.isPresent()));
            }
        });
        return all;
    }

    private List<Candidate> with(Kind kind, List<Candidate> chosen) {
        return chosen.stream()
                .filter(candidate -> kindsOf(candidate).contains(kind))
                .toList();
    }

    private Set<Kind> kindsOf(Candidate candidate) {
        return kinds.getOrDefault(candidate, Set.of());
    }

    private Comparator<Candidate> fewest() {
        return Comparator.comparingInt(
                        (Candidate candidate) -> kindsOf(candidate).size())
                .thenComparing(Preference.CHEAPEST.order());
    }

    /** What could serve it if as little as possible but this kind were done away with; empty if it cannot pay that. */
    private List<Candidate> mostly(Kind kind) {
        Comparator<Candidate> fewestOthers = Comparator.comparingInt(
                        (Candidate candidate) -> (int) kindsOf(candidate).stream()
                                .filter(other -> other != kind)
                                .count())
                .thenComparing(fewest());
        return Assignment.cheapest(usable, fewestOthers).filter(this::canPay).orElse(List.of());
    }

    /** What could serve it, and what it can pay, with the fewest obstacles; of assets that are allowed. */
    private Optional<List<Candidate>> least(Predicate<Candidate> allowed) {
        List<Want> wants = among(allowed);
        Optional<List<Candidate>> fewest = Assignment.cheapest(wants, fewest());
        return fewest.isEmpty() || canPay(fewest.get()) ? fewest : leastThatItCanPay(allowed);
    }

    /** Begins with the very cheapest, and takes back each change that is not needed. */
    private Optional<List<Candidate>> leastThatItCanPay(Predicate<Candidate> allowed) {
        Optional<List<Candidate>> payable = cheapest(allowed);
        for (Candidate one : payable.orElse(List.of())) {
            Set<Candidate> others = new HashSet<>(payable.orElseThrow());
            others.remove(one);
            Optional<List<Candidate>> without =
                    cheapest(candidate -> kindsOf(candidate).isEmpty() || others.contains(candidate));
            payable = without.isPresent() ? without : payable;
        }
        return payable;
    }

    private Optional<List<Candidate>> cheapest(Predicate<Candidate> allowed) {
        return Assignment.cheapest(among(allowed), BY_COST.thenComparing(fewest()))
                .filter(this::canPay);
    }

    private List<Want> among(Predicate<Candidate> allowed) {
        return usable.stream()
                .map(want -> new Want(
                        want.count(), want.fitting().stream().filter(allowed).toList()))
                .toList();
    }

    private boolean canPay(List<Candidate> assets) {
        return !minds || isBorne(assets);
    }

    private boolean isBorne(List<Candidate> assets) {
        BigDecimal cost = assets.stream().map(Candidate::unitCost).reduce(estimate, BigDecimal::add);
        return order.bears(cost)
                && (money.purse().covers(order, cost) || money.shortage().coversWhenMended(cost));
    }

    /** The hints of which a place is not filled by an asset that is free: the others have what they want. */
    private List<Integer> shortHints(List<Candidate> chosen) {
        List<Integer> all = new ArrayList<>();
        int place = 0;
        for (int hint = 0; hint < order.hints().size(); hint++) {
            int missing = order.missing(hint);
            boolean isShort = chosen.subList(place, place + missing).stream()
                    .anyMatch(candidate -> !kindsOf(candidate).isEmpty());
            if (isShort) {
                all.add(hint);
            }
            place += missing;
        }
        return all;
    }

    private Map<Kind, List<InTheWay>> inTheWay(List<Integer> hints) {
        Map<Kind, List<InTheWay>> all = new EnumMap<>(Kind.class);
        for (int hint : hints) {
            usable.get(hint).fitting().stream()
                    .sorted(Comparator.comparing(Candidate::assetId))
                    .forEach(candidate -> kindsOf(candidate)
                            .forEach(kind -> all.computeIfAbsent(kind, k -> new ArrayList<>())
                                    .add(new InTheWay(hint, candidate))));
        }
        return all;
    }
}
