package dev.taskorder.activities.order;

import dev.taskorder.api.tenant.TenantId;
import java.util.List;
import java.util.UUID;

/**
 * Mends orders of the bound tenant that nobody moves any more (design.md §3, "Terminate, reset, loss"). Every method
 * judges the row as it is; calling twice does nothing the second time.
 */
public interface OrderRecovery {
    /** An open order whose workflow is to be looked up, and the run that should be there. */
    record CheckDue(TenantId tenant, UUID taskId, int runNo, String env, String idempotencyKey) {}

    /** How Temporal says the workflow ended, although its order is open. */
    enum Loss {
        /** Somebody terminated it: the order ends as CANCELLED. */
        TERMINATED,
        /** It failed or timed out: the order ends as DEAD_LETTER, or runs again while it is PENDING. */
        FAILED,
        /** It completed with the row open, or was cancelled before it could settle: the order runs again. */
        CLOSED,
        /** Temporal does not know it: the order runs again. */
        UNKNOWN
    }

    /** How soon a claimed order is due again. */
    enum Pace {
        /** Once a minute: nobody else would tell that its workflow is gone. */
        EVERY_MINUTE,
        /** The rarer the longer nothing has happened to it, from once a minute to twice an hour. */
        EASING
    }

    /** Claims orders to look up, the longest due first. */
    List<CheckDue> claimChecks(int max, Pace pace);

    /**
     * Makes open orders that are due later due for a look-up now: all of them, if repeated until fewer than asked for
     * were left. For start-up, and when Temporal seems to have lost its memory.
     *
     * @return how many were made due
     */
    int makeMoreDue(int max);

    /** Makes these orders due in so many seconds, if they are open and started; 0 for now. */
    void checkIn(int seconds, List<UUID> taskIds);

    /** Those of these ids that no order has. */
    List<UUID> unknown(List<UUID> taskIds);

    /** Writes down, each time it is called, that Temporal has a workflow of this order that the tenant does not have. */
    void noteWithoutOrder(UUID taskId);

    /**
     * Sends a wake to those of these orders that were granted more than 30 seconds ago and have not begun, or that could have
     * begun their next attempt so long ago, unless a signal is on its way to them: for workflows that live and have no
     * activity.
     *
     * @return how many
     */
    int wakeAsleep(List<UUID> taskIds);

    /**
     * Acts on a loss and writes it down, unless the order is over or has gone on to another run; then lets the matcher look.
     *
     * @return whether it acted: an order may end between the question to Temporal and its answer
     */
    boolean lost(UUID taskId, int runNo, Loss loss);

    /**
     * Settles running orders that are more than a minute past their deadline, for no workflow did, wakes their
     * workflows and lets the matcher look. One that cannot be settled is logged and left to the next call.
     *
     * @return how many were settled
     */
    int settleOverdue(int max);
}
