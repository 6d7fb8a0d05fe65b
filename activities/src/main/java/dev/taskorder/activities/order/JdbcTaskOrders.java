package dev.taskorder.activities.order;

import dev.taskorder.api.order.CancelResult;
import dev.taskorder.api.order.Chain;
import dev.taskorder.api.order.CreateResult;
import dev.taskorder.api.order.TaskOrder;
import dev.taskorder.api.order.TaskOrderChange;
import dev.taskorder.api.order.TaskOrderFilter;
import dev.taskorder.api.order.TaskOrderSpec;
import dev.taskorder.api.order.TaskOrders;
import dev.taskorder.api.order.UpdateResult;
import dev.taskorder.api.page.Page;
import dev.taskorder.api.page.PageRequest;
import dev.taskorder.api.tenant.Caller;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.IntPredicate;

/** The door that callers come through. */
final class JdbcTaskOrders implements TaskOrders {
    private final OrderCreation creation;
    private final OrderList list;
    private final OrderCancellation cancellation;
    private final OrderUpdate updates;

    JdbcTaskOrders(OrderCreation creation, OrderList list, OrderCancellation cancellation, OrderUpdate updates) {
        this.creation = creation;
        this.list = list;
        this.cancellation = cancellation;
        this.updates = updates;
    }

    @Override
    public List<CreateResult> create(List<TaskOrderSpec> orders, Caller caller) {
        return creation.create(orders, caller, Chain.NONE);
    }

    @Override
    public Optional<TaskOrder> find(UUID taskId) {
        return list.find(taskId);
    }

    @Override
    public Page<TaskOrder> list(TaskOrderFilter filter, PageRequest page) {
        return list.list(filter, page);
    }

    @Override
    public CancelResult cancel(UUID taskId, String reason, Caller caller) {
        return cancellation.cancel(taskId, reason, caller, () -> list.find(taskId));
    }

    @Override
    public UpdateResult update(UUID taskId, TaskOrderChange change, IntPredicate seen, Caller caller) {
        return updates.update(taskId, change, seen, caller);
    }
}
