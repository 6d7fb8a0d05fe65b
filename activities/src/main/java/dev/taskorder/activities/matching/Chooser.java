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
import java.util.function.Predicate;

/**
 * Decides for one order from what its hints find in the pool. Pure: facts in, decision out. It gets what it prefers of what is
 * free as long as what it may spend does for all attempts at that price; then the cheapest that meets its hints, and then the
 * cheapest that the policy's substitutes allow. Only then it waits for money, or ends.
 */
final class Chooser {
    private final WaitingOrder order;
    private final Pool pool;
    private final Policy policy;
    private final Purse purse;
    private final BigDecimal estimate;
    private final Preference preference;
    private final Allowance allowance;
    private final Offer hints;
    private final Comparator<Candidate> dearness =
            Comparator.comparing(Candidate::unitCost).thenComparing(better(Preference.CHEAPEST));

    private Chooser(WaitingOrder order, Pool pool, Policy policy, Purse purse) {
        this.order = order;
        this.pool = pool;
        this.policy = policy;
        this.purse = purse;
        this.estimate = policy.budget().estimateOf(order.taskType());
        this.preference = Preference.of(order, policy.value());
        this.allowance = Allowance.of(order, policy, purse);
        this.hints = new Offer(order, pool.views(order));
    }

    /**
     * What may be taken.
     *
     * @param offer among what
     * @param by how that was ranked
     * @param because why it is not what the order prefers; empty if it is
     * @param shortage the same in numbers
     */
    private record Pick(Offer offer, List<Candidate> assets, Preference by, String because, String shortage) {}

    /** @param purse what its budgets cover */
    static Decision decide(WaitingOrder order, Pool pool, Policy policy, Purse purse) {
        return new Chooser(order, pool, policy, purse).decide();
    }

    /**
     * What an order that waits would have of what it waits for, if it were kept: as much of it as one order could hold at
     * once; if what is free is only too dear, those of the cheapest that it waits for. Nothing if what is well could not
     * serve it, were it all free, at what the order may spend: it waits for more than slots, and would keep them in vain.
     */
    static Optional<List<Candidate>> reservable(
            WaitingOrder order, Pool pool, Policy policy, Purse purse, Decision why) {
        Chooser chooser = new Chooser(order, pool, policy, purse);
        return chooser.bestOf(View::fitting)
                .filter(chooser::isCovered)
                .map(best -> chooser.obtainable(why instanceof Decision.Blocked, best));
    }

    /** The least that would have to be held for it with what may serve it some day; nothing if nothing may. */
    static Optional<BigDecimal> leastNeeded(WaitingOrder order, Pool pool, Policy policy) {
        Chooser chooser = new Chooser(order, pool, policy, Purse.unlimited());
        return chooser.cheapest(View::byNature).map(chooser::needed);
    }

    /** What has to be held for it at last, were all that may serve it well and free; nothing if nothing may. */
    static Optional<BigDecimal> neededEver(WaitingOrder order, Pool pool, Policy policy) {
        Chooser chooser = new Chooser(order, pool, policy, Purse.unlimited());
        return chooser.bestOf(View::byNature).map(chooser::needed);
    }

    /**
     * What an order that waits would use if it were well and free.
     *
     * @param forMoney whether it waits for something cheaper: then substitutes are among it, or nothing but what it prefers
     */
    static List<Want> awaited(WaitingOrder order, Pool pool, Policy policy, boolean forMoney) {
        Chooser chooser = new Chooser(order, pool, policy, Purse.unlimited());
        if (!forMoney) {
            return chooser.hints.wants(View::byNature);
        }
        Set<Candidate> preferred = Set.copyOf(chooser.preferredEver().orElse(List.of()));
        return order.noDowngrade()
                ? chooser.hints.wants(view ->
                        view.byNature().stream().filter(preferred::contains).toList())
                : chooser.withSubstitutes().orElse(chooser.hints).wants(View::byNatureAboveFloors);
    }

    /** What it needs at least to have what meets its hints, were it all free; nothing if nothing ever meets them. */
    static Optional<BigDecimal> leastForHints(WaitingOrder order, Pool pool, Policy policy) {
        Chooser chooser = new Chooser(order, pool, policy, Purse.unlimited());
        return chooser.hints.cheapest(View::byNature, chooser.dearness).map(chooser::needed);
    }

    private List<Candidate> obtainable(boolean asMuchAsCanBe, List<Candidate> best) {
        Predicate<Candidate> obtainable =
                reclaims() ? Candidate::isFreeOrKept : candidate -> candidate.isFreeFor(order);
        return asMuchAsCanBe
                ? Assignment.most(wants(only(obtainable)), better(preference))
                : best.stream().filter(obtainable).toList();
    }

    private List<Want> wants(Function<View, List<Candidate>> of) {
        return hints.wants(of);
    }

    private Decision decide() {
        Decision decision = decide(only(candidate -> candidate.isFreeFor(order)));
        boolean waits = decision instanceof Decision.Blocked
                || decision instanceof Decision.TooExpensiveNow
                || decision instanceof Decision.NotCovered;
        return waits && reclaims() ? decide(only(Candidate::isFreeOrKept)) : decision;
    }

    /** Whether it is so urgent that it gets what is kept for others before it waits. */
    private boolean reclaims() {
        return order.priority() >= policy.retainedLeases().reclaimForPriority();
    }

    private static Function<View, List<Candidate>> only(Predicate<Candidate> which) {
        return view -> view.fitting().stream().filter(which).toList();
    }

    private Decision decide(Function<View, List<Candidate>> free) {
        Optional<List<Candidate>> preferred = hints.best(free, better(preference));
        if (preferred.isEmpty()) {
            return withoutAnyFree();
        }
        Pick pick = new Pick(hints, preferred.get(), preference, "", "");
        if (allowance.isUnlimited()) {
            return grant(pick, preferred.get());
        }
        return order.noDowngrade() ? thatOrNothing(pick) : downgraded(free, pick);
    }

    private Decision withoutAnyFree() {
        if (isImpossible(View::fitting) && isImpossible(View::byNature)) {
            return new Decision.Unservable();
        }
        if (order.maxTotalCost() == null) {
            return new Decision.Blocked();
        }
        BigDecimal ever = needed(cheapestEver());
        return order.bears(ever) ? new Decision.Blocked() : Decision.Hopeless.tooExpensive(order, ever);
    }

    private Decision thatOrNothing(Pick preferred) {
        BigDecimal needed = needed(preferred.assets());
        if (isCovered(preferred.assets())) {
            return grant(preferred, preferred.assets());
        }
        if (order.bears(needed)) {
            return new Decision.NotCovered(needed, purse.tooSmall(order, needed));
        }
        BigDecimal ever = needed(preferredEver().orElseThrow());
        return order.bears(ever)
                ? new Decision.TooExpensiveNow(needed, ever)
                : Decision.Hopeless.notDowngraded(order, ever);
    }

    private Decision downgraded(Function<View, List<Candidate>> free, Pick preferred) {
        Pick pick = preferred;
        if (isShort(pick)) {
            pick = cheaper(hints, free, pick, "");
        }
        if (isShort(pick)) {
            Pick meeting = pick;
            pick = withSubstitutes()
                    .map(all -> cheaper(all, free, meeting, ", with substitutes that the policy allows"))
                    .orElse(meeting);
        }
        return isCovered(pick.assets()) ? grant(pick, preferred.assets()) : tooDear(needed(pick.assets()));
    }

    private boolean isShort(Pick pick) {
        return !allowance.isEnough(needed(pick.assets()));
    }

    /** What the offer's cheapest is, if that is cheaper; else what there is. */
    private Pick cheaper(Offer offer, Function<View, List<Candidate>> free, Pick than, String among) {
        BigDecimal price = needed(than.assets());
        String why = isCovered(than.assets())
                ? ", so that what may be spent does for its retries too"
                : ", as the budget allows no better";
        return offer.cheapest(free, dearness)
                .filter(assets -> needed(assets).compareTo(price) < 0)
                .map(assets -> new Pick(offer, assets, Preference.CHEAPEST, among + why, allowance.tooLittleFor(price)))
                .orElse(than);
    }

    /** @param now the least that what is free takes */
    private Decision tooDear(BigDecimal now) {
        if (order.bears(now)) {
            return new Decision.NotCovered(now, purse.tooSmall(order, now));
        }
        BigDecimal ever = needed(cheapestEver());
        return order.bears(ever)
                ? new Decision.TooExpensiveNow(now, ever)
                : Decision.Hopeless.tooExpensive(order, ever);
    }

    /** Of all that may serve it some day: what cools down or is banned may come back, and be cheap. */
    private List<Candidate> cheapestEver() {
        return cheapest(View::byNature).orElseThrow();
    }

    /** What it prefers of the whole pool, as if all of that were free. */
    private Optional<List<Candidate>> preferredEver() {
        return hints.best(View::byNature, preference.order());
    }

    /** What it would have of these at last. */
    private Optional<List<Candidate>> bestOf(Function<View, List<Candidate>> of) {
        return order.noDowngrade() ? hints.best(of, preference.order()) : cheapest(of);
    }

    /** Substitutes serve only where the hints could be met as well: they are for money alone. */
    private Optional<List<Candidate>> cheapest(Function<View, List<Candidate>> of) {
        return hints.cheapest(of, dearness).map(meeting -> withSubstitutes()
                .flatMap(all -> all.cheapest(of, dearness))
                .filter(assets -> needed(assets).compareTo(needed(meeting)) < 0)
                .orElse(meeting));
    }

    private Optional<Offer> withSubstitutes() {
        return order.noDowngrade()
                ? Optional.empty()
                : pool.views(order, policy.substitutes()).map(views -> new Offer(order, views));
    }

    private boolean isImpossible(Function<View, List<Candidate>> of) {
        return hints.best(of, Preference.CHEAPEST.order()).isEmpty();
    }

    /** What was kept for it first, for that is why it was kept; what is kept for others last. */
    private Comparator<Candidate> better(Preference by) {
        return Comparator.comparing((Candidate candidate) -> !candidate.isKeptFor(order))
                .thenComparing(candidate -> !candidate.isFreeFor(order))
                .thenComparing(by.order());
    }

    /** Whether its own means and its budgets cover what would be held for it with these. */
    private boolean isCovered(List<Candidate> assets) {
        BigDecimal needed = needed(assets);
        return order.bears(needed) && purse.covers(order, needed);
    }

    private BigDecimal needed(List<Candidate> assets) {
        return assets.stream().map(Candidate::unitCost).reduce(estimate, BigDecimal::add);
    }

    private Decision grant(Pick pick, List<Candidate> preferred) {
        List<Decision.Choice> choices = new ArrayList<>();
        for (int hint = 0; hint < order.hints().size(); hint++) {
            int missing = order.missing(hint);
            if (missing > 0) {
                LeaseDecision why = Reasons.of(order, pick.offer(), hint, pick.by(), pick.because(), pick.assets());
                for (int i = 0; i < missing; i++) {
                    int place = choices.size();
                    Candidate taken = pick.assets().get(place);
                    choices.add(new Decision.Choice(
                            hint, taken, Reasons.insteadOf(why, preferred.get(place), taken, pick.shortage())));
                }
            }
        }
        return new Decision.Grant(choices, estimate);
    }
}
