package dev.taskorder.api.operation;

import dev.taskorder.api.order.TaskOrderFilter;
import dev.taskorder.api.tenant.Caller;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What is done to many orders of the bound tenant. Which orders they are is settled before a call returns; it is done to them
 * afterwards, by processes that do maintenance, and goes on wherever one of them stops.
 */
public interface BulkOperations {
    /** One operation is about no more orders than these. */
    int ORDERS_MAX = 100_000;

    /** The largest rate of a redrive. */
    int RATE_PER_SECOND_MAX = 1000;

    /** Of those that failed, so many are told. */
    int FAILURES_MAX = 20;

    /**
     * Cancels the open ones of these orders that nobody asked to cancel before.
     *
     * @param filter with open states only, or none
     * @param dryRun whether they are only counted
     */
    Result cancel(TaskOrderFilter filter, String reason, boolean dryRun, Caller caller);

    /**
     * Redrives the dead letters among these orders, as {@link dev.taskorder.api.order.DeadLetters#redrive} does. While the tenant may begin
     * nothing, or has no room for another open order, it waits.
     *
     * @param filter with DEAD_LETTER as its state, or none
     * @param reason for people; null if none was given
     * @param ratePerSecond how many a second at most, 1 to {@link #RATE_PER_SECOND_MAX}
     * @param dryRun whether they are only counted, and what one more attempt of each is expected to cost
     */
    Result redrive(TaskOrderFilter filter, @Nullable String reason, int ratePerSecond, boolean dryRun, Caller caller);

    /** The operation as it is now; nothing if there is none of this tenant. */
    Optional<BulkOperation> find(UUID operationId);

    /**
     * Stops an operation that is RUNNING: once this has returned, it is done to no more orders. Twice is once.
     *
     * @return the operation as it is then, ABORTED or DONE before; nothing if there is none of this tenant
     */
    Optional<BulkOperation> abort(UUID operationId);

    /** What became of a wish. */
    sealed interface Result {
        /** It is written down, with its orders. */
        record Accepted(BulkOperation operation) implements Result {}

        /** More than {@link #ORDERS_MAX} orders match, and nothing was done. */
        record TooMany() implements Result {}
    }
}
