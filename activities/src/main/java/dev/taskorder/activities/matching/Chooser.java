package dev.taskorder.activities.matching;

import dev.taskorder.activities.matching.Assignment.Want;
import dev.taskorder.api.lease.LeaseDecision;
import dev.taskorder.api.lease.LeaseDecision.Considered;
import dev.taskorder.api.order.ResourceHint;
import dev.taskorder.api.policy.Policy;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Decides for one order from the assets that fit its hints. Pure: facts in, decision out. */
final class Chooser {
    private Chooser() {}

    /** @param fitting for each hint all assets that fit it, free or not */
    static Decision decide(WaitingOrder order, List<List<Candidate>> fitting, Policy.Value value) {
        Preference preference = preferenceOf(order, value);
        Optional<List<Candidate>> free = Assignment.find(wants(order, fitting, true), preference.order());
        if (free.isEmpty()) {
            return new Decision.Blocked(Assignment.find(wants(order, fitting, false), preference.order())
                    .isPresent());
        }
        if (affordable(order, free.get())) {
            return grant(order, fitting, free.get(), preference, "");
        }
        List<Candidate> cheapest =
                Assignment.cheapest(wants(order, fitting, true)).orElseThrow();
        if (affordable(order, cheapest)) {
            return grant(order, fitting, cheapest, Preference.CHEAPEST, ", as max_total_cost allows no better");
        }
        List<Candidate> ever = Assignment.cheapest(wants(order, fitting, false)).orElseThrow();
        return affordable(order, ever)
                ? new Decision.TooExpensiveNow(cost(cheapest), cost(ever))
                : Decision.Hopeless.tooExpensive(order, cost(ever));
    }

    private static Preference preferenceOf(WaitingOrder order, Policy.Value value) {
        boolean highValue = order.priority() >= value.highPriority()
                || (order.businessValueHint() != null
                        && order.businessValueHint().compareTo(value.highValue()) >= 0);
        return highValue ? Preference.HEALTHIEST : Preference.CHEAPEST;
    }

    private static List<Want> wants(WaitingOrder order, List<List<Candidate>> fitting, boolean freeOnly) {
        List<Want> wants = new ArrayList<>();
        for (int i = 0; i < order.hints().size(); i++) {
            List<Candidate> candidates =
                    freeOnly ? fitting.get(i).stream().filter(Candidate::isFree).toList() : fitting.get(i);
            wants.add(new Want(order.hints().get(i).minCount(), candidates));
        }
        return wants;
    }

    private static boolean affordable(WaitingOrder order, List<Candidate> assets) {
        return order.maxTotalCost() == null || cost(assets).compareTo(order.maxTotalCost()) <= 0;
    }

    private static BigDecimal cost(List<Candidate> assets) {
        return assets.stream().map(Candidate::unitCost).reduce(BigDecimal.ZERO, BigDecimal::add);
    }

    private static Decision grant(
            WaitingOrder order,
            List<List<Candidate>> fitting,
            List<Candidate> assets,
            Preference preference,
            String because) {
        List<Decision.Choice> choices = new ArrayList<>();
        int place = 0;
        for (int hint = 0; hint < order.hints().size(); hint++) {
            LeaseDecision why = why(fitting.get(hint), preference, because);
            ResourceHint wanted = order.hints().get(hint);
            for (int i = 0; i < wanted.minCount(); i++) {
                choices.add(new Decision.Choice(hint, assets.get(place++), why));
            }
        }
        return new Decision.Grant(choices);
    }

    private static LeaseDecision why(List<Candidate> fitting, Preference preference, String because) {
        String first = preference == Preference.HEALTHIEST
                ? "healthiest first, then cheapest"
                : "cheapest first, then healthiest";
        List<Considered> considered = fitting.stream()
                .sorted(preference.order())
                .limit(LeaseDecision.CONSIDERED_MAX)
                .map(c ->
                        new Considered(c.assetId(), c.unitCost(), c.healthScore(), c.isFree() ? null : "no free slot"))
                .toList();
        return new LeaseDecision(first + because, considered);
    }
}
