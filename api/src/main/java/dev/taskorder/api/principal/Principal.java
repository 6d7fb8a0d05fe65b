package dev.taskorder.api.principal;

import dev.taskorder.api.tenant.TenantId;

/**
 * Who calls, once that is proved.
 *
 * @param name for events and the audit log: never a secret
 * @param tenant its own; {@link TenantId#SYSTEM} for operators
 */
public record Principal(String name, TenantId tenant, Role role) {
    /** Whether it may act for any tenant, by naming it. */
    public boolean isOperator() {
        return role == Role.OPERATOR;
    }
}
