package dev.taskorder.api.tenant;

import java.util.Optional;

/** Which tenants there are. The one question that is asked before a tenant is bound. */
public interface Tenants {
    /**
     * The tenant, from memory where it was asked for before: a change by any process counts within two seconds. Nothing if
     * there is none. Needs no tenant bound.
     */
    Optional<TenantView> find(TenantId tenant);
}
