package dev.taskorder.activities.matching;

import dev.taskorder.activities.matching.Assignment.Want;
import dev.taskorder.activities.matching.Pool.View;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Which of the assets that an order gave back need not serve it again. As few of them as must do: of all ways to serve it with
 * what is well, free or not, those with the fewest of them say which asset fills which hint again. What of it is free does
 * not matter, so that an order rather waits for another asset than for none.
 */
final class GivenBack {
    private final WaitingOrder order;
    private final List<View> views;
    private final Set<String> all;
    private final Comparator<Candidate> last;

    private GivenBack(WaitingOrder order, List<View> views) {
        this.order = order;
        this.views = views;
        this.all = order.avoided();
        this.last = Comparator.comparing((Candidate one) -> all.contains(one.assetId()))
                .thenComparing(Candidate::assetId);
    }

    /** For each hint the assets that it passes over; none if what is well could not serve it, with them or without. */
    static List<Set<String>> passedOver(WaitingOrder order, List<View> views) {
        return order.avoided().isEmpty()
                ? views.stream().map(view -> Set.<String>of()).toList()
                : new GivenBack(order, views).passedOver();
    }

    private List<Set<String>> passedOver() {
        OptionalLong fewest = fewest(wants());
        List<Set<String>> passedOver = new ArrayList<>();
        for (int hint = 0; hint < views.size(); hint++) {
            Set<String> ofHint = new HashSet<>(fewest.isPresent() ? all : Set.of());
            for (Candidate candidate : fewest.orElse(0) > 0 ? wants().get(hint).fitting() : List.<Candidate>of()) {
                if (ofHint.contains(candidate.assetId()) && serves(hint, candidate, fewest.getAsLong())) {
                    ofHint.remove(candidate.assetId());
                }
            }
            passedOver.add(ofHint);
        }
        return passedOver;
    }

    /** Whether one of the ways with the fewest has the asset there. */
    private boolean serves(int hint, Candidate candidate, long fewest) {
        List<Want> others = new ArrayList<>();
        for (Want want : wants()) {
            int count = others.size() == hint ? want.count() - 1 : want.count();
            Stream<Candidate> fitting = want.fitting().stream().filter(one -> one != candidate);
            others.add(new Want(count, fitting.toList()));
        }
        return others.get(hint).count() >= 0 && fewest(others).equals(OptionalLong.of(fewest - 1));
    }

    /** How many of them must serve, at least; nothing if there is no way at all. */
    private OptionalLong fewest(List<Want> wants) {
        return Assignment.cheapest(wants, last)
                .map(assets -> assets.stream()
                        .filter(one -> all.contains(one.assetId()))
                        .count())
                .map(OptionalLong::of)
                .orElseGet(OptionalLong::empty);
    }

    private List<Want> wants() {
        List<Want> wants = new ArrayList<>();
        for (int hint = 0; hint < views.size(); hint++) {
            Stream<Candidate> fitting =
                    views.get(hint).fitting().stream().filter(candidate -> !order.holds(candidate.assetId()));
            wants.add(new Want(order.missing(hint), fitting.toList()));
        }
        return wants;
    }
}
