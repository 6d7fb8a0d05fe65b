package dev.taskorder.activities.matching;

import dev.taskorder.activities.policy.PolicyVersions;
import dev.taskorder.api.matching.MatchTrigger.Looked;
import dev.taskorder.api.matching.PoolCheck;
import dev.taskorder.api.order.UnservableHint;
import dev.taskorder.api.policy.Policy;
import dev.taskorder.api.policy.Routes;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.UUID;
import java.util.function.Predicate;

/**
 * One look of the matcher over a (tenant, env), in one transaction. It always takes the foremost order of all lines
 * that are still open; a line whose head cannot be served closes as a whole, so that it holds up nobody else.
 */
final class MatchPass {
    private static final int GRANTS_MAX = 200;
    /** Of each line at first: most lines have one order or cannot be served, so more would be read in vain. */
    private static final int HEADS_PER_LINE = 2;

    private static final int PER_LINE = 16;

    /** The order of the queue: (priority desc, created_at, task_id). UUIDs as text, for Java compares them signed. */
    private static final Comparator<WaitingOrder> QUEUE_ORDER = Comparator.comparingInt(WaitingOrder::priority)
            .reversed()
            .thenComparing(WaitingOrder::createdAt)
            .thenComparing(order -> order.taskId().toString());

    private final Sources sources;
    private final String env;
    private final Predicate<UUID> readsItsRow;
    private final Pool pool;
    private final Map<String, Deque<WaitingOrder>> lines = new HashMap<>();
    private final Set<String> exhaustedLines = new HashSet<>();
    private final Map<String, Decision.TooExpensiveNow> tooDear = new HashMap<>();
    private final Map<String, Decision> unservable = new HashMap<>();
    private final Map<UUID, Looked> served = new HashMap<>();

    /** Where facts come from and decisions go. */
    record Sources(
            QueueTable queue,
            PoolTable pool,
            IdlePool idlePool,
            GrantTable grants,
            PolicyVersions policies,
            Routes routes) {}

    /**
     * @param served what became of the orders that were granted or ended; all but those that read their row were sent a wake
     * @param more whether it stopped at its limit with orders left to look at
     */
    record Result(Map<UUID, Looked> served, boolean more) {
        /** What became of one order of the queue. */
        Looked of(UUID order) {
            return served.getOrDefault(order, new Looked.Waits());
        }
    }

    /** @param readsItsRow orders that need no wake, because whoever admits them reads the row afterwards */
    MatchPass(Sources sources, String env, Predicate<UUID> readsItsRow) {
        this.sources = sources;
        this.env = env;
        this.readsItsRow = readsItsRow;
        this.pool = new Pool(sources.pool(), env);
    }

    Result run() {
        PriorityQueue<WaitingOrder> heads = new PriorityQueue<>(QUEUE_ORDER);
        openLines(sources.queue().heads(env, HEADS_PER_LINE));
        lines.values().forEach(line -> heads.add(line.remove()));
        while (!heads.isEmpty() && served.size() < GRANTS_MAX) {
            WaitingOrder head = heads.remove();
            if (serve(head)) {
                advance(head, heads);
            }
        }
        return new Result(served, !heads.isEmpty());
    }

    private void openLines(List<WaitingOrder> orders) {
        Map<String, List<WaitingOrder>> byDemand = new HashMap<>();
        orders.forEach(order -> byDemand.computeIfAbsent(order.demand(), demand -> new ArrayList<>())
                .add(order));
        byDemand.forEach((demand, line) -> {
            line.sort(QUEUE_ORDER);
            if (line.size() < HEADS_PER_LINE) {
                exhaustedLines.add(demand);
            }
            lines.put(demand, new ArrayDeque<>(line));
        });
    }

    private void advance(WaitingOrder head, PriorityQueue<WaitingOrder> heads) {
        Deque<WaitingOrder> line = lines.getOrDefault(head.demand(), new ArrayDeque<>());
        if (line.isEmpty() && !exhaustedLines.contains(head.demand())) {
            List<WaitingOrder> more = sources.queue().behind(env, head, tooDear.get(head.demand()), PER_LINE);
            if (more.size() < PER_LINE) {
                exhaustedLines.add(head.demand());
            }
            line.addAll(more);
        }
        if (!line.isEmpty()) {
            heads.add(line.remove());
        }
    }

    /** Whether the line goes on behind this order. */
    private boolean serve(WaitingOrder order) {
        Policy policy = sources.policies().version(order.policyVersion());
        Optional<String> executor = sources.routes().executorFor(policy, order.taskType(), order.taskCategory());
        Decision decision =
                executor.isEmpty() ? Decision.Hopeless.withoutExecutor(order) : decide(order, policy.value());
        boolean wake = !readsItsRow.test(order.taskId());
        if (decision instanceof Decision.Grant grant) {
            sources.grants()
                    .grant(order, grant.choices(), executor.orElseThrow(), wake)
                    .ifPresent(attempt -> served.put(order.taskId(), new Looked.Granted(attempt)));
        } else if (decision instanceof Decision.Hopeless hopeless) {
            sources.grants().end(order, hopeless, wake);
            served.put(order.taskId(), new Looked.Ended(hopeless.status()));
        }
        if (decision instanceof Decision.TooExpensiveNow now) {
            tooDear.put(order.demand(), now);
        }
        return !(decision instanceof Decision.Blocked);
    }

    /**
     * The idle pool is read only for an order that all assets in service could not serve either: who merely waits for a
     * free slot, as nearly all do, costs nothing. Orders of one demand share the answer.
     */
    private Decision decide(WaitingOrder order, Policy.Value value) {
        Decision decision = Chooser.decide(order, pool.fitting(order), value);
        return decision instanceof Decision.Blocked blocked && !blocked.couldBeServed()
                ? unservable.computeIfAbsent(
                        order.demand(), demand -> hopeless(order).orElse(decision))
                : decision;
    }

    private Optional<Decision> hopeless(WaitingOrder order) {
        PoolCheck.Wanted wanted = new PoolCheck.Wanted(order.hints(), order.currency(), order.noDatacenterIp());
        List<UnservableHint> hints =
                sources.idlePool().unservable(env, List.of(wanted)).get(0);
        return hints.isEmpty() ? Optional.empty() : Optional.of(Decision.Hopeless.neverSatisfiable(hints));
    }
}
