package dev.taskorder.activities.matching;

import dev.taskorder.activities.matching.Assignment.Want;
import dev.taskorder.activities.matching.Pool.View;
import dev.taskorder.api.lease.LeaseDecision;
import dev.taskorder.api.policy.Policy;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Decides for one order from what its hints find in the pool. Pure: facts in, decision out. */
final class Chooser {
    private final WaitingOrder order;
    private final List<View> views;
    private final Policy policy;
    private final Purse purse;
    private final BigDecimal estimate;
    private final Preference preference;
    private final List<Set<String>> passedOver;

    private Chooser(WaitingOrder order, List<View> views, Policy policy, Purse purse) {
        this.order = order;
        this.views = views;
        this.policy = policy;
        this.purse = purse;
        this.estimate = policy.budget().estimateOf(order.taskType());
        this.preference = preferenceOf(order, policy.value());
        this.passedOver = GivenBack.passedOver(order, views);
    }

    /**
     * @param views for each hint of the order what it finds
     * @param purse what its budgets cover
     */
    static Decision decide(WaitingOrder order, List<View> views, Policy policy, Purse purse) {
        return new Chooser(order, views, policy, purse).decide();
    }

    /**
     * What an order that waits would have of what it waits for, if it were kept: as much of it as one order could hold at
     * once; if what is free is only too dear, those of the cheapest that it waits for. Nothing if what is well could not
     * serve it, were it all free, at what the order may spend: it waits for more than slots, and would keep them in vain.
     */
    static Optional<List<Candidate>> reservable(
            WaitingOrder order, List<View> views, Policy policy, Purse purse, Decision why) {
        Chooser chooser = new Chooser(order, views, policy, purse);
        return chooser.cheapest(View::fitting)
                .filter(chooser::isCovered)
                .map(cheapest -> chooser.obtainable(why instanceof Decision.Blocked, cheapest));
    }

    /** The least that would have to be held for it with the cheapest that may serve it some day; nothing if nothing may. */
    static Optional<BigDecimal> leastNeeded(WaitingOrder order, List<View> views, Policy policy) {
        Chooser chooser = new Chooser(order, views, policy, Purse.unlimited());
        return chooser.cheapest(View::byNature).map(chooser::needed);
    }

    private List<Candidate> obtainable(boolean asMuchAsCanBe, List<Candidate> cheapest) {
        List<Want> obtainable = wants(reclaims() ? Chooser::freeOrKept : this::free);
        if (asMuchAsCanBe) {
            return Assignment.most(obtainable, better(preference));
        }
        Set<Candidate> all =
                obtainable.stream().flatMap(want -> want.fitting().stream()).collect(Collectors.toSet());
        return cheapest.stream().filter(all::contains).toList();
    }

    private Decision decide() {
        Decision decision = decide(this::free);
        boolean waits = decision instanceof Decision.Blocked || decision instanceof Decision.TooExpensiveNow;
        return waits && reclaims() ? decide(Chooser::freeOrKept) : decision;
    }

    /** Whether it is so urgent that it gets what is kept for others before it waits. */
    private boolean reclaims() {
        return order.priority() >= policy.retainedLeases().reclaimForPriority();
    }

    private Decision decide(Function<View, List<Candidate>> whatIsFree) {
        Optional<List<Candidate>> best = Assignment.find(wants(whatIsFree), better(preference));
        if (best.isPresent() && isCovered(best.get())) {
            return grant(best.get(), preference, "");
        }
        if (best.isEmpty() && isImpossible(View::fitting) && isImpossible(View::byNature)) {
            return new Decision.Unservable();
        }
        boolean limited = order.maxTotalCost() != null || !purse.isUnlimited();
        return limited ? decideByCost(whatIsFree) : new Decision.Blocked();
    }

    /** What it may spend does not reach for the best that is free, or nothing is. */
    private Decision decideByCost(Function<View, List<Candidate>> whatIsFree) {
        Optional<List<Candidate>> cheapest = cheapest(whatIsFree);
        if (cheapest.isPresent() && isCovered(cheapest.get())) {
            return grant(cheapest.get(), Preference.CHEAPEST, ", as the budget allows no better");
        }
        BigDecimal ever = needed(cheapestEver());
        if (!order.bears(ever)) {
            return Decision.Hopeless.tooExpensive(order, ever);
        }
        return cheapest.map(now -> notCovered(needed(now), ever)).orElseGet(Decision.Blocked::new);
    }

    private Decision notCovered(BigDecimal now, BigDecimal ever) {
        return order.bears(now)
                ? new Decision.NotCovered(now, purse.tooSmall(order, now))
                : new Decision.TooExpensiveNow(now, ever);
    }

    /** Of all that may serve it some day: what cools down or is banned may come back, and be cheap. */
    private List<Candidate> cheapestEver() {
        return cheapest(View::byNature).orElseThrow();
    }

    private Optional<List<Candidate>> cheapest(Function<View, List<Candidate>> of) {
        return Assignment.cheapest(
                wants(of), Comparator.comparing(Candidate::unitCost).thenComparing(better(Preference.CHEAPEST)));
    }

    private boolean isImpossible(Function<View, List<Candidate>> of) {
        return Assignment.find(wants(of), Preference.CHEAPEST.order()).isEmpty();
    }

    /** What the order still wants of assets that these are, as far as it can use them. */
    static List<Want> wants(WaitingOrder order, List<View> views, Function<View, List<Candidate>> of) {
        return wants(order, views, of, GivenBack.passedOver(order, views));
    }

    private static Preference preferenceOf(WaitingOrder order, Policy.Value value) {
        boolean highValue = order.priority() >= value.highPriority()
                || (order.businessValueHint() != null
                        && order.businessValueHint().compareTo(value.highValue()) >= 0);
        return highValue ? Preference.HEALTHIEST : Preference.CHEAPEST;
    }

    private List<Candidate> free(View view) {
        return view.fitting().stream()
                .filter(candidate -> candidate.isFreeFor(order))
                .toList();
    }

    private static List<Candidate> freeOrKept(View view) {
        return view.fitting().stream().filter(Candidate::isFreeOrKept).toList();
    }

    /** What was kept for it first, for that is why it was kept; what is kept for others last. */
    private Comparator<Candidate> better(Preference by) {
        return Comparator.comparing((Candidate candidate) -> !candidate.isKeptFor(order))
                .thenComparing(candidate -> !candidate.isFreeFor(order))
                .thenComparing(by.order());
    }

    private List<Want> wants(Function<View, List<Candidate>> of) {
        return wants(order, views, of, passedOver);
    }

    /** What the order still wants, of those assets of each hint's that it can use. */
    private static List<Want> wants(
            WaitingOrder order, List<View> views, Function<View, List<Candidate>> of, List<Set<String>> passedOver) {
        List<Want> wants = new ArrayList<>();
        for (int hint = 0; hint < order.hints().size(); hint++) {
            List<Candidate> all = of.apply(views.get(hint));
            Set<String> passed = passedOver.get(hint);
            List<Candidate> usable = order.between() == null
                    ? all
                    : all.stream()
                            .filter(one -> !order.holds(one.assetId()) && !passed.contains(one.assetId()))
                            .toList();
            wants.add(new Want(order.missing(hint), usable));
        }
        return wants;
    }

    /** Whether its own means and its budgets cover what would be held for it with these. */
    private boolean isCovered(List<Candidate> assets) {
        BigDecimal needed = needed(assets);
        return order.bears(needed) && purse.covers(order, needed);
    }

    private BigDecimal needed(List<Candidate> assets) {
        return assets.stream().map(Candidate::unitCost).reduce(estimate, BigDecimal::add);
    }

    private Decision grant(List<Candidate> assets, Preference by, String because) {
        List<Decision.Choice> choices = new ArrayList<>();
        int place = 0;
        for (int hint = 0; hint < order.hints().size(); hint++) {
            int missing = order.missing(hint);
            if (missing > 0) {
                LeaseDecision why = Reasons.of(views.get(hint), by, because, order, passedOver.get(hint), assets);
                for (int i = 0; i < missing; i++) {
                    choices.add(new Decision.Choice(hint, assets.get(place++), why));
                }
            }
        }
        return new Decision.Grant(choices, estimate);
    }
}
