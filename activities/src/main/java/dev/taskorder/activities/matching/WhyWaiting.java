package dev.taskorder.activities.matching;

import dev.taskorder.activities.matching.BlockerTexts.Effect;
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

    private static final String ASSETS = "assets";

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
        Round.Outcome round = pass.decide(heads, pool, purse, read.places().left());
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
        Stand stand = new Stand(
                env, before, inItsWay ? reserving : null, headOf(order, heads), crowd(order, round, read.places()));
        Case one = new Case(order, policy, stand, whatIf);
        return new Waiting(place, one.blockers(seen, purse));
    }

    /** Null if it may begin to run, or runs already. */
    private static @Nullable Crowd crowd(WaitingOrder order, Round.Outcome round, Places places) {
        Integer max = places.max();
        if (!round.full() || max == null || order.between() != null) {
            return null;
        }
        List<WaitingOrder> first = round.forPlaces().stream()
                .filter(other -> !other.demand().equals(order.demand()))
                .filter(other -> Round.QUEUE_ORDER.compare(other, order) < 0)
                .toList();
        long begin = round.grants().stream()
                .filter(grant -> grant.order().between() == null)
                .count();
        return new Crowd(max, places.running() + begin, first);
    }

    /**
     * As many run as may.
     *
     * @param before orders of other lines that wait for nothing else and come before it
     */
    private record Crowd(int max, long running, List<WaitingOrder> before) {
        Blocker blocker() {
            return TurnTexts.full(max, running);
        }
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
     * @param crowd who runs so that it may not begin to; null if it may
     */
    private record Stand(
            String env,
            int before,
            @Nullable WaitingOrder reserving,
            @Nullable WaitingOrder head,
            @Nullable Crowd crowd) {}

    /** One order that waits. */
    private final class Case {
        private final WaitingOrder order;
        private final String env;
        private final Policy policy;
        private final int before;
        private final @Nullable WaitingOrder reserving;
        private final @Nullable WaitingOrder head;
        private final @Nullable Crowd crowd;
        private final WhatIf whatIf;
        private final Set<WaitingOrder> others = new LinkedHashSet<>();

        Case(WaitingOrder order, Policy policy, Stand stand, WhatIf whatIf) {
            this.order = order;
            this.policy = policy;
            this.env = stand.env();
            this.before = stand.before();
            this.reserving = stand.reserving();
            this.head = stand.head();
            this.crowd = stand.crowd();
            this.whatIf = whatIf;
        }

        List<Blocker> blockers(Pool pool, Purse purse) {
            if (crowd == null) {
                return besidePlaces(pool, purse);
            }
            List<Blocker> all = new ArrayList<>();
            all.add(crowd.blocker());
            all.addAll(besidePlaces(pool, purse));
            return all;
        }

        private List<Blocker> besidePlaces(Pool pool, Purse purse) {
            Decision decision = Chooser.decide(order, pool, policy, purse);
            if (decision instanceof Decision.Grant) {
                if (crowd != null) {
                    others.addAll(crowd.before());
                }
                return queue(crowd == null, crowd == null ? ASSETS : "places");
            }
            if (decision instanceof Decision.NotCovered now) {
                return forMoneyAlone(new Shortage(now.needed(), now.budgets()));
            }
            if (decision instanceof Decision.Hopeless why) {
                return ends(why, Chooser.neededEver(order, pool, policy).orElseThrow(), purse);
            }
            return forAssets(decision, pool, purse);
        }

        private List<Blocker> forMoneyAlone(Shortage money) {
            Effect effect;
            if (money.budgets().size() > 1) {
                others.addAll(whatIf.mended(money).others());
                effect = Effect.NOT_ENOUGH;
            } else {
                effect = effectOf(whatIf.mended(money));
            }
            List<Blocker> all = budgets(money, effect);
            all.addAll(queue(false, "money"));
            return all;
        }

        private List<Blocker> ends(Decision.Hopeless why, BigDecimal needed, Purse purse) {
            List<Blocker> all = budgets(Shortage.of(order, needed, purse), Effect.NOT_ENOUGH);
            all.add(0, BudgetTexts.endsForMoney(order, why, needed));
            all.addAll(queue(true, ASSETS));
            return all;
        }

        private List<Blocker> forAssets(Decision decision, Pool pool, Purse purse) {
            Shortage money = shortage(decision, pool, purse);
            List<Found> found = helpful(obstacles(decision, pool, purse, money), money);
            Optional<BigDecimal> forHints = Chooser.leastForHints(order, pool, policy);
            if (money.isNone() && forHints.isPresent() && isInVainFor(forHints.get(), found, purse)) {
                money = Shortage.of(
                        order, forHints.get(), purse); // only substitutes are covered, and they come after that
                found = obstacles(decision, pool, purse, money);
            }
            Holders holders = table.holders(found);
            List<Blocker> all = new ArrayList<>();
            BlockerTexts texts = new BlockerTexts(order, policy, holders, reserving);
            for (Found one : found) {
                all.add(texts.of(one, effectOf(one, money)));
            }
            if (!found.isEmpty() && (!money.isNone() || found.stream().noneMatch(Found::enough))) {
                others.addAll(whatIf.without(found, priorityWith(found), money).others());
            }
            if (decision instanceof Decision.TooExpensiveNow now) {
                all.add(0, tooExpensive(now, found, holders, purse));
            } else if (decision instanceof Decision.Blocked) {
                forHints.filter(least -> !order.bears(least))
                        .ifPresent(least -> all.add(0, BudgetTexts.onlySubstitutes(order, least)));
            }
            if (all.isEmpty()) {
                all.add(TurnTexts.keepsWhatItNeeds(order));
            }
            all.addAll(budgets(money, Effect.NOT_ENOUGH));
            all.addAll(queue(false, money.isNone() ? ASSETS : "assets or money"));
            return all;
        }

        private List<Found> obstacles(Decision decision, Pool pool, Purse purse, Shortage money) {
            return Obstacles.of(order, pool, policy, decision, new Obstacles.Money(purse, money));
        }

        /** For what is free, if it is told what that takes; else for the least that may serve it some day. */
        private Shortage shortage(Decision decision, Pool pool, Purse purse) {
            Optional<BigDecimal> needed = decision instanceof Decision.TooExpensiveNow now
                    ? Optional.of(now.freeNow())
                    : Chooser.leastNeeded(order, pool, policy);
            return needed.map(amount -> Shortage.of(order, amount, purse)).orElse(Shortage.NONE);
        }

        private boolean isInVainFor(BigDecimal needed, List<Found> found, Purse purse) {
            return !found.isEmpty()
                    && order.bears(needed)
                    && !purse.covers(order, needed)
                    && isInVain(whatIf.without(found, priorityWith(found), Shortage.NONE));
        }

        /** None where it would prefer something else all the same, and waits on. */
        private List<Found> helpful(List<Found> found, Shortage money) {
            if (!order.noDowngrade() || found.isEmpty()) {
                return found;
            }
            return isInVain(whatIf.without(found, priorityWith(found), money)) ? List.of() : found;
        }

        /** Whether it is not served, and nobody in its stead. */
        private boolean isInVain(Course course) {
            return !course.served()
                    && !course.unknown()
                    && before == 0
                    && course.others().isEmpty();
        }

        private List<Blocker> budgets(Shortage money, Effect effect) {
            return money.budgets().stream()
                    .map(budget -> BudgetTexts.notCovered(order, money.needed(), budget, env, effect))
                    .collect(Collectors.toCollection(ArrayList::new));
        }

        /** To raise its ceiling is enough if its budgets cover what is free, to wait for something cheaper if they cover that. */
        private Blocker tooExpensive(Decision.TooExpensiveNow now, List<Found> found, Holders holders, Purse purse) {
            boolean othersFirst = before > 0 || !others.isEmpty();
            BudgetTexts.Ways ways = new BudgetTexts.Ways(
                    purse.covers(order, now.freeNow()), purse.covers(order, now.cheapestEver()), othersFirst);
            return BudgetTexts.tooExpensive(order, now, found, holders, ways);
        }

        private Effect effectOf(Found one, Shortage money) {
            if (!one.enough()) {
                return Effect.NOT_ENOUGH;
            }
            Course course = whatIf.without(List.of(one), priorityWith(List.of(one)), Shortage.NONE);
            return money.isNone() || course.served() ? effectOf(course) : Effect.NOT_ENOUGH;
        }

        private Effect effectOf(Course course) {
            if (course.served()) {
                return crowd == null ? Effect.SERVED : Effect.NOT_ENOUGH;
            }
            others.addAll(course.others());
            if (isInVain(course)) {
                return Effect.NOT_ENOUGH;
            }
            return course.unknown() ? Effect.AFTER_OTHERS : Effect.OTHERS_INSTEAD;
        }

        /** What an order keeps that comes before it is had by coming before that order. */
        private int priorityWith(List<Found> obstacles) {
            boolean passes = obstacles.stream().anyMatch(found -> found.kind() == Kind.RESERVED);
            return reserving == null || !passes ? order.priority() : order.priorityToPass(reserving);
        }

        /**
         * @param nothingElse whether nothing but its turn is in its way
         * @param contested what others would get before it
         */
        private List<Blocker> queue(boolean nothingElse, String contested) {
            if (before == 0 && others.isEmpty()) {
                return List.of();
            }
            TurnTexts.Ahead ahead = new TurnTexts.Ahead(before, head, List.copyOf(others), contested);
            boolean enough = crowd == null
                    && (nothingElse
                            || whatIf.as(order.withPriority(ahead.priorityToPass(order)))
                                    .served());
            return List.of(TurnTexts.behind(order, ahead, enough));
        }
    }
}
