package dev.taskorder.activities.matching;

import dev.taskorder.activities.matching.Assignment.Want;
import dev.taskorder.activities.matching.Pool.View;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * What an order's hints find in the pool, as far as it can use it: nothing that it holds already, and nothing that it gave back
 * and need not take again.
 */
final class Offer {
    private final WaitingOrder order;
    private final List<View> views;
    private final List<Set<String>> passedOver;

    /** @param views for each hint of the order what it finds */
    Offer(WaitingOrder order, List<View> views) {
        this.order = order;
        this.views = views;
        this.passedOver = GivenBack.passedOver(order, views);
    }

    View view(int hint) {
        return views.get(hint);
    }

    /** What the order gave back, of what the hint finds. */
    Set<String> passedOver(int hint) {
        return passedOver.get(hint);
    }

    /** The best for each place in turn. */
    Optional<List<Candidate>> best(Function<View, List<Candidate>> of, Comparator<Candidate> better) {
        return Assignment.find(wants(of), better);
    }

    /** What costs least in all. */
    Optional<List<Candidate>> cheapest(Function<View, List<Candidate>> of, Comparator<Candidate> dearness) {
        return Assignment.cheapest(wants(of), dearness);
    }

    /** What the order still wants, of these assets of each hint's. */
    List<Want> wants(Function<View, List<Candidate>> of) {
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
}
