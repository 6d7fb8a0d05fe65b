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
import java.util.Optional;
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
        Admission admission = transactions.in(() -> enter(ref));
        if (admission instanceof Admission.Decided decided) {
            return freeing(decided.outcome());
        }
        matcher.runFor(ref.taskId(), ((Admission.InLine) admission).env());
        return proceed(ref);
    }

    private Admission enter(TaskOrderRef ref) {
        return orders.enqueue(ref.taskId(), ref.runNo()).map(this::match).orElseGet(() -> enterAgain(ref));
    }

    /** The step was taken before, or the order was restarted, or is over. */
    private Admission enterAgain(TaskOrderRef ref) {
        OrderRow order = locked(ref.taskId());
        Optional<Verdict> over = overFor(order, ref.runNo());
        if (over.isPresent()) {
            return Admission.decided(order, over.get());
        }
        orders.markStarted(order.taskId());
        return match(order);
    }

    private Admission match(OrderRow order) {
        if (order.status() == Status.RUNNING || order.cancelRequested()) {
            return Admission.decided(order, progress.verdictOf(order));
        }
        MatchTrigger.Looked looked = matcher.runWithin(order.taskId(), order.env());
        if (looked instanceof MatchTrigger.Looked.NotAtAll) {
            return new Admission.InLine(order.env());
        }
        if (looked instanceof MatchTrigger.Looked.Granted granted) {
            return Admission.decided(order, progress.execute(order, granted.attempt()));
        }
        if (looked instanceof MatchTrigger.Looked.Ended ended) {
            return Admission.decided(order, new Verdict.Over(ended.status().name()));
        }
        return Admission.decided(order, progress.verdictOf(order));
    }

    private sealed interface Admission {
        static Admission decided(OrderRow before, Verdict verdict) {
            return new Decided(new Outcome(before, verdict));
        }

        record Decided(Outcome outcome) implements Admission {}

        /** In the queue, committed, and not looked at yet. */
        record InLine(String env) implements Admission {}
    }

    @Override
    public Verdict proceed(TaskOrderRef ref) {
        return going(inRow(ref.taskId(), ref.runNo(), progress::verdictOf), ref);
    }

    /** An order that is PENDING when its workflow goes on fell back: PostgreSQL came back as it was before it was queued. */
    private Verdict going(Outcome outcome, TaskOrderRef ref) {
        boolean fellBack = outcome.before().status() == Status.PENDING && outcome.verdict() instanceof Verdict.Await;
        return fellBack ? admit(ref) : freeing(outcome);
    }

    @Override
    public Verdict conclude(AttemptEnd end) {
        Outcome outcome = inRow(end.taskId(), end.runNo(), order -> {
            OrderRow seen = withCancel(order, end.cancelled(), end.cancelledBy());
            return progress.conclude(seen, end.attempt(), end.how(), end.message());
        });
        if (waitsBetweenAttempts(outcome)) {
            matcher.runFor(end.taskId(), outcome.before().env());
            return proceed(new TaskOrderRef(end.tenant(), end.taskId(), end.runNo()));
        }
        return going(outcome, new TaskOrderRef(end.tenant(), end.taskId(), end.runNo()));
    }

    private static boolean waitsBetweenAttempts(Outcome outcome) {
        return outcome.verdict() instanceof Verdict.Await && outcome.before().status() == Status.RUNNING;
    }

    @Override
    public Verdict end(EndOrder end) {
        return freeing(inRow(end.taskId(), end.runNo(), order -> {
            String by = end.requestedBy() == null ? WORKFLOW : end.requestedBy();
            OrderRow seen = withCancel(order, end.reason() == null ? "cancelled" : end.reason(), by);
            settlement.settle(seen, Ending.cancelled(seen.cancelReason()), by);
            return new Verdict.Over(Status.CANCELLED.name());
        }));
    }

    @Override
    public @Nullable Integer reprioritise(Reprioritise command) {
        Optional<OrderRow> open = transactions.in(() -> reprioritised(command));
        if (open.isPresent() && command.priority() != null) {
            matcher.run(open.get().env()); // also when it was so before: the first try may have died in between
        }
        return open.map(OrderRow::priority).orElse(null);
    }

    /** The row as it is then; empty if the order is over, or goes on in another run. */
    private Optional<OrderRow> reprioritised(Reprioritise command) {
        OrderRow order = locked(command.taskId());
        if (overFor(order, command.runNo()).isPresent()) {
            return Optional.empty();
        }
        Integer wanted = command.priority();
        if (wanted == null || wanted < 0 || wanted > Limits.PRIORITY_MAX) {
            return Optional.of(order);
        }
        progress.reprioritise(order, wanted, command.requestedBy());
        return orders.lock(command.taskId());
    }

    private record Outcome(OrderRow before, Verdict verdict) {}

    /** Locks the row, answers for an order that is over or for an old run, else lets the step decide. */
    private Outcome inRow(UUID taskId, int runNo, Function<OrderRow, Verdict> step) {
        return transactions.in(() -> {
            OrderRow order = locked(taskId);
            return new Outcome(order, overFor(order, runNo).orElseGet(() -> step.apply(order)));
        });
    }

    private OrderRow locked(UUID taskId) {
        return orders.lock(taskId)
                .orElseThrow(() -> ApplicationFailure.newNonRetryableFailure(
                        "no order " + taskId + " of this tenant", FailureType.ORDER_UNKNOWN.name()));
    }

    /**
     * A run of before that is still there may be what the start of the present one met: that start was told that there is one
     * already, and nobody would go on with the order until it is looked up.
     */
    private Optional<Verdict> overFor(OrderRow order, int runNo) {
        if (order.status().isOver()) {
            return Optional.of(new Verdict.Over(order.status().name()));
        }
        if (order.runNo() == runNo) {
            return Optional.empty();
        }
        orders.lookSoon(order.taskId());
        return Optional.of(new Verdict.Over(Verdict.Over.SUPERSEDED));
    }

    /**
     * An end may have freed something, and so may an order that waits between two attempts, which may even be next itself:
     * the matcher looks, after the commit and in a transaction of its own.
     */
    private Verdict freeing(Outcome outcome) {
        boolean ended =
                outcome.verdict() instanceof Verdict.Over && outcome.before().concernsOthers();
        if (ended || waitsBetweenAttempts(outcome)) {
            matcher.run(outcome.before().env());
        }
        return outcome.verdict();
    }

    /** A cancel that came by signal or from Temporal is recorded on the order like one that came over the API. */
    private OrderRow withCancel(OrderRow order, @Nullable String reason, @Nullable String requestedBy) {
        if (order.cancelRequested() || reason == null) {
            return order;
        }
        return orders.requestCancel(order.taskId(), reason, requestedBy == null ? WORKFLOW : requestedBy);
    }
}
