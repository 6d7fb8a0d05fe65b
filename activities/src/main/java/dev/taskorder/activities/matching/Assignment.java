package dev.taskorder.activities.matching;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * Which asset serves which place of an order: one place per hint and count, no asset in two places. If any assignment
 * exists one is found; among those the places, in the order of the hints, get their best (design.md §4).
 */
final class Assignment {
    private final List<List<Candidate>> choices;

    private Assignment(List<List<Candidate>> choices) {
        this.choices = choices;
    }

    /** How many assets a hint wants, and those that fit it, in any order. */
    record Want(int count, List<Candidate> fitting) {}

    /** One asset per place, hint after hint; nothing if not every place can be filled. */
    static Optional<List<Candidate>> find(List<Want> wants, Comparator<Candidate> better) {
        Assignment assignment = new Assignment(choices(wants, better));
        return assignment.greedy().or(assignment::best);
    }

    /**
     * The assignment that costs least in all, which best-for-each-place is not.
     *
     * @param dearness cheaper ones first; an asset costs the same in whatever place. As the sets of assets that can be
     *     assigned form a matroid, taking each asset in this order, if the places can still be shared out, is exact (Edmonds
     *     1971). Of what is taken so, each place in turn gets its best
     */
    static Optional<List<Candidate>> cheapest(List<Want> wants, Comparator<Candidate> dearness) {
        Map<Candidate, List<Integer>> placesOf = new HashMap<>();
        int places = 0;
        for (Want want : wants) {
            for (int end = places + want.count(); places < end; places++) {
                for (Candidate candidate : want.fitting()) {
                    placesOf.computeIfAbsent(candidate, c -> new ArrayList<>()).add(places);
                }
            }
        }
        Candidate[] chosen = new Candidate[places];
        int open = places;
        for (Candidate candidate : placesOf.keySet().stream().sorted(dearness).toList()) {
            if (open > 0 && seat(candidate, placesOf, chosen, new HashSet<>())) {
                open--;
            }
        }
        return open == 0 ? find(among(Set.of(chosen), wants), dearness) : Optional.empty();
    }

    private static List<Want> among(Set<Candidate> chosen, List<Want> wants) {
        return wants.stream()
                .map(want -> new Want(
                        want.count(),
                        want.fitting().stream().filter(chosen::contains).toList()))
                .toList();
    }

    /** Whether there is a place for one more asset; those that have one may move, none loses it. */
    private static boolean seat(
            Candidate candidate, Map<Candidate, List<Integer>> placesOf, Candidate[] chosen, Set<Integer> visited) {
        for (int place : placesOf.getOrDefault(candidate, List.of())) {
            if (visited.add(place) && (chosen[place] == null || seat(chosen[place], placesOf, chosen, visited))) {
                chosen[place] = candidate;
                return true;
            }
        }
        return false;
    }

    /** As many different assets as places can have at once, early places first; those places in turn get their best. */
    static List<Candidate> most(List<Want> wants, Comparator<Candidate> better) {
        Matching matching = new Assignment(choices(wants, better)).new Matching();
        for (int place = 0; place < matching.assetOf.length; place++) {
            matching.augment(place, new HashSet<>());
        }
        matching.improve();
        return Arrays.stream(matching.assetOf).filter(Objects::nonNull).toList();
    }

    private static List<List<Candidate>> choices(List<Want> wants, Comparator<Candidate> better) {
        List<List<Candidate>> choices = new ArrayList<>();
        for (Want want : wants) {
            List<Candidate> best = want.fitting().stream().sorted(better).toList();
            for (int i = 0; i < want.count(); i++) {
                choices.add(best);
            }
        }
        return choices;
    }

    /** Each place takes the best that is left. Nearly always enough, and when it fills all places it is the best. */
    private Optional<List<Candidate>> greedy() {
        Set<Candidate> taken = new HashSet<>();
        List<Candidate> chosen = new ArrayList<>();
        for (List<Candidate> choice : choices) {
            Optional<Candidate> free =
                    choice.stream().filter(c -> !taken.contains(c)).findFirst();
            if (free.isEmpty()) {
                return Optional.empty();
            }
            taken.add(free.get());
            chosen.add(free.get());
        }
        return Optional.of(chosen);
    }

    /** Starts from any complete assignment and gives each place in turn the best that leaves the rest possible. */
    private Optional<List<Candidate>> best() {
        Matching matching = new Matching();
        for (int place = 0; place < choices.size(); place++) {
            if (!matching.augment(place, new HashSet<>())) {
                return Optional.empty();
            }
        }
        matching.improve();
        return Optional.of(Arrays.asList(matching.assetOf));
    }

    /** Bipartite matching by augmenting paths (Kuhn); places below {@code fixed} keep what they have. */
    private final class Matching {
        private final Candidate[] assetOf = new Candidate[choices.size()];
        private final Map<Candidate, Integer> placeOf = new HashMap<>();
        private int fixed;

        boolean augment(int place, Set<Candidate> visited) {
            for (Candidate candidate : choices.get(place)) {
                Integer holder = placeOf.get(candidate);
                if ((holder == null || holder >= fixed)
                        && visited.add(candidate)
                        && (holder == null || augment(holder, visited))) {
                    assign(place, candidate);
                    return true;
                }
            }
            return false;
        }

        /** Gives each place that is filled, in turn, the best that leaves the later ones filled. */
        void improve() {
            for (int place = 0; place < assetOf.length; place++) {
                if (assetOf[place] != null) {
                    for (Candidate candidate : choices.get(place)) {
                        if (canFix(place, candidate)) {
                            break;
                        }
                    }
                }
            }
        }

        /** Whether the place can have this asset with all later places still filled; if so it keeps it. */
        boolean canFix(int place, Candidate wanted) {
            Integer holder = placeOf.get(wanted);
            if (holder != null && holder < place) {
                return false;
            }
            Candidate[] before = assetOf.clone();
            Map<Candidate, Integer> placesBefore = new HashMap<>(placeOf);
            if (holder == null || holder == place) {
                placeOf.remove(assetOf[place]);
                assign(place, wanted);
                fixed = place + 1;
                return true;
            }
            placeOf.remove(assetOf[place]);
            assign(place, wanted);
            fixed = place + 1;
            if (augment(holder, new HashSet<>(Set.of(wanted)))) {
                return true;
            }
            System.arraycopy(before, 0, assetOf, 0, before.length);
            placeOf.clear();
            placeOf.putAll(placesBefore);
            fixed = place;
            return false;
        }

        private void assign(int place, Candidate candidate) {
            assetOf[place] = candidate;
            placeOf.put(candidate, place);
        }
    }
}
