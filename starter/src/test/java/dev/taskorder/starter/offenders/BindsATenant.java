package dev.taskorder.starter.offenders;

import dev.taskorder.api.tenant.TenantContext;
import dev.taskorder.api.tenant.TenantId;

/** Breaks a rule: it binds a tenant by itself. */
public final class BindsATenant {
    void bind() {
        TenantContext.bind(new TenantId("a"));
    }
}
