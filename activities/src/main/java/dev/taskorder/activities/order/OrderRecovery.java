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

    /** Makes every open order due for a look-up now: at start-up, and when Temporal seems to have lost its memory. */
    void makeAllDue();

    /** Makes these orders due now, if they are open. */
    void makeDue(List<UUID> taskIds);

    /** Acts on a loss, unless the order is over or has gone on to another run. */
    void lost(UUID taskId, int runNo, Loss loss);

    /**
     * Settles running orders that are more than a minute past their deadline, for no workflow did.
     *
     * @return how many
     */
    int settleOverdue(int max);
}
