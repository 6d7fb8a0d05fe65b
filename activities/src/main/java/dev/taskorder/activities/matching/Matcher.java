package dev.taskorder.activities.matching;

import dev.taskorder.activities.dispatch.DispatchSignal;
import dev.taskorder.activities.tenant.TenantTransactions;
import dev.taskorder.api.matching.MatchTrigger;
import dev.taskorder.api.tenant.TenantContext;
import dev.taskorder.api.tenant.TenantId;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The one matcher of a (tenant, env) at a time (design.md §4). Whoever holds the database's lock serves the marks of
 * all; whoever finds it held leaves, for the holder looks again after its commit, and maintenance finds what a crash
 * left.
 */
final class Matcher implements MatchTrigger {
    private record Place(TenantId tenant, String env) {}

    private final TenantTransactions transactions;
    private final MatchPass.Sources sources;
    private final DispatchSignal dispatch;
    private final Map<Place, Lane> lanes = new ConcurrentHashMap<>();

    Matcher(TenantTransactions transactions, MatchPass.Sources sources, DispatchSignal dispatch) {
        this.transactions = transactions;
        this.sources = sources;
        this.dispatch = dispatch;
    }

    @Override
    public void mark(String env) {
        sources.grants().mark(env);
    }

    @Override
    public void run(String env) {
        Lane lane = laneOf(env);
        lane.lock();
        try {
            serveMarks(env, lane);
        } finally {
            lane.unlock();
        }
    }

    @Override
    public void runFor(UUID taskId, String env) {
        Lane lane = laneOf(env);
        lane.enter(taskId);
        lane.lock();
        try {
            if (!lane.wasServed(taskId)) {
                serveMarks(env, lane);
            }
        } finally {
            lane.leave(taskId);
            lane.unlock();
        }
    }

    private void serveMarks(String env, Lane lane) {
        boolean lookAgain = true;
        while (lookAgain) {
            lookAgain = transactions.in(() -> pass(env, lane));
        }
    }

    /** Whether to look again: there were marks, and more may have come while this pass held the lock. */
    private boolean pass(String env, Lane lane) {
        if (!sources.grants().takeMarks(env)) {
            return false;
        }
        MatchPass.Result result = new MatchPass(sources, env, lane::isReadingItsRow).run();
        if (result.more()) {
            mark(env);
        }
        TenantId tenant = TenantContext.required();
        transactions.afterCommit(() -> {
            lane.served(result.served());
            if (!result.served().stream().allMatch(lane::isReadingItsRow)) {
                dispatch.due(tenant);
            }
        });
        return true;
    }

    private Lane laneOf(String env) {
        return lanes.computeIfAbsent(new Place(TenantContext.required(), env), place -> new Lane());
    }
}
