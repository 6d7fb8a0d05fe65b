package dev.taskorder.activities.order;

import dev.taskorder.api.order.RedriveResult;
import dev.taskorder.api.order.Status;
import dev.taskorder.api.order.TaskOrderFilter;
import dev.taskorder.api.tenant.Caller;
import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What is asked of many orders of the bound tenant, in the caller's transaction. */
public interface OrderBatches {
    /** The ids of those that match and whose cancel is not under way, in no order. */
    List<UUID> find(TaskOrderFilter filter, int max);

    /**
     * Ends those that are PENDING or QUEUED: such an order holds nothing, so its row, its events and a mark for the matcher are all
     * there is. One that somebody holds at this moment is passed over, and is not in the answer.
     *
     * @return what each of the others was before
     */
    List<Seen> cancelWaiting(List<UUID> taskIds, String reason, Caller caller);

    /**
     * An order whose row is locked from now on.
     *
     * @param was its state before
     * @param asked whether its cancel was asked for before, so that nothing was done to it now
     */
    record Seen(UUID taskId, Status was, boolean asked) {
        /** Whether this call ended it. */
        public boolean isEnded() {
            return !asked && (was == Status.PENDING || was == Status.QUEUED);
        }
    }

    /** Tells the workflows of these orders to read their rows, after the commit. */
    void wake(List<UUID> taskIds);

    /**
     * As {@link dev.taskorder.api.order.DeadLetters#redrive}.
     *
     * @param allParts whether all parts of the usage are locked to find room
     * @return nothing if that is needed: not in this transaction then, which is to change nothing
     */
    Optional<RedriveResult> redrive(UUID taskId, @Nullable String reason, Caller caller, boolean allParts);

    /**
     * By currency, what the leases of their last attempts cost and what their policies expect executors to spend in another one; 0 for
     * nothing.
     */
    Map<String, BigDecimal> costOfAnotherAttempt(List<UUID> taskIds);
}
