package dev.taskorder.activities.order;

import dev.taskorder.api.execution.ResultCodes;
import dev.taskorder.api.order.Status;
import org.jspecify.annotations.Nullable;

/** How an order ends: its final status, the code and a message for people. */
record Ending(Status status, String code, @Nullable String message) {
    Ending {
        if (!status.isOver()) {
            throw new IllegalArgumentException("an order does not end as " + status);
        }
    }

    static Ending cancelled(@Nullable String reason) {
        return new Ending(Status.CANCELLED, ResultCodes.CANCELLED, reason);
    }

    static Ending timedOut(long timeoutMs) {
        return new Ending(Status.TIMEOUT, ResultCodes.TIMEOUT, "ran past timeout_ms of " + timeoutMs);
    }

    /** The type of the event that tells of it. */
    String eventType() {
        return switch (status) {
            case SUCCESS -> "task_order.succeeded";
            case FAILED -> "task_order.failed";
            case CANCELLED -> "task_order.cancelled";
            case TIMEOUT -> "task_order.timed_out";
            case DEAD_LETTER -> "task_order.dead_lettered";
            case PENDING, QUEUED, RUNNING -> throw new IllegalStateException(status + " is no end");
        };
    }
}
