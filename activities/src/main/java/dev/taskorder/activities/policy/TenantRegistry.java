package dev.taskorder.activities.policy;

import dev.taskorder.api.tenant.TenantId;

/** Makes tenants. Until they have an API of their own, only local mode calls it. */
public interface TenantRegistry {
    /**
     * Makes the bound tenant exist, active, with the built-in policy as {@code tenant_policy.v1}.
     *
     * @return whether it is new; a second call changes nothing
     */
    boolean register(TenantId tenant, String name);
}
