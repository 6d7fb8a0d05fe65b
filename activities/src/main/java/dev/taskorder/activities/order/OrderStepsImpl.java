package dev.taskorder.activities.order;

import dev.taskorder.activities.tenant.TenantTransactions;
import dev.taskorder.api.failure.FailureType;
import dev.taskorder.api.matching.MatchTrigger;
import dev.taskorder.api.order.Limits;
import dev.taskorder.api.order.OrderSteps;
import dev.taskorder.api.order.Status;
import dev.taskorder.api.order.TaskOrderRef;
import dev.taskorder.api.order.Verdict;
import io.temporal.failure.ApplicationFailure;
import java.util.Objects;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The steps of the workflow. Each locks the row first, judges it as it is, and may therefore run any number of times. */
final class OrderStepsImpl implements OrderSteps {
    private static final String WORKFLOW = "workflow";

    private final TenantTransactions transactions;
    private final OrderTable orders;
    private final OrderProgress progress;
    private final Settlement settlement;
    private final MatchTrigger matcher;

    OrderStepsImpl(
            TenantTransactions transactions,
            OrderTable orders,
            OrderProgress progress,
            Settlement settlement,
            MatchTrigger matcher) {
        this.transactions = transactions;
        this.orders = orders;
        this.progress = progress;
        this.settlement = settlement;
        this.matcher = matcher;
    }

    /**
     * One transaction, if it is the order's turn at the matcher at once. Else the order stands in the queue, and waits
     * for its turn without holding its row.
     */
    @Override
    public Verdict admit(TaskOrderRef ref) {
        Outcome admitted = inRow(ref.taskId(), ref.runNo(), this::enqueue);
        if (admitted.verdict() != null) {
            return freeing(admitted);
        }
        matcher.runFor(ref.taskId(), admitted.before().env());
        return proceed(ref);
    }

    private @Nullable Verdict enqueue(OrderRow order) {
        if (order.status() == Status.PENDING) {
            progress.enqueue(order);
        } else {
            orders.markStarted(order.taskId());
        }
        if (order.status() == Status.RUNNING || order.cancelRequested()) {
            return progress.verdictOf(order);
        }
        return matcher.runWithin(order.taskId(), order.env()) ? verdictNow(order) : null;
    }

    private Verdict verdictNow(OrderRow before) {
        OrderRow order = orders.lock(before.taskId()).orElseThrow();
        return order.status().isOver() ? new Verdict.Over(order.status().name()) : progress.verdictOf(order);
    }

    @Override
    public Verdict proceed(TaskOrderRef ref) {
        return freeing(inRow(ref.taskId(), ref.runNo(), progress::verdictOf));
    }

    @Override
    public Verdict conclude(AttemptEnd end) {
        return freeing(inRow(end.taskId(), end.runNo(), order -> {
            OrderRow seen = withCancel(order, end.cancelled(), end.cancelledBy());
            return progress.conclude(seen, end.attempt(), end.how(), end.message());
        }));
    }

    @Override
    public Verdict end(EndOrder end) {
        return freeing(inRow(end.taskId(), end.runNo(), order -> {
            if (end.why() == Why.QUEUE_EXPIRED) {
                return progress.expireQueue(order);
            }
            String by = end.requestedBy() == null ? WORKFLOW : end.requestedBy();
            OrderRow seen = withCancel(order, end.reason() == null ? "cancelled" : end.reason(), by);
            settlement.settle(seen, Ending.cancelled(seen.cancelReason()), by);
            return new Verdict.Over(Status.CANCELLED.name());
        }));
    }

    @Override
    public void reprioritise(Reprioritise command) {
        if (command.priority() < 0 || command.priority() > Limits.PRIORITY_MAX) {
            return;
        }
        Outcome changed = inRow(command.taskId(), command.runNo(), order -> {
            progress.reprioritise(order, command.priority(), command.requestedBy());
            return new Verdict.Await(null);
        });
        if (changed.verdict() instanceof Verdict.Await) {
            matcher.run(changed.before().env());
        }
    }

    /** @param verdict absent if the matcher has to look before there is one */
    private record Outcome(OrderRow before, @Nullable Verdict verdict) {}

    /** Locks the row, answers for an order that is over or for an old run, else lets the step decide. */
    private Outcome inRow(UUID taskId, int runNo, Function<OrderRow, @Nullable Verdict> step) {
        return transactions.in(() -> {
            OrderRow order = orders.lock(taskId)
                    .orElseThrow(() -> ApplicationFailure.newNonRetryableFailure(
                            "no order " + taskId + " of this tenant", FailureType.ORDER_UNKNOWN.name()));
            if (order.status().isOver()) {
                return new Outcome(order, new Verdict.Over(order.status().name()));
            }
            if (order.runNo() != runNo) {
                return new Outcome(order, new Verdict.Over(Verdict.Over.SUPERSEDED));
            }
            return new Outcome(order, step.apply(order));
        });
    }

    /** An end may have freed something: the matcher looks, after the commit and in a transaction of its own. */
    private Verdict freeing(Outcome outcome) {
        if (outcome.verdict() instanceof Verdict.Over && outcome.before().holdsLeases()) {
            matcher.run(outcome.before().env());
        }
        return Objects.requireNonNull(outcome.verdict());
    }

    /** A cancel that came by signal or from Temporal is recorded on the order like one that came over the API. */
    private OrderRow withCancel(OrderRow order, @Nullable String reason, @Nullable String requestedBy) {
        if (order.cancelRequested() || reason == null) {
            return order;
        }
        orders.requestCancel(order.taskId(), reason, requestedBy == null ? WORKFLOW : requestedBy);
        return orders.lock(order.taskId()).orElseThrow();
    }
}
