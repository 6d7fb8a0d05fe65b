package dev.taskorder.starter.tenant;

import dev.taskorder.api.policy.ActivePolicy;
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
        String policy) {
    static TenantResponse of(TenantView tenant) {
        return new TenantResponse(
                tenant.tenantId().value(),
                tenant.name(),
                tenant.status(),
                tenant.expiresAt(),
                ActivePolicy.nameOf(tenant.policy()));
    }
}
