package dev.taskorder.activities.matching;

import dev.taskorder.activities.matching.Pool.View;
import dev.taskorder.api.lease.LeaseDecision;
import dev.taskorder.api.lease.LeaseDecision.Considered;
import dev.taskorder.api.ledger.Amounts;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What is written down of a choice: by which rule, among which assets, and what excluded the others. */
final class Reasons {
    static final String NO_FREE_SLOT = "no_free_slot";
    static final String RESERVED = "slots_reserved";
    static final String SERVES_IT_ALREADY = "leased_by_this_order";
    static final String GIVEN_BACK = "given_back";
    static final String RANKED_LOWER = "ranked_lower";

    private Reasons() {}

    private record Told(Candidate candidate, @Nullable String excludedBy) {}

    /** @param granted all assets that the order gets, for whatever hint: what is kept for others may be among them */
    static LeaseDecision of(
            WaitingOrder order, Offer offer, int hint, Preference by, String because, List<Candidate> granted) {
        View view = offer.view(hint);
        Set<String> passedOver = offer.passedOver(hint);
        boolean reclaims = !granted.stream().allMatch(asset -> asset.isFreeFor(order));
        String rule =
                by == Preference.HEALTHIEST ? "healthiest first, then cheapest" : "cheapest first, then healthiest";
        String how = reclaims ? ", reclaiming what is kept for others" : "";
        List<Told> all = Stream.concat(
                        view.fitting().stream()
                                .sorted(by.order())
                                .map(candidate -> new Told(candidate, whyNot(candidate, order, passedOver, reclaims))),
                        view.excluded().stream()
                                .map(one -> new Told(one.candidate(), one.by().code())))
                .toList();
        List<Considered> considered = new ArrayList<>();
        Map<String, Integer> notShown = new TreeMap<>();
        for (Told told : all) {
            if (considered.size() < LeaseDecision.CONSIDERED_MAX) {
                considered.add(new Considered(
                        told.candidate().assetId(),
                        told.candidate().unitCost(),
                        told.candidate().healthScore(),
                        told.excludedBy()));
            } else {
                notShown.merge(told.excludedBy() == null ? RANKED_LOWER : told.excludedBy(), 1, Integer::sum);
            }
        }
        return new LeaseDecision(rule + how + because, considered, notShown);
    }

    /** @param shortage why it is not the one that the order prefers, in numbers */
    static LeaseDecision insteadOf(LeaseDecision why, Candidate preferred, Candidate taken, String shortage) {
        if (preferred == taken) {
            return why;
        }
        return why.insteadOf(new LeaseDecision.Downgrade(
                preferred.assetId(),
                preferred.unitCost(),
                taken.unitCost(),
                Amounts.stripped(preferred.unitCost().subtract(taken.unitCost())),
                shortage));
    }

    private static @Nullable String whyNot(
            Candidate candidate, WaitingOrder order, Set<String> passedOver, boolean reclaims) {
        if (order.holds(candidate.assetId())) {
            return SERVES_IT_ALREADY;
        }
        if (passedOver.contains(candidate.assetId())) {
            return GIVEN_BACK;
        }
        if (candidate.isFreeFor(order) || (reclaims && candidate.isFreeOrKept())) {
            return null;
        }
        return candidate.reserved() > 0 || candidate.isFreeOrKept() ? RESERVED : NO_FREE_SLOT;
    }
}
