package dev.taskorder.activities.order;

import dev.taskorder.activities.ledger.OrderAccount;
import dev.taskorder.api.order.Status;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * An order as its steps need it, locked. Spans are measured by the database when the row was read, in milliseconds.
 *
 * @param account its money
 * @param retentionKey under which it leaves its assets to the next order; null if it leaves none
 * @param leftMs until the deadline; null before the first grant
 * @param queuedMs since it was queued; null before
 * @param waits whether the matcher owes it leases: in the queue, or between two attempts
 * @param holdLeftMs until it gives its good leases back, while it waits for others between two attempts; null when it has
 *     none to give back
 * @param refusalCode why it must end: the matcher can never give it what it waits for between two attempts, or its costs are
 *     beyond its budget; null if nothing is in its way
 * @param retryInMs until the next attempt may begin; null when none is planned
 * @param maxRetries the constraint; null where the policy decides
 * @param maxQueueMs the constraint; null where the policy decides
 * @param placesAwaited whether somebody waits for an order of the tenant to end, as so many run as its quota allows
 */
record OrderRow(
        Status status,
        int runNo,
        int startedRunNo,
        int priority,
        long timeoutMs,
        String taskType,
        @Nullable String taskCategory,
        OrderAccount account,
        int policyVersion,
        @Nullable String retentionKey,
        int attempt,
        int retries,
        int losses,
        boolean holdsLeases,
        boolean waits,
        boolean cancelRequested,
        @Nullable String cancelReason,
        @Nullable String cancelRequestedBy,
        @Nullable Long leftMs,
        @Nullable Long queuedMs,
        @Nullable Long holdLeftMs,
        @Nullable String refusalCode,
        @Nullable String refusalMessage,
        @Nullable Long retryInMs,
        @Nullable Integer maxRetries,
        @Nullable Long maxQueueMs,
        boolean placesAwaited) {

    /** Whether its end may be a chance for others: it gives something back, or leaves its line. */
    boolean concernsOthers() {
        return holdsLeases || waits || account.held().signum() > 0 || (placesAwaited && status == Status.RUNNING);
    }

    /** How it ends, if it was refused. */
    Ending refused() {
        return new Ending(Status.FAILED, Objects.requireNonNull(refusalCode), refusalMessage);
    }

    UUID taskId() {
        return account.taskId();
    }

    String env() {
        return account.env();
    }
}
