package dev.taskorder.workflows.order;

import dev.taskorder.api.order.CancelSignal;
import dev.taskorder.api.order.Limits;
import dev.taskorder.api.principal.ReservedNames;
import io.temporal.workflow.CancellationScope;
import org.jspecify.annotations.Nullable;

/**
 * The wish to end the order, by signal or by Temporal's own cancel: the first one counts. It is handed to one step,
 * which judges it; from then on the steps' verdicts are obeyed again, whatever they are.
 */
final class CancelWish {
    private final CancellationScope workflow;
    private @Nullable Said signalled;
    private boolean handedOn;

    /** What the steps are told; nothing of it is longer or stranger than a row can hold. */
    record Said(String reason, @Nullable String requestedBy) {}

    CancelWish(CancellationScope workflow) {
        this.workflow = workflow;
    }

    /** A signal came, perhaps without a payload. */
    void signalled(@Nullable CancelSignal signal) {
        if (isRequested()) {
            return;
        }
        signalled = new Said(
                orElse(signal == null ? null : signal.reason(), "cancelled by signal"),
                PlainText.who(signal == null ? null : signal.requestedBy()));
    }

    /** Whether somebody wished it, handed on or not. Changes nothing, for queries ask it too. */
    boolean isRequested() {
        return signalled != null || workflow.isCancelRequested();
    }

    /** Whether there is a wish that no step has been told of. */
    boolean isPending() {
        return isRequested() && !handedOn;
    }

    /** The wish, to be told to a step; null if there is none or a step has been told. */
    @Nullable
    Said handOn() {
        if (!isPending()) {
            return null;
        }
        handedOn = true;
        return signalled != null
                ? signalled
                : new Said(orElse(workflow.getCancellationReason(), "cancelled in Temporal"), ReservedNames.TEMPORAL);
    }

    private static String orElse(@Nullable String reason, String otherwise) {
        return reason == null || reason.isBlank() ? otherwise : PlainText.of(reason, Limits.REASON_CHARS_MAX);
    }
}
