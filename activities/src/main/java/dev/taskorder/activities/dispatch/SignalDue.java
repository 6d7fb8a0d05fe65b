package dev.taskorder.activities.dispatch;

import dev.taskorder.api.order.CancelSignal;
import java.util.UUID;

/** A signal for one order's workflow, whichever run of it is there. */
public record SignalDue(long outboxId, UUID taskId, String env, String idempotencyKey, Signal signal) {
    /** The signals that a workflow understands. */
    public sealed interface Signal {
        /** Read your row. */
        record Wake() implements Signal {}

        /** End the order. */
        record Cancel(CancelSignal payload) implements Signal {}

        /** The priority on the row has changed: show it. */
        record Reprioritised() implements Signal {}
    }
}
