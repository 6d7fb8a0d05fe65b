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
import java.util.function.Function;

/** Decides for one order from what its hints find in the pool. Pure: facts in, decision out. */
final class Chooser {
    private final WaitingOrder order;
    private final List<View> views;
    private final Policy policy;
    private final Preference preference;
    /** Whether assets that it gave back are passed over: as long as others could serve it, free or not. */
    private final boolean avoiding;

    private Chooser(WaitingOrder order, List<View> views, Policy policy) {
        this.order = order;
        this.views = views;
        this.policy = policy;
        this.preference = preferenceOf(order, policy.value());
        this.avoiding = avoids(order, views);
    }

    private static boolean avoids(WaitingOrder order, List<View> views) {
        return order.avoidsSome()
                && Assignment.find(wants(order, views, View::fitting, true), Preference.CHEAPEST.order())
                        .isPresent();
    }

    /** @param views for each hint of the order what it finds */
    static Decision decide(WaitingOrder order, List<View> views, Policy policy) {
        return new Chooser(order, views, policy).decide();
    }

    /** What is free of what the order waits for: as much of it as one order could hold at once. */
    static List<Candidate> reservable(WaitingOrder order, List<View> views, Policy policy) {
        Chooser chooser = new Chooser(order, views, policy);
        return Assignment.most(
                chooser.wants(view ->
                        view.fitting().stream().filter(Candidate::isOpen).toList()),
                chooser.preference.order());
    }

    private Decision decide() {
        Decision decision = decide(this::free);
        boolean reclaims = order.priority() >= policy.retainedLeases().reclaimForPriority();
        return decision instanceof Decision.Blocked && reclaims ? decide(Chooser::freeOrKept) : decision;
    }

    private Decision decide(Function<View, List<Candidate>> whatIsFree) {
        Optional<List<Candidate>> free = find(whatIsFree);
        if (free.isEmpty()) {
            return find(View::fitting).isPresent() || find(View::byNature).isPresent()
                    ? new Decision.Blocked()
                    : new Decision.Unservable();
        }
        if (affordable(free.get())) {
            return grant(free.get(), preference, "");
        }
        List<Candidate> cheapest = Assignment.cheapest(wants(whatIsFree), Preference.CHEAPEST.order())
                .orElseThrow();
        if (affordable(cheapest)) {
            return grant(cheapest, Preference.CHEAPEST, ", as max_total_cost allows no better");
        }
        List<Candidate> ever = Assignment.cheapest(wants(View::fitting), Preference.CHEAPEST.order())
                .orElseThrow();
        return affordable(ever)
                ? new Decision.TooExpensiveNow(cost(cheapest), cost(ever))
                : Decision.Hopeless.tooExpensive(order, cost(ever));
    }

    /** What the order still wants of assets that these are, as far as it can use them. */
    static List<Want> wants(WaitingOrder order, List<View> views, Function<View, List<Candidate>> of) {
        return wants(order, views, of, avoids(order, views));
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
    private Comparator<Candidate> better() {
        return Comparator.comparing((Candidate candidate) -> !candidate.isKeptFor(order))
                .thenComparing(candidate -> !candidate.isFreeFor(order))
                .thenComparing(preference.order());
    }

    private Optional<List<Candidate>> find(Function<View, List<Candidate>> of) {
        return Assignment.find(wants(of), better());
    }

    private List<Want> wants(Function<View, List<Candidate>> of) {
        return wants(of, avoiding);
    }

    private List<Want> wants(Function<View, List<Candidate>> of, boolean avoid) {
        return wants(order, views, of, avoid);
    }

    /** What the order still wants, of those assets of each hint's that it can use. */
    static List<Want> wants(WaitingOrder order, List<View> views, Function<View, List<Candidate>> of, boolean avoid) {
        List<Want> wants = new ArrayList<>();
        for (int hint = 0; hint < order.hints().size(); hint++) {
            List<Candidate> all = of.apply(views.get(hint));
            List<Candidate> usable = order.between() == null
                    ? all
                    : all.stream()
                            .filter(candidate -> !order.cannotUse(candidate.assetId(), avoid))
                            .toList();
            wants.add(new Want(order.missing(hint), usable));
        }
        return wants;
    }

    private boolean affordable(List<Candidate> assets) {
        return order.maxTotalCost() == null || cost(assets).add(order.spent()).compareTo(order.maxTotalCost()) <= 0;
    }

    private static BigDecimal cost(List<Candidate> assets) {
        return assets.stream().map(Candidate::unitCost).reduce(BigDecimal.ZERO, BigDecimal::add);
    }

    private Decision grant(List<Candidate> assets, Preference by, String because) {
        List<Decision.Choice> choices = new ArrayList<>();
        int place = 0;
        for (int hint = 0; hint < order.hints().size(); hint++) {
            int missing = order.missing(hint);
            if (missing > 0) {
                LeaseDecision why = Reasons.of(views.get(hint), by, because, order, avoiding);
                for (int i = 0; i < missing; i++) {
                    choices.add(new Decision.Choice(hint, assets.get(place++), why));
                }
            }
        }
        return new Decision.Grant(choices);
    }
}
