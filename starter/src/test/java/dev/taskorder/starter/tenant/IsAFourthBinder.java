package dev.taskorder.starter.tenant;

import dev.taskorder.api.tenant.TenantId;

/** Breaks a rule: a fourth class that binds a tenant, though by the right moves. */
public final class IsAFourthBinder {
    void bind() {
        TenantBinding.bind(new TenantId("a"));
    }
}
