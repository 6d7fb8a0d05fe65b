package dev.taskorder.api.tenant;

import java.util.Optional;

/** Which tenants there are. The one question that is asked before a tenant is bound. */
public interface Tenants {
    /** The tenant as the database has it now, not cached; nothing if there is none. Needs no tenant bound. */
    Optional<TenantView> find(TenantId tenant);
}
