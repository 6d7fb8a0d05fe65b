package dev.taskorder.activities.matching;

import dev.taskorder.activities.policy.PolicyVersions;
import dev.taskorder.api.matching.MatchTrigger.Looked;
import dev.taskorder.api.matching.PoolCheck;
import dev.taskorder.api.order.ResourceHint;
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
import java.util.stream.Collectors;

/**
 * One look of the matcher over a (tenant, env), in one transaction. It always takes the foremost order of all lines
 * that are still open; a line whose head cannot be served closes as a whole, so that it holds up nobody else.
 */
final class MatchPass {
    private static final int DECISIONS_MAX = 200;
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
    private final Map<String, Deque<WaitingOrder>> lines = new HashMap<>();
    private final Set<String> exhaustedLines = new HashSet<>();
    private final Map<String, Decision.TooExpensiveNow> tooDear = new HashMap<>();
    private final Map<String, Decision> unservable = new HashMap<>();
    private final List<GrantTable.Granted> grants = new ArrayList<>();
    private final List<GrantTable.Ended> ends = new ArrayList<>();
    private Pool pool = new Pool(List.of());
    private boolean reserves;

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
     * @param more whether another look is needed: it stopped at its limit, or an order it had decided for was cancelled meanwhile
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
    }

    Result run() {
        List<WaitingOrder> foremost = sources.queue().heads(env, HEADS_PER_LINE);
        pool = new Pool(sources.pool().read(env, categories(foremost)));
        PriorityQueue<WaitingOrder> heads = new PriorityQueue<>(QUEUE_ORDER);
        openLines(foremost);
        lines.values().forEach(line -> heads.add(line.remove()));
        while (!heads.isEmpty() && grants.size() + ends.size() < DECISIONS_MAX) {
            WaitingOrder head = heads.remove();
            if (serve(head)) {
                advance(head, heads);
            }
        }
        return write(!heads.isEmpty());
    }

    /** Of all that stand in the lines: who stands behind a head wants what it wants. */
    private static Set<String> categories(List<WaitingOrder> heads) {
        return heads.stream()
                .flatMap(order -> order.hints().stream())
                .map(ResourceHint::skuCategory)
                .collect(Collectors.toSet());
    }

    private Result write(boolean stoppedAtLimit) {
        Map<UUID, Looked> served = new HashMap<>();
        sources.grants().grant(grants).forEach((order, attempt) -> served.put(order, new Looked.Granted(attempt)));
        Set<UUID> ended = sources.grants().end(ends);
        ends.stream()
                .filter(end -> ended.contains(end.order().taskId()))
                .forEach(end -> served.put(
                        end.order().taskId(), new Looked.Ended(end.hopeless().status())));
        // what a cancelled one was to have is free for others; if nothing could be written, its cancel is still under
        // way
        boolean someCancelled = served.size() < grants.size() + ends.size() && !served.isEmpty();
        return new Result(served, stoppedAtLimit || someCancelled);
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
        Decision decision = executor.isEmpty() ? Decision.Hopeless.withoutExecutor(order) : decide(order, policy);
        boolean wake = !readsItsRow.test(order.taskId());
        if (decision instanceof Decision.Grant grant) {
            List<GrantTable.Taken> leases = grant.choices().stream()
                    .map(choice -> new GrantTable.Taken(choice, choice.asset().take()))
                    .toList();
            grants.add(new GrantTable.Granted(order, leases, executor.orElseThrow(), wake));
        } else if (decision instanceof Decision.Hopeless hopeless) {
            ends.add(new GrantTable.Ended(order, hopeless, wake));
        } else if (decision instanceof Decision.TooExpensiveNow now) {
            tooDear.put(order.demand(), now);
        } else {
            reserveFor(order, policy);
        }
        return !(decision instanceof Decision.Blocked);
    }

    /** Orders of one demand share the answer that nothing could ever serve them. */
    private Decision decide(WaitingOrder order, Policy policy) {
        Decision decision = Chooser.decide(order, pool.views(order), policy.value());
        return decision instanceof Decision.Unservable
                ? unservable.computeIfAbsent(order.demand(), demand -> neverSatisfiable(order))
                : decision;
    }

    private Decision neverSatisfiable(WaitingOrder order) {
        PoolCheck.Wanted wanted = new PoolCheck.Wanted(order.hints(), order.currency(), order.noDatacenterIp());
        List<UnservableHint> hints =
                sources.idlePool().unservable(env, List.of(wanted)).get(0);
        return hints.isEmpty() ? new Decision.Blocked() : Decision.Hopeless.neverSatisfiable(hints);
    }

    /**
     * The foremost order that waits for longer than its policy lets the large starve keeps what is free of what it wants
     * from all behind it. Nothing is written: each pass comes to the same as long as it waits.
     */
    private void reserveFor(WaitingOrder order, Policy policy) {
        if (!reserves && order.waitedMs() >= policy.defaults().reserveAfterMs()) {
            Chooser.reservable(order, pool.views(order), policy.value()).forEach(Candidate::reserve);
            reserves = true;
        }
    }
}
