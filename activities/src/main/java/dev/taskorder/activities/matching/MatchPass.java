package dev.taskorder.activities.matching;

import dev.taskorder.activities.budget.BudgetBook;
import dev.taskorder.activities.budget.BudgetBook.Room;
import dev.taskorder.activities.control.Held;
import dev.taskorder.activities.policy.PolicyVersions;
import dev.taskorder.activities.tenant.TenantTransactions;
import dev.taskorder.api.matching.MatchTrigger.Looked;
import dev.taskorder.api.matching.PoolCheck;
import dev.taskorder.api.order.ResourceHint;
import dev.taskorder.api.order.UnservableHint;
import dev.taskorder.api.policy.Policy;
import dev.taskorder.api.policy.Routes;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataIntegrityViolationException;

/** One look of the matcher over a (tenant, env), in one transaction: it reads the facts, lets a round decide, and writes. */
final class MatchPass {
    private static final Logger log = LoggerFactory.getLogger(MatchPass.class);

    private final Sources sources;
    private final String env;

    /** Where facts come from and decisions go. */
    record Sources(
            QueueTable queue,
            PlaceTable places,
            PoolTable pool,
            IdlePool idlePool,
            GrantTable grants,
            BudgetBook budgets,
            PolicyVersions policies,
            Routes routes,
            TenantTransactions transactions) {}

    /**
     * @param served what became of the orders that were granted or ended; all but those that read their row were sent a wake
     * @param more whether another look is needed: it did not finish, an order it had decided for was cancelled meanwhile, or ends may
     *     have given places back that it did not see
     * @param exhausted budgets that somebody waits for, of which that was not told yet
     */
    record Result(Map<UUID, Looked> served, boolean more, List<Room> exhausted) {
        /** Of a look that found no mark. */
        static final Result NOTHING = new Result(Map.of(), false, List.of());

        /** What became of one order of the queue. */
        Looked of(UUID order) {
            return served.getOrDefault(order, new Looked.Waits());
        }
    }

    MatchPass(Sources sources, String env) {
        this.sources = sources;
        this.env = env;
    }

    /** How decisions are written. */
    enum Writing {
        /** All in one statement: what cannot be written fails the pass. */
        AT_ONCE,
        /** Each by itself: what cannot be written is left out. Slower, for the minute after a pass that failed. */
        ONE_BY_ONE
    }

    /**
     * @param readsItsRow orders that need no wake, because whoever admits them reads the row afterwards
     * @param held whom it passes over as if they did not wait; of {@link Held#ALL} nothing is left to look at
     */
    Result run(Predicate<UUID> readsItsRow, Writing writing, Held held) {
        QueueTable.Heads heads = held == Held.NOTHING ? heads() : heads().ofThoseThatRun();
        Round.Outcome decided = decide(
                heads.orders(),
                new Pool(assets(heads.orders())),
                purse(heads),
                heads.places().left());
        Result result = write(decided, heads, wake(readsItsRow), writing);
        boolean toldToAwait = awaitPlaces(decided, heads.places());
        return new Result(result.served(), result.more() || toldToAwait, result.exhausted());
    }

    /**
     * The parts of the usage come after budgets: who has one, waits for nothing of ours.
     *
     * @return whether from now on ends tell of places; another look then sees those that did not yet
     */
    private boolean awaitPlaces(Round.Outcome decided, Places places) {
        boolean awaited = !decided.forPlaces().isEmpty();
        if (awaited && !places.awaited()) {
            sources.places().await(env);
            return true;
        }
        if (!awaited && places.awaited() && places.areMostlyFree()) {
            sources.places().awaitNoMore(env);
        }
        return false;
    }

    QueueTable.Heads heads() {
        return sources.queue().heads(env, Line.HEADS);
    }

    /** The budgets of their projects and of the tenant. Who stands behind a head is of its project, unless its line is very old. */
    Purse purse(QueueTable.Heads heads) {
        if (!heads.budgeted()) {
            return Purse.unlimited();
        }
        Set<String> projects =
                heads.orders().stream().map(WaitingOrder::projectId).collect(Collectors.toSet());
        return new Purse(sources.budgets().rooms(env, projects), projects, other -> sources.budgets()
                .rooms(env, Set.of(other)));
    }

    /** Those of all categories that these want: who stands behind a head wants what it wants. */
    List<PoolAsset> assets(List<WaitingOrder> orders) {
        Set<String> categories = categories(orders);
        return categories.isEmpty() ? List.of() : sources.pool().read(env, categories);
    }

    /**
     * Decides and writes nothing.
     *
     * @param places how many orders may begin to run
     */
    Round.Outcome decide(List<WaitingOrder> heads, Pool pool, Purse purse, long places) {
        return new Round(new Read(), pool, purse, places).run(heads);
    }

    private static Set<String> categories(List<WaitingOrder> orders) {
        return orders.stream()
                .flatMap(order -> order.hints().stream())
                .map(ResourceHint::skuCategory)
                .collect(Collectors.toSet());
    }

    private static Predicate<WaitingOrder> wake(Predicate<UUID> readsItsRow) {
        return order -> !readsItsRow.test(order.taskId());
    }

    private Result write(Round.Outcome decided, QueueTable.Heads heads, Predicate<WaitingOrder> wake, Writing writing) {
        Map<UUID, Looked> served = new HashMap<>();
        // those that end first, and budgets last of all: nobody locks an order's row after a budget's
        Set<UUID> ended = sources.grants().end(decided.ends(), wake);
        decided.ends().stream()
                .filter(end -> ended.contains(end.order().taskId()))
                .forEach(end -> served.put(
                        end.order().taskId(), new Looked.Ended(end.why().status())));
        grant(decided.grants(), heads.places(), wake, writing)
                .forEach((order, attempt) -> served.put(order, new Looked.Granted(attempt)));
        if (heads.budgeted()) {
            charge(decided.grants().stream()
                    .filter(grant -> served.containsKey(grant.order().taskId()))
                    .toList());
        }
        // what a cancelled one was to have is free for others; if nothing could be written, its cancel is still under
        // way
        int all = decided.grants().size() + decided.ends().size();
        boolean someCancelled = served.size() < all && !served.isEmpty();
        return new Result(served, decided.unfinished() || someCancelled, exhausted(decided));
    }

    /** Someone else may have spent of them since they were read: then nothing of this look stands. */
    private void charge(List<Round.Grant> granted) {
        if (!sources.grants().charge(env, granted)) {
            throw new MovedMeanwhileException(
                    "the budgets of env " + env + " do not cover any more what was decided by them");
        }
    }

    private static List<Room> exhausted(Round.Outcome decided) {
        return decided.waiting().values().stream()
                .filter(Decision.NotCovered.class::isInstance)
                .flatMap(decision -> ((Decision.NotCovered) decision).budgets().stream())
                .filter(budget -> !budget.toldExhausted())
                .distinct()
                .toList();
    }

    private Map<UUID, Integer> grant(
            List<Round.Grant> grants, Places places, Predicate<WaitingOrder> wake, Writing writing) {
        if (writing == Writing.AT_ONCE) {
            return sources.grants().grant(grants, wake, places);
        }
        Map<UUID, Integer> attempts = new HashMap<>();
        for (Round.Grant grant : grants) {
            try {
                attempts.putAll(
                        sources.transactions().apart(() -> sources.grants().grant(List.of(grant), wake, places)));
            } catch (DataIntegrityViolationException e) {
                log.error(
                        "order {} cannot be granted what it is due and waits on; its rows have to be looked at",
                        grant.order().taskId(),
                        e);
            }
        }
        return attempts;
    }

    /** Facts as they are in the open transaction. */
    private final class Read implements Round.Facts {
        @Override
        public List<WaitingOrder> behind(WaitingOrder last, @Nullable LeftOut leftOut, int max) {
            return sources.queue().behind(env, last, leftOut, max);
        }

        @Override
        public Policy policy(int version) {
            return sources.policies().version(version);
        }

        @Override
        public Optional<String> executor(WaitingOrder order, Policy policy) {
            return sources.routes().executorFor(policy, order.taskType(), order.taskCategory());
        }

        @Override
        public List<UnservableHint> unservable(WaitingOrder order) {
            PoolCheck.Wanted wanted = new PoolCheck.Wanted(order.hints(), order.currency(), order.noDatacenterIp());
            return sources.idlePool().unservable(env, List.of(wanted)).get(0);
        }
    }
}
