package dev.taskorder.starter.offenders;

import dev.taskorder.api.tenant.TenantContext;

/** Breaks a rule: it takes the tenant away and leaves its name in the log lines. */
public final class ClearsATenant {
    void clear() {
        TenantContext.clear();
    }
}
