package dev.taskorder.api.order;

import java.util.Set;

/** Where an order is in its life, and where it may go from there (spec/task-order.md §3). */
public enum Status {
    /** Created, not yet in the queue. */
    PENDING,
    /** In the queue, waiting for resources or a slot. */
    QUEUED,
    /** At least one worker executes it, or it waits between two attempts. */
    RUNNING,
    /** Done, and the business outcome is good. */
    SUCCESS,
    /** Done, with a business failure. */
    FAILED,
    /** Cancelled by the caller or the system. */
    CANCELLED,
    /** Ran past {@code timeout_ms}. */
    TIMEOUT,
    /** Failed repeatedly or beyond recovery; waits for a person. */
    DEAD_LETTER;

    /** The states that this one may go to; empty for an end that nothing leaves. */
    public Set<Status> next() {
        return switch (this) {
            case PENDING -> Set.of(QUEUED, CANCELLED, FAILED);
            case QUEUED -> Set.of(RUNNING, CANCELLED, FAILED, DEAD_LETTER);
            case RUNNING -> Set.of(SUCCESS, FAILED, CANCELLED, TIMEOUT, DEAD_LETTER);
            case DEAD_LETTER -> Set.of(QUEUED);
            case SUCCESS, FAILED, CANCELLED, TIMEOUT -> Set.of();
        };
    }

    /** Whether the order may move from this state to the other one. */
    public boolean mayGoTo(Status other) {
        return next().contains(other);
    }

    /** Whether the order has ended: it runs no more, though a DEAD_LETTER may be redriven by a person. */
    public boolean isOver() {
        return this != PENDING && this != QUEUED && this != RUNNING;
    }
}
