package dev.taskorder.activities.order;

import dev.taskorder.activities.dispatch.DispatchSignal;
import dev.taskorder.activities.tenant.TenantTransactions;
import dev.taskorder.api.matching.MatchTrigger;
import dev.taskorder.api.order.CancelResult;
import dev.taskorder.api.order.CancelSignal;
import dev.taskorder.api.order.Status;
import dev.taskorder.api.order.TaskOrder;
import dev.taskorder.api.tenant.Caller;
import dev.taskorder.api.tenant.TenantContext;
import dev.taskorder.api.tenant.TenantId;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Supplier;

/**
 * Cancel over the API (design.md §3): recorded before the answer. What is PENDING ends here and now, for no workflow
 * knows it yet; all else is told to its workflow, which ends it in its own order of steps.
 */
final class OrderCancellation {
    private final TenantTransactions transactions;
    private final OrderTable orders;
    private final OrderBatches batches;
    private final Outbox outbox;
    private final DispatchSignal dispatch;
    private final MatchTrigger matcher;

    OrderCancellation(
            TenantTransactions transactions,
            OrderTable orders,
            OrderBatches batches,
            Outbox outbox,
            DispatchSignal dispatch,
            MatchTrigger matcher) {
        this.transactions = transactions;
        this.orders = orders;
        this.batches = batches;
        this.outbox = outbox;
        this.dispatch = dispatch;
        this.matcher = matcher;
    }

    CancelResult cancel(UUID taskId, String reason, Caller caller, Supplier<Optional<TaskOrder>> read) {
        return transactions.in(() -> {
            Optional<OrderRow> order = orders.lock(taskId);
            if (order.isEmpty()) {
                return new CancelResult.NotFound();
            }
            if (!order.get().status().isOver() && !order.get().cancelRequested()) {
                record(order.get(), reason, caller);
            }
            TaskOrder now = read.get().orElseThrow();
            boolean endedOtherwise =
                    now.state().status().isOver() && now.state().status() != Status.CANCELLED;
            return endedOtherwise ? new CancelResult.AlreadySettled(now) : new CancelResult.Accepted(now);
        });
    }

    private void record(OrderRow order, String reason, Caller caller) {
        if (order.status() == Status.PENDING) {
            batches.cancelWaiting(List.of(order.taskId()), reason, caller);
            return;
        }
        orders.requestCancel(order.taskId(), reason, caller.actor());
        if (order.waits() && orders.stoodFirst(order.taskId())) {
            matcher.mark(order.env()); // from now on it holds up nobody, however long its workflow takes to end it
        }
        outbox.cancel(order.taskId(), new CancelSignal(reason, caller.actor()));
        TenantId tenant = TenantContext.required();
        transactions.afterCommit(() -> dispatch.signalsDue(tenant));
    }
}
