package dev.taskorder.api.order;

import dev.taskorder.api.page.Page;
import dev.taskorder.api.page.PageRequest;
import dev.taskorder.api.tenant.Caller;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** Task orders of the bound tenant. Every call needs a tenant in {@code TenantContext}; none waits for Temporal. */
public interface TaskOrders {
    /**
     * Creates each order that is new, in one transaction and in the order given; each is judged on its own.
     *
     * @return one result per order, in the order given; calling twice replays instead of creating
     */
    List<CreateResult> create(List<TaskOrderSpec> orders, Caller caller);

    /** The order as it is now; nothing if there is none of this tenant. */
    Optional<TaskOrder> find(UUID taskId);

    /** Newest first. */
    Page<TaskOrder> list(TaskOrderFilter filter, PageRequest page);

    /** Records the wish before it returns; calling twice changes nothing more. */
    CancelResult cancel(UUID taskId, String reason, Caller caller);
}
