package dev.taskorder.api.order;

/** What became of a wish to cancel. */
public sealed interface CancelResult {
    /** Recorded now or before; the order as it is now, perhaps already CANCELLED. */
    record Accepted(TaskOrder order) implements CancelResult {}

    /** The order ended otherwise first, and its own end stands. */
    record AlreadySettled(TaskOrder order) implements CancelResult {}

    /** No such order of this tenant. */
    record NotFound() implements CancelResult {}
}
