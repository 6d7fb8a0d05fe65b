package dev.taskorder.api.order;

import dev.taskorder.api.page.Page;
import dev.taskorder.api.page.PageRequest;
import dev.taskorder.api.tenant.Caller;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.IntPredicate;

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

    /**
     * Changes an order that is not over, all of it or nothing; what is already so changes neither version nor history.
     *
     * @param seen whether a version is one that the caller means to change; asked while nobody else can change it
     */
    UpdateResult update(UUID taskId, TaskOrderChange change, IntPredicate seen, Caller caller);
}
