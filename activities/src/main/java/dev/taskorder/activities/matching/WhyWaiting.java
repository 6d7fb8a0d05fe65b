package dev.taskorder.activities.matching;

import dev.taskorder.activities.matching.Obstacles.Found;
import dev.taskorder.api.explain.Blocker;
import dev.taskorder.api.explain.Explanation.Place;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;

/**
 * Asks the very round by which the matcher decides, and writes nothing of it. What the round would grant is about to be
 * granted; what it leaves is what stands in the way of the rest.
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
        List<WaitingOrder> heads = pass.heads();
        List<PoolAsset> assets =
                pass.assets(Stream.concat(heads.stream(), Stream.of(order)).toList());
        Pool pool = new Pool(assets);
        Round.Outcome round = pass.decide(heads, pool);
        int before = table.before(env, order, PLACES_COUNTED_MAX + 1);
        boolean counted = before <= PLACES_COUNTED_MAX;
        Place place = new Place(before + 1, before, counted);
        if (isServed(round, order.taskId())) {
            return new Waiting(place, List.of());
        }
        // what it keeps for itself is not in its own way
        boolean keeps = round.reserving() != null && round.reserving().taskId().equals(order.taskId());
        return new Waiting(place, blockers(order, env, keeps ? new Pool(assets) : pool, round, before));
    }

    private static boolean isServed(Round.Outcome round, UUID taskId) {
        Set<UUID> served = new HashSet<>();
        round.grants().forEach(grant -> served.add(grant.order().taskId()));
        round.ends().forEach(end -> served.add(end.order().taskId()));
        return served.contains(taskId);
    }

    private List<Blocker> blockers(WaitingOrder order, String env, Pool pool, Round.Outcome round, int before) {
        List<Pool.View> views = pool.views(order);
        Decision decision = Chooser.decide(order, views, sources.policies().version(order.policyVersion()));
        List<Blocker> blockers = new ArrayList<>();
        if (decision instanceof Decision.Blocked) {
            List<Found> found = Obstacles.of(order, views);
            Holders holders = table.holders(found);
            found.forEach(one -> blockers.add(BlockerTexts.of(one, order, holders, round.reserving())));
        }
        if (before > 0) {
            table.head(env, order).ifPresent(head -> blockers.add(BlockerTexts.behind(order, head, before)));
        }
        if (decision instanceof Decision.TooExpensiveNow now) {
            blockers.add(BlockerTexts.tooExpensive(order, now.freeNow(), now.cheapestEver()));
        }
        return blockers;
    }
}
