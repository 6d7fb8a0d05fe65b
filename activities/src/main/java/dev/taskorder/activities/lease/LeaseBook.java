package dev.taskorder.activities.lease;

import dev.taskorder.activities.ledger.LeasePrice;
import dev.taskorder.api.lease.Lease;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Ends and renews the leases of an order whose row the caller has locked. */
public interface LeaseBook {
    /**
     * Ends every live lease of the order; calling twice ends nothing more.
     *
     * @param end what the leases become: anything but ACTIVE
     * @param restMs how long their slots rest before the next lease, because the work may still go on; 0 for not at all
     */
    List<ReleasedLease> endAll(UUID taskId, Lease.State end, long restMs);

    /**
     * Releases every live lease of an order that is over.
     *
     * @param restMs as with {@link #endAll}
     * @param retention for whom their slots are kept from now on; null for nobody
     */
    List<ReleasedLease> releaseAll(UUID taskId, long restMs, @Nullable Retention retention);

    /** The lease as it is; its order's row need not be locked, but only then it stays so. */
    Optional<Lease> find(UUID leaseId);

    /**
     * What was held for leases of the order that ended with nobody drawing the conclusion: neither charged nor returned.
     */
    List<LeasePrice> unsettled(UUID taskId);

    /** Gives back these of the order's live leases, which were bad: their assets serve it again only if no others could. */
    List<ReleasedLease> exchange(UUID taskId, List<UUID> leaseIds);

    /** Ends one live lease as REVOKED: its asset serves the order again only if no other could. Empty if it was not live. */
    Optional<ReleasedLease> revoke(UUID leaseId);

    /** Whether the slot that the ended lease left was kept for somebody until now; it is not any more. */
    boolean dropRetention(UUID leaseId);

    /**
     * The slots of the order's live leases rest from now on, although they are leased: whoever has them next comes no sooner,
     * however soon these leases end.
     *
     * @param restMs 0 for not at all
     */
    void restSlots(UUID taskId, long restMs);

    /** Gives the order's live leases new fencing tokens, by lease, so that a lost worker's tokens are worthless. */
    Map<UUID, Long> renewTokens(UUID taskId);
}
