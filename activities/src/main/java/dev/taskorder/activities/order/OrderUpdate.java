package dev.taskorder.activities.order;

import dev.taskorder.activities.dispatch.DispatchSignal;
import dev.taskorder.activities.event.EventLog;
import dev.taskorder.activities.event.NewEvent;
import dev.taskorder.activities.ledger.OrderAccount;
import dev.taskorder.activities.tenant.TenantTransactions;
import dev.taskorder.api.ledger.Amounts;
import dev.taskorder.api.matching.MatchTrigger;
import dev.taskorder.api.order.Status;
import dev.taskorder.api.order.TaskOrder;
import dev.taskorder.api.order.TaskOrderChange;
import dev.taskorder.api.order.TaskOrderSpec;
import dev.taskorder.api.order.UpdateResult;
import dev.taskorder.api.tenant.Caller;
import dev.taskorder.api.tenant.TenantContext;
import dev.taskorder.api.tenant.TenantId;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;

/** A caller's change of an order: made under its row's lock, so that of two who saw one version only one changes it. */
final class OrderUpdate {
    private final TenantTransactions transactions;
    private final OrderTable orders;
    private final OrderList list;
    private final Told told;

    /** Who learns of a change. */
    record Told(EventLog events, Outbox outbox, MatchTrigger matcher, DispatchSignal dispatch) {}

    /** @param envToMatch where the queue has another order now; null if it has not */
    private record Outcome(UpdateResult result, @Nullable String envToMatch) {}

    OrderUpdate(TenantTransactions transactions, OrderTable orders, OrderList list, Told told) {
        this.transactions = transactions;
        this.orders = orders;
        this.list = list;
        this.told = told;
    }

    UpdateResult update(UUID taskId, TaskOrderChange change, IntPredicate seen, Caller caller) {
        Outcome outcome = transactions.in(() -> underLock(taskId, change, seen, caller));
        if (outcome.envToMatch() != null) {
            told.matcher().run(outcome.envToMatch());
        }
        return outcome.result();
    }

    private Outcome underLock(UUID taskId, TaskOrderChange change, IntPredicate seen, Caller caller) {
        Optional<OrderRow> row = orders.lock(taskId);
        if (row.isEmpty()) {
            return new Outcome(new UpdateResult.NotFound(), null);
        }
        TaskOrder now = list.find(taskId).orElseThrow();
        if (now.state().status().isOver()) {
            return new Outcome(new UpdateResult.AlreadySettled(now), null);
        }
        if (!seen.test(now.state().taskVersion())) {
            return new Outcome(new UpdateResult.VersionMismatch(now.state().taskVersion()), null);
        }
        TaskOrderSpec after = now.spec().changedBy(change);
        if (after.equals(now.spec())) {
            return new Outcome(new UpdateResult.Updated(now), null);
        }
        OrderAccount account = row.get().account();
        BigDecimal ceiling = after.maxTotalCost();
        if (isMoved(now.spec(), after) && ceiling != null && account.committed().compareTo(ceiling) > 0) {
            return new Outcome(new UpdateResult.BelowCommitted(ceiling, account.spent(), account.held()), null);
        }
        orders.change(taskId, now.spec(), after);
        told.events().append(List.of(event(taskId, now.spec(), after, caller)));
        boolean requeued = after.priority() != now.spec().priority() && reprioritised(now);
        boolean mayPayMore = row.get().waits() && isMoved(now.spec(), after);
        if (mayPayMore) {
            told.matcher().mark(after.env());
        }
        TaskOrder changed = list.find(taskId).orElseThrow();
        return new Outcome(new UpdateResult.Updated(changed), requeued || mayPayMore ? after.env() : null);
    }

    private static boolean isMoved(TaskOrderSpec before, TaskOrderSpec after) {
        return Comparator.nullsFirst(BigDecimal::compareTo).compare(before.maxTotalCost(), after.maxTotalCost()) != 0;
    }

    /** Whether the order stands in the queue, which has to be looked at again. */
    private boolean reprioritised(TaskOrder order) {
        // also for one that is not started yet: its start may be under way, with the old priority
        told.outbox().reprioritised(order.taskId());
        TenantId tenant = TenantContext.required();
        transactions.afterCommit(() -> told.dispatch().signalsDue(tenant));
        boolean queued = order.state().status() == Status.QUEUED;
        if (queued) {
            told.matcher().mark(order.spec().env());
        }
        return queued;
    }

    /** The priority stands last among what changed, so that the sentence ends with its values. */
    private static NewEvent event(UUID taskId, TaskOrderSpec before, TaskOrderSpec after, Caller caller) {
        List<String> fields = new ArrayList<>();
        Map<String, @Nullable Object> data = new HashMap<>();
        if (!Objects.equals(before.description(), after.description())) {
            fields.add("description");
        }
        if (!before.tags().equals(after.tags())) {
            fields.add("tags");
        }
        if (isMoved(before, after)) {
            fields.add("max_total_cost");
            data.put("max_total_cost", after.maxTotalCost());
            data.put("max_total_cost_before", before.maxTotalCost());
            data.put("message", "from " + shown(before.maxTotalCost()) + " to " + shown(after.maxTotalCost()));
        }
        if (before.priority() != after.priority()) {
            fields.add("priority");
            data.put("priority", after.priority());
            data.put("priority_before", before.priority());
            data.put("message", "from " + before.priority() + " to " + after.priority());
        }
        data.put("what", String.join(", ", fields));
        data.put("fields", fields);
        return new NewEvent(taskId, "task_order.updated", caller.actor(), data);
    }

    private static String shown(@Nullable BigDecimal ceiling) {
        return ceiling == null ? "none" : Amounts.shown(ceiling);
    }
}
