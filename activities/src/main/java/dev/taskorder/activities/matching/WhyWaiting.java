package dev.taskorder.activities.matching;

import dev.taskorder.activities.matching.Obstacles.Found;
import dev.taskorder.activities.matching.Obstacles.Kind;
import dev.taskorder.activities.matching.WhatIf.Course;
import dev.taskorder.api.explain.Blocker;
import dev.taskorder.api.explain.Explanation.Place;
import dev.taskorder.api.policy.Policy;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Asks the very round by which the matcher decides, and writes nothing of it. What the round would grant is about to be
 * granted; what it leaves is what stands in the way of the rest. Of each change that is offered it asks the round again.
 */
final class WhyWaiting implements WaitingReasons {
    /** Who stands further behind is told that there are more. */
    static final int PLACES_COUNTED_MAX = 10_000;

    private final MatchPass.Sources sources;
    private final ObstacleTable table;

    WhyWaiting(MatchPass.Sources sources, ObstacleTable table) {
        this.sources = sources;
        this.table = table;
    }

    @Override
    public Optional<Waiting> of(UUID taskId) {
        return table.envOfWaiting(taskId)
                .flatMap(env -> sources.queue().one(taskId).map(order -> of(order, env)));
    }

    private Waiting of(WaitingOrder order, String env) {
        MatchPass pass = new MatchPass(sources, env);
        QueueTable.Heads read = pass.heads();
        List<WaitingOrder> heads = read.orders();
        List<PoolAsset> assets =
                pass.assets(Stream.concat(heads.stream(), Stream.of(order)).toList());
        Pool pool = new Pool(assets);
        Purse purse = pass.purse(read);
        Round.Outcome round = pass.decide(heads, pool, purse);
        int before = table.before(env, order, PLACES_COUNTED_MAX + 1);
        Place place = new Place(before + 1, before, before <= PLACES_COUNTED_MAX);
        if (isServed(round, order.taskId())) {
            return new Waiting(place, List.of());
        }
        // what is kept for itself, or for one behind it, is not in its way
        WaitingOrder reserving = round.reserving();
        boolean inItsWay = reserving != null && Round.QUEUE_ORDER.compare(reserving, order) < 0;
        Pool seen = reserving == null || inItsWay ? pool : new Pool(assets);
        Policy policy = sources.policies().version(order.policyVersion());
        WhatIf whatIf = new WhatIf(pass, heads, assets, purse, order, policy);
        Case one = new Case(
                order, policy, new Stand(env, before, inItsWay ? reserving : null, headOf(order, heads)), whatIf);
        return new Waiting(place, one.blockers(seen, purse));
    }

    private static boolean isServed(Round.Outcome round, UUID taskId) {
        return Stream.concat(
                        round.grants().stream().map(Round.Grant::order),
                        round.ends().stream().map(Round.End::order))
                .anyMatch(order -> order.taskId().equals(taskId));
    }

    private static @Nullable WaitingOrder headOf(WaitingOrder order, List<WaitingOrder> heads) {
        return heads.stream()
                .filter(head -> head.demand().equals(order.demand()))
                .min(Round.QUEUE_ORDER)
                .orElse(null);
    }

    /**
     * Where it stands.
     *
     * @param before how many of its own line come before it
     * @param reserving who keeps free slots from it; null if nobody does
     * @param head the first of its line
     */
    private record Stand(
            String env,
            int before,
            @Nullable WaitingOrder reserving,
            @Nullable WaitingOrder head) {}

    /** One order that waits. */
    private final class Case {
        private final WaitingOrder order;
        private final String env;
        private final Policy policy;
        private final int before;
        private final @Nullable WaitingOrder reserving;
        private final @Nullable WaitingOrder head;
        private final WhatIf whatIf;
        private final Set<WaitingOrder> others = new LinkedHashSet<>();

        Case(WaitingOrder order, Policy policy, Stand stand, WhatIf whatIf) {
            this.order = order;
            this.policy = policy;
            this.env = stand.env();
            this.before = stand.before();
            this.reserving = stand.reserving();
            this.head = stand.head();
            this.whatIf = whatIf;
        }

        List<Blocker> blockers(Pool pool, Purse purse) {
            Decision decision = Chooser.decide(order, pool, policy, purse);
            if (decision instanceof Decision.Grant) {
                return queue(List.of());
            }
            List<Blocker> budgets = budgets(decision, Chooser.leastNeeded(order, pool, policy), purse);
            if (decision instanceof Decision.NotCovered) {
                budgets.addAll(queue(List.of()));
                return budgets;
            }
            if (decision instanceof Decision.Hopeless why) {
                budgets.add(0, BudgetTexts.endsForMoney(order, why));
                budgets.addAll(queue(List.of()));
                return budgets;
            }
            List<Found> found = helpful(Obstacles.of(order, pool, policy, decision));
            Holders holders = table.holders(found);
            List<Blocker> all = new ArrayList<>();
            BlockerTexts texts = new BlockerTexts(order, policy, holders, reserving);
            found.forEach(one -> all.add(texts.of(one, effectOf(one))));
            if (found.stream().noneMatch(Found::enough) && !found.isEmpty()) {
                others.addAll(whatIf.without(found, priorityWith(found)).others());
            }
            if (decision instanceof Decision.TooExpensiveNow now) {
                boolean othersFirst = before > 0 || !others.isEmpty();
                all.add(0, BudgetTexts.tooExpensive(order, now, found, holders, othersFirst));
            } else if (decision instanceof Decision.Blocked) {
                Chooser.leastForHints(order, pool, policy)
                        .filter(least -> !order.bears(least))
                        .ifPresent(least -> all.add(0, BudgetTexts.onlySubstitutes(order, least)));
            }
            if (all.isEmpty()) {
                all.add(TurnTexts.keepsWhatItNeeds(order));
            }
            all.addAll(budgets);
            all.addAll(queue(found));
            return all;
        }

        /** None where it would prefer something else all the same, and waits on. */
        private List<Found> helpful(List<Found> found) {
            if (!order.noDowngrade() || found.isEmpty()) {
                return found;
            }
            return isInVain(whatIf.without(found, priorityWith(found))) ? List.of() : found;
        }

        /** Whether it is not served, and nobody in its stead. */
        private boolean isInVain(Course course) {
            return !course.served()
                    && !course.unknown()
                    && before == 0
                    && course.others().isEmpty();
        }

        /** Those that do not cover what it needs now; of one that waits for assets, those that will not cover the least of it. */
        private List<Blocker> budgets(Decision decision, Optional<BigDecimal> least, Purse purse) {
            Optional<BigDecimal> needed =
                    decision instanceof Decision.NotCovered now ? Optional.of(now.needed()) : least;
            return needed.stream()
                    .flatMap(amount -> purse.tooSmall(order, amount).stream()
                            .map(budget -> BudgetTexts.notCovered(order, amount, budget, env)))
                    .collect(Collectors.toCollection(ArrayList::new));
        }

        private BlockerTexts.Effect effectOf(Found one) {
            if (!one.enough()) {
                return BlockerTexts.Effect.NOT_ENOUGH;
            }
            Course course = whatIf.without(List.of(one), priorityWith(List.of(one)));
            if (course.served()) {
                return BlockerTexts.Effect.SERVED;
            }
            others.addAll(course.others());
            if (isInVain(course)) {
                return BlockerTexts.Effect.NOT_ENOUGH;
            }
            return course.unknown() ? BlockerTexts.Effect.AFTER_OTHERS : BlockerTexts.Effect.OTHERS_INSTEAD;
        }

        /** What an order keeps that comes before it is had by coming before that order. */
        private int priorityWith(List<Found> obstacles) {
            boolean passes = obstacles.stream().anyMatch(found -> found.kind() == Kind.RESERVED);
            return reserving == null || !passes ? order.priority() : order.priorityToPass(reserving);
        }

        private List<Blocker> queue(List<Found> found) {
            if (before == 0 && others.isEmpty()) {
                return List.of();
            }
            TurnTexts.Ahead ahead = new TurnTexts.Ahead(before, head, List.copyOf(others));
            boolean enough = found.isEmpty()
                    || whatIf.without(List.of(), ahead.priorityToPass(order)).served();
            return List.of(TurnTexts.behind(order, ahead, enough));
        }
    }
}
