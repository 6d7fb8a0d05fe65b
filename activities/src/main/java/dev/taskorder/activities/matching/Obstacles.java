package dev.taskorder.activities.matching;

import dev.taskorder.activities.matching.Pool.Excluded;
import dev.taskorder.activities.matching.Pool.View;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * What stands between an order and the assets that could serve it by their nature, and the least that would have to change.
 * Pure: the same facts, and the same rules of who can share what, by which the matcher decides.
 */
final class Obstacles {
    /** Why an asset that could serve does not now, in the order in which it is found out. */
    enum Kind {
        COOLING_DOWN,
        UNHEALTHY,
        BANNED,
        HELD,
        RESERVED
    }

    /** An asset that could serve a hint of the order, but for this. */
    record InTheWay(int hint, Candidate candidate) {}

    /**
     * All that one kind of obstacle keeps from the order.
     *
     * @param change the fewest assets that would have to be rid of it
     * @param enough whether the order could be served then; if not, the changes of the other kinds are needed too
     */
    record Found(Kind kind, List<InTheWay> assets, List<Candidate> change, boolean enough) {}

    private final WaitingOrder order;
    private final List<View> views;
    private final Map<Candidate, EnumSet<Kind>> kinds = new HashMap<>();

    private Obstacles(WaitingOrder order, List<View> views) {
        this.order = order;
        this.views = views;
        for (View view : views) {
            view.fitting().forEach(candidate -> kinds.put(candidate, occupied(candidate)));
            for (Excluded one : view.excluded()) {
                if (one.by().fit().byNature()) {
                    EnumSet<Kind> all = occupied(one.candidate());
                    all.add(kindOf(one.by().fit()));
                    kinds.put(one.candidate(), all);
                }
            }
        }
    }

    /** Of an order that cannot be served; empty if it can, or if nothing could ever serve it. */
    static List<Found> of(WaitingOrder order, List<View> views) {
        return new Obstacles(order, views).find();
    }

    private EnumSet<Kind> occupied(Candidate candidate) {
        if (candidate.isFreeFor(order)) {
            return EnumSet.noneOf(Kind.class);
        }
        return EnumSet.of(candidate.reserved() > 0 || candidate.isFreeOrKept() ? Kind.RESERVED : Kind.HELD);
    }

    private static Kind kindOf(Fit fit) {
        return switch (fit) {
            case COOLING_DOWN -> Kind.COOLING_DOWN;
            case BANNED -> Kind.BANNED;
            case UNHEALTHY -> Kind.UNHEALTHY;
            case OTHER_SKU, OTHER_CURRENCY, LACKS_ATTRIBUTE, RETIRED, FITS ->
                throw new IllegalArgumentException(fit + " is not what passes");
        };
    }

    private List<Found> find() {
        Optional<List<Candidate>> least = least(EnumSet.allOf(Kind.class));
        if (least.isEmpty()) {
            return List.of();
        }
        Map<Kind, List<InTheWay>> inTheWay = inTheWay(shortHints(least.get()));
        List<Found> found = new ArrayList<>();
        inTheWay.forEach((kind, assets) -> {
            Optional<List<Candidate>> alone = least(EnumSet.of(kind));
            List<Candidate> change = alone.orElse(least.get()).stream()
                    .filter(candidate -> kindsOf(candidate).contains(kind))
                    .toList();
            found.add(new Found(kind, assets, change, alone.isPresent()));
        });
        return found;
    }

    /** The assignment with the fewest obstacles, of assets that have no others than these. */
    private Optional<List<Candidate>> least(Set<Kind> allowed) {
        return Assignment.cheapest(
                Chooser.wants(order, views, view -> view.byNature().stream()
                        .filter(candidate -> allowed.containsAll(kindsOf(candidate)))
                        .toList()),
                Comparator.comparingInt(
                                (Candidate candidate) -> kindsOf(candidate).size())
                        .thenComparing(Preference.CHEAPEST.order()));
    }

    private Set<Kind> kindsOf(Candidate candidate) {
        return kinds.getOrDefault(candidate, EnumSet.noneOf(Kind.class));
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
            Stream<Candidate> usable = views.get(hint).byNature().stream()
                    .filter(candidate -> !order.holds(candidate.assetId()))
                    .sorted(Comparator.comparing(Candidate::assetId));
            usable.forEach(
                    candidate -> kindsOf(candidate).forEach(kind -> all.computeIfAbsent(kind, k -> new ArrayList<>())
                            .add(new InTheWay(hint, candidate))));
        }
        return all;
    }
}
