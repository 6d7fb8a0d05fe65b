package dev.taskorder.starter.lease;

import dev.taskorder.api.lease.Lease;
import dev.taskorder.api.lease.LeaseDecision;
import dev.taskorder.api.tenant.TenantId;
import dev.taskorder.starter.web.Numbers;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** A lease as callers see it, with the decision that led to it. */
record LeaseResponse(
        UUID leaseId,
        String tenantId,
        UUID taskId,
        String assetId,
        int hintIndex,
        Lease.State state,
        Instant acquiredAt,
        Instant expiresAt,
        @Nullable Instant releasedAt,
        long fencingToken,
        BigDecimal unitCost,
        String currency,
        LeaseDecision decision) {
    static LeaseResponse of(TenantId tenant, Lease lease) {
        return new LeaseResponse(
                lease.leaseId(),
                tenant.value(),
                lease.taskId(),
                lease.assetId(),
                lease.hintIndex(),
                lease.state(),
                lease.acquiredAt(),
                lease.expiresAt(),
                lease.releasedAt(),
                lease.fencingToken(),
                Numbers.shown(lease.unitCost()),
                lease.currency(),
                lease.decision());
    }
}
