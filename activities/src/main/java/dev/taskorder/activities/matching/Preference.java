package dev.taskorder.activities.matching;

import dev.taskorder.api.policy.Policy;
import java.util.Comparator;

/** Which of several assets that fit is the better one (design.md §4, "Choice of asset"). */
enum Preference {
    /** For work of high value. */
    HEALTHIEST,
    /** For the rest. */
    CHEAPEST;

    /** Ties go to the least loaded, then to the one longest unused, so that load spreads; then by name, for certainty. */
    private static final Comparator<Candidate> EVENLY = Comparator.comparingInt(Candidate::inUse)
            .thenComparingLong(Candidate::newestToken)
            .thenComparing(Candidate::assetId);

    private static final Comparator<Candidate> BY_HEALTH =
            Comparator.comparing(Candidate::healthScore).reversed();
    private static final Comparator<Candidate> BY_COST = Comparator.comparing(Candidate::unitCost);

    /** What the order prefers: the healthiest where it is worth it. */
    static Preference of(WaitingOrder order, Policy.Value value) {
        boolean highValue = order.priority() >= value.highPriority()
                || (order.businessValueHint() != null
                        && order.businessValueHint().compareTo(value.highValue()) >= 0);
        return highValue ? HEALTHIEST : CHEAPEST;
    }

    /** The better one first. */
    Comparator<Candidate> order() {
        return this == HEALTHIEST
                ? BY_HEALTH.thenComparing(BY_COST).thenComparing(EVENLY)
                : BY_COST.thenComparing(BY_HEALTH).thenComparing(EVENLY);
    }
}
