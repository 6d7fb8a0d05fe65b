package dev.taskorder.api.principal;

import dev.taskorder.api.tenant.TenantId;
import org.jspecify.annotations.Nullable;

/**
 * Who calls, once that is proved.
 *
 * @param name for events and the audit log: never a secret
 * @param tenant its own; {@link TenantId#SYSTEM} for operators
 * @param keyId by which API key, for two live ones may have one name; null for who came by none
 */
public record Principal(
        String name, TenantId tenant, Role role, @Nullable String keyId) {
    /** Whether it may act for any tenant, by naming it. */
    public boolean isOperator() {
        return role == Role.OPERATOR;
    }
}
