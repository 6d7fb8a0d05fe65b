package dev.taskorder.activities.matching;

import java.util.Comparator;

/** Which of several assets that fit is the better one (design.md §4, "Choice of asset"). */
enum Preference {
    /** For work of high value. */
    HEALTHIEST(Comparator.comparing(Candidate::healthScore)
            .reversed()
            .thenComparing(Candidate::unitCost)
            .thenComparing(Spread.EVENLY)),
    /** For the rest. */
    CHEAPEST(Comparator.comparing(Candidate::unitCost)
            .thenComparing(Comparator.comparing(Candidate::healthScore).reversed())
            .thenComparing(Spread.EVENLY));

    private final Comparator<Candidate> order;

    Preference(Comparator<Candidate> order) {
        this.order = order;
    }

    /** The better one first. */
    Comparator<Candidate> order() {
        return order;
    }

    /** Ties go to the least loaded, then to the one longest unused, so that load spreads; then by name, for certainty. */
    private static final class Spread {
        private static final Comparator<Candidate> EVENLY = Comparator.comparingInt(Candidate::inUse)
                .thenComparing(Candidate::lastLeasedAt)
                .thenComparing(Candidate::assetId);
    }
}
