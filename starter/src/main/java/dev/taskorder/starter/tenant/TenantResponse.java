package dev.taskorder.starter.tenant;

import dev.taskorder.api.policy.ActivePolicy;
import dev.taskorder.api.tenant.Suspension;
import dev.taskorder.api.tenant.TenantStatus;
import dev.taskorder.api.tenant.TenantView;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** A tenant as callers see it. */
record TenantResponse(
        String tenantId,
        String name,
        TenantStatus status,
        @Nullable Instant expiresAt,
        String policy,
        @Nullable Instant suspendedAt,
        @Nullable String suspendedReason) {
    static TenantResponse of(TenantView tenant) {
        Suspension suspension = tenant.suspension();
        return new TenantResponse(
                tenant.tenantId().value(),
                tenant.name(),
                tenant.status(),
                tenant.expiresAt(),
                ActivePolicy.nameOf(tenant.policy()),
                suspension == null ? null : suspension.at(),
                suspension == null ? null : suspension.reason());
    }
}
