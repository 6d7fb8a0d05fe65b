package dev.taskorder.activities.matching;

import dev.taskorder.api.order.UnservableHint;
import dev.taskorder.api.policy.Policy;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The decisions of one look over a (tenant, env): facts in, decisions and reasons out, nothing written. It always takes the
 * foremost order of all lines that are still open; a line whose head cannot be served closes as a whole, so that it holds up
 * nobody else. The matcher writes what is decided; who asks why an order waits only reads it.
 */
final class Round {
    static final int DECISIONS_MAX = 200;

    /** The order of the queue: (priority desc, created_at, task_id). UUIDs as text, for Java compares them signed. */
    static final Comparator<WaitingOrder> QUEUE_ORDER = Comparator.comparingInt(WaitingOrder::priority)
            .reversed()
            .thenComparing(WaitingOrder::createdAt)
            .thenComparing(order -> order.taskId().toString());

    private final Facts facts;
    private final Pool pool;
    private final Purse purse;
    private long places;
    private final Map<String, Line> lines = new HashMap<>();
    private final Map<String, Decision> unservable = new HashMap<>();
    private final List<Grant> grants = new ArrayList<>();
    private final List<End> ends = new ArrayList<>();
    private final Map<UUID, Decision> waiting = new HashMap<>();
    private final List<WaitingOrder> forPlaces = new ArrayList<>();
    private @Nullable WaitingOrder reserving;
    /** How many had been granted when the first waited for money that takes only what it prefers. */
    private @Nullable Integer firstPassedOver;

    /** What a round asks while it decides. */
    interface Facts {
        /** Those that stand behind this one in its line, at most so many; see {@link QueueTable#behind}. */
        List<WaitingOrder> behind(WaitingOrder last, @Nullable LeftOut leftOut, int max);

        Policy policy(int version);

        /** Who executes the order; nothing if nobody does any more. */
        Optional<String> executor(WaitingOrder order, Policy policy);

        /** The hints that nothing of the pool could serve, even if it were idle. */
        List<UnservableHint> unservable(WaitingOrder order);
    }

    /**
     * An order that gets these slots.
     *
     * @param hold what is set aside for it, {@code estimate} included
     * @param estimate what of that is for its executor's own costs
     */
    record Grant(WaitingOrder order, List<Taken> leases, String executor, BigDecimal hold, BigDecimal estimate) {}

    /** A slot that the pool has given. */
    record Taken(Decision.Choice choice, Candidate.Slot slot) {}

    /** An order that can never be granted. */
    record End(WaitingOrder order, Decision.Hopeless why) {}

    /**
     * @param waiting why the orders that were looked at wait; whoever stands behind one of them was not looked at
     * @param reserving the order that keeps slots from those behind it; null if none does
     * @param unfinished whether another look may grant more: there are orders left to look at, or one that was passed over may
     *     be served by what others left
     * @param full whether no more orders may begin to run
     * @param forPlaces those who wait for nothing but that another ends
     */
    record Outcome(
            List<Grant> grants,
            List<End> ends,
            Map<UUID, Decision> waiting,
            @Nullable WaitingOrder reserving,
            boolean unfinished,
            boolean full,
            List<WaitingOrder> forPlaces) {}

    /** @param places how many orders may begin to run; those between two attempts run already */
    Round(Facts facts, Pool pool, Purse purse, long places) {
        this.facts = facts;
        this.pool = pool;
        this.purse = purse;
        this.places = places;
    }

    /** @param heads the first {@link Line#HEADS} of every line, in any order */
    Outcome run(List<WaitingOrder> heads) {
        PriorityQueue<WaitingOrder> foremost = new PriorityQueue<>(QUEUE_ORDER);
        heads.stream()
                .sorted(QUEUE_ORDER)
                .collect(Collectors.groupingBy(WaitingOrder::demand))
                .forEach((demand, line) -> lines.put(demand, new Line(line)));
        lines.values().forEach(line -> foremost.add(line.takeFirst()));
        while (!foremost.isEmpty() && grants.size() + ends.size() < DECISIONS_MAX) {
            WaitingOrder head = foremost.remove();
            Line line = lineOf(head);
            if (serve(head, line)) {
                line.takeBehind(head, facts).ifPresent(foremost::add);
            }
        }
        return new Outcome(
                grants, ends, waiting, reserving, !foremost.isEmpty() || passedOverInVain(), places == 0, forPlaces);
    }

    /**
     * Of what is left it may prefer something cheaper than it did, if it takes nothing but what it prefers; and who keeps slots
     * may not be able to pay them any more.
     */
    private boolean passedOverInVain() {
        boolean prefersAnother = firstPassedOver != null && firstPassedOver < grants.size();
        return prefersAnother || (reserving != null && !couldStillBeServed(reserving));
    }

    private boolean couldStillBeServed(WaitingOrder order) {
        Policy policy = facts.policy(order.policyVersion());
        return Chooser.reservable(order, pool, policy, purse, new Decision.Blocked())
                .isPresent();
    }

    private Line lineOf(WaitingOrder order) {
        return Objects.requireNonNull(lines.get(order.demand()));
    }

    /** Whether the line goes on behind this order. */
    private boolean serve(WaitingOrder order, Line line) {
        Policy policy = facts.policy(order.policyVersion());
        Optional<String> executor = facts.executor(order, policy);
        Decision decision = executor.isEmpty() ? Decision.Hopeless.withoutExecutor(order) : decide(order, policy);
        if (decision instanceof Decision.Grant grant) {
            List<Taken> leases = grant.choices().stream()
                    .map(choice -> new Taken(choice, choice.asset().takeFor(order)))
                    .toList();
            grants.add(new Grant(order, leases, executor.orElseThrow(), grant.hold(), grant.estimate()));
            purse.take(order, grant.hold());
            places -= order.between() == null ? 1 : 0;
            return true;
        }
        if (decision instanceof Decision.Hopeless hopeless) {
            ends.add(new End(order, hopeless));
            return true;
        }
        waiting.put(order.taskId(), decision);
        if (decision instanceof Decision.NoPlace) {
            forPlaces.add(order); // it needs no slots kept for it, as nobody else may begin either
            return false;
        }
        if (line.hasNoneThatCannotPay()) {
            reserveFor(order, policy, decision);
        }
        boolean speaksForAll = decision instanceof Decision.Blocked
                || (decision instanceof Decision.NotCovered && !order.noDowngrade());
        if (!speaksForAll) {
            line.leaveOutLike(order, decision, policy.value());
            notePassedOver(order);
        }
        return !speaksForAll;
    }

    private void notePassedOver(WaitingOrder order) {
        if (order.noDowngrade() && firstPassedOver == null) {
            firstPassedOver = grants.size();
        }
    }

    /** Orders of one demand share the answer that nothing could ever serve them. */
    private Decision decide(WaitingOrder order, Policy policy) {
        Decision decision = Chooser.decide(order, pool, policy, purse);
        if (decision instanceof Decision.Grant && places == 0 && order.between() == null) {
            return new Decision.NoPlace();
        }
        return decision instanceof Decision.Unservable
                ? unservable.computeIfAbsent(order.demand(), demand -> neverSatisfiable(order))
                : decision;
    }

    private Decision neverSatisfiable(WaitingOrder order) {
        List<UnservableHint> hints = facts.unservable(order);
        return hints.isEmpty() ? new Decision.Blocked() : Decision.Hopeless.neverSatisfiable(hints);
    }

    /**
     * The foremost order that waits for longer than its policy lets the large starve, and that slots could help, keeps what is
     * free of what it wants from all behind it; of a line only the first that waits does. Nothing is written: each round
     * comes to the same as long as it waits.
     */
    private void reserveFor(WaitingOrder order, Policy policy, Decision why) {
        if (reserving == null && order.waitedMs() >= policy.defaults().reserveAfterMs()) {
            Chooser.reservable(order, pool, policy, purse, why).ifPresent(slots -> {
                slots.forEach(candidate -> candidate.reserveFor(order));
                reserving = order;
            });
        }
    }
}
