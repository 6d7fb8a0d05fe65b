package dev.taskorder.activities.matching;

import dev.taskorder.activities.control.Held;
import dev.taskorder.activities.dispatch.DispatchSignal;
import dev.taskorder.activities.tenant.Standing;
import dev.taskorder.activities.tenant.TenantTransactions;
import dev.taskorder.api.matching.MatchTrigger;
import dev.taskorder.api.tenant.TenantContext;
import dev.taskorder.api.tenant.TenantId;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.ConcurrencyFailureException;
import org.springframework.dao.DataIntegrityViolationException;

/**
 * The one matcher of a (tenant, env) at a time (design.md §4). Whoever marks looks after its commit, and waits for its
 * turn to; so no mark is left over but by a crash or a lock that nobody gives back, and those maintenance finds.
 */
final class Matcher implements MatchTrigger {
    private static final Logger log = LoggerFactory.getLogger(Matcher.class);

    /** So often a look is repeated because a budget was spent of, or places were taken, while it decided. */
    private static final int MOVES_MAX = 20;

    private record Place(TenantId tenant, String env) {}

    private final TenantTransactions transactions;
    private final MatchPass.Sources sources;
    private final DispatchSignal dispatch;
    private final Standing standing;
    private final Map<Place, Lane> lanes = new ConcurrentHashMap<>();

    Matcher(TenantTransactions transactions, MatchPass.Sources sources, DispatchSignal dispatch, Standing standing) {
        this.transactions = transactions;
        this.sources = sources;
        this.dispatch = dispatch;
        this.standing = standing;
    }

    @Override
    public void mark(String env) {
        sources.grants().mark(env);
    }

    @Override
    public Looked runWithin(UUID taskId, String env) {
        Lane lane = laneOf(env);
        boolean ours = lane.tryLock();
        if (ours) {
            transactions.afterCompletion(lane::unlock);
        }
        long look = ours ? lane.begin() : 0;
        GrantTable.Turn turn = ours ? sources.grants().tryTurn(env) : null;
        if (turn == null || !turn.ours()) {
            mark(env);
            return new Looked.NotAtAll();
        }
        try {
            MatchPass.Result result =
                    pass(env, lane, turn.marks().held(), order -> order.equals(taskId) || lane.isReadingItsRow(order));
            if (result.more()) {
                return new Looked.NotAtAll();
            }
            transactions.afterCommit(() -> lane.complete(look));
            if (!result.exhausted().isEmpty()) {
                mark(env); // the next look tells of them, when this transaction's locks are gone
            }
            return result.of(taskId);
        } catch (DataIntegrityViolationException e) {
            serveOneByOne(lane, env, e);
            throw e; // the caller's transaction is lost, and its next try is careful
        }
    }

    @Override
    public void run(String env) {
        // an end may give a place to who waits in another env
        serve(env).forEach(this::serve);
    }

    /** The other envs of the tenant in which somebody may run now. */
    private Set<String> serve(String env) {
        Lane lane = laneOf(env);
        long looks = lane.looksBegun();
        lane.lock();
        try {
            return serveMarks(env, lane, looks);
        } finally {
            lane.unlock();
        }
    }

    @Override
    public void runFor(UUID taskId, String env) {
        Lane lane = laneOf(env);
        lane.enter(taskId);
        long looks = lane.looksBegun();
        lane.lock();
        try {
            serveMarks(env, lane, looks);
        } finally {
            lane.leave(taskId);
            lane.unlock();
        }
    }

    /** Unless a look that began since has served them. */
    private Set<String> serveMarks(String env, Lane lane, long looksBegun) {
        try {
            return lane.hasLookedSince(looksBegun) ? Set.of() : serveAll(env, lane);
        } catch (ConcurrencyFailureException e) {
            // rolled back, so the marks stand; an order whose turn never came gets its wake when maintenance looks
            log.info("the matcher of env {} is held up, its marks are left to maintenance", env, e);
            return Set.of();
        }
    }

    private Set<String> serveAll(String env, Lane lane) {
        Set<String> elsewhere = new HashSet<>();
        long look = lane.begin();
        int moved = 0;
        boolean more = true;
        while (more) {
            try {
                MatchPass.Result result = transactions.in(() -> look(env, lane, elsewhere));
                more = result.more();
                // in a transaction of its own, as it locks budgets one by one
                result.exhausted().forEach(budget -> sources.budgets().refused(env, budget.scope(), budget.id()));
            } catch (MovedMeanwhileException e) {
                moved++;
                if (moved == MOVES_MAX) {
                    throw e; // what moves so fast moves for ever: the marks stand
                }
                log.debug("another look decides in env {}", env, e);
            } catch (DataIntegrityViolationException e) {
                if (lane.writing() == MatchPass.Writing.ONE_BY_ONE) {
                    throw e; // not for what it grants
                }
                serveOneByOne(lane, env, e);
            }
        }
        lane.complete(look);
        return elsewhere;
    }

    /** One order whose rows are not as they must be would keep all others of its env from what they are due. */
    private static void serveOneByOne(Lane lane, String env, DataIntegrityViolationException cause) {
        lane.writeOneByOne();
        log.error("an order of env {} cannot be granted what it is due; the others are served one by one", env, cause);
    }

    private MatchPass.Result look(String env, Lane lane, Set<String> elsewhere) {
        GrantTable.Turn turn = sources.grants().tryTurn(env);
        elsewhere.addAll(turn.elsewhere());
        GrantTable.Marks marks = turn.ours() ? turn.marks() : marksInTurn(env);
        return marks.marked() ? pass(env, lane, marks.held(), lane::isReadingItsRow) : MatchPass.Result.NOTHING;
    }

    private GrantTable.Marks marksInTurn(String env) {
        sources.grants().awaitTurn(env);
        return sources.grants().takeMarks(env);
    }

    /**
     * One look in the open transaction, whose turn it is; one that stops at its limit leaves a mark. For a tenant that may begin
     * nothing nobody is served: its activation marks all queues anew. What a pause holds is not served either: this leaves a mark that is
     * due when that is over, whoever ends it and whenever.
     */
    private MatchPass.Result pass(String env, Lane lane, Held held, Predicate<UUID> readsItsRow) {
        if (!standing.mayBegin()) {
            return MatchPass.Result.NOTHING;
        }
        if (held != Held.NOTHING) {
            sources.grants().markHeld(env, held);
        }
        if (held == Held.ALL) {
            return MatchPass.Result.NOTHING;
        }
        MatchPass.Result result = new MatchPass(sources, env).run(readsItsRow, lane.writing(), held);
        if (result.more()) {
            mark(env);
        }
        TenantId tenant = TenantContext.required();
        transactions.afterCommit(() -> {
            if (!result.served().keySet().stream().allMatch(readsItsRow)) {
                dispatch.signalsDue(tenant);
            }
        });
        return result;
    }

    private Lane laneOf(String env) {
        return lanes.computeIfAbsent(new Place(TenantContext.required(), env), place -> new Lane());
    }
}
