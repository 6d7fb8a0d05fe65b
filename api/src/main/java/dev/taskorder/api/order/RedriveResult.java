package dev.taskorder.api.order;

/** What became of a wish to redrive. */
public sealed interface RedriveResult {
    /** It stands in the queue again; the order as it is now. */
    record Redriven(TaskOrder order) implements RedriveResult {}

    /** It is no dead letter; the order as it is now. */
    record IllegalTransition(TaskOrder order) implements RedriveResult {}

    /** It stays a dead letter, for what would refuse its create now. */
    record Refused(CreateResult because) implements RedriveResult {}

    /** No such order of this tenant. */
    record NotFound() implements RedriveResult {}
}
