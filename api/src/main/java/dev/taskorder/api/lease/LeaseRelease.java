package dev.taskorder.api.lease;

import dev.taskorder.api.tenant.Caller;
import java.util.UUID;

/** Takes leases of the bound tenant away from their orders. */
public interface LeaseRelease {
    /**
     * Ends a live lease as REVOKED. The attempt that has it is given up at once, unless it has answered already; the order
     * keeps its other leases, under new tokens, waits for another asset in the place of this one, and then begins its next
     * attempt, which counts neither as a retry nor as a loss. What it has spent so far stays spent.
     *
     * <p>A lease that has ended stays as it ended; if its slot is kept for the next order of its key, it is not any more.
     *
     * @param fencingToken the lease's token as the caller has seen it; who has an older one has not seen who holds it now
     */
    Result release(UUID leaseId, long fencingToken, Caller caller);

    /** What became of the lease. */
    sealed interface Result {
        /** It is not live any more: it was ended now, or had ended before, however that was. */
        record Ended(Lease lease) implements Result {}

        /** The token is not the lease's: nothing was changed. */
        record StaleToken() implements Result {}

        /** No such lease of this tenant. */
        record NotFound() implements Result {}
    }
}
