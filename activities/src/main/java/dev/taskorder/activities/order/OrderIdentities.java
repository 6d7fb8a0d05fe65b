package dev.taskorder.activities.order;

import dev.taskorder.api.tenant.TenantId;
import java.util.Optional;
import java.util.UUID;

/** Tells which workflow an order has, from memory where it can, for it is asked before every step and attempt. */
public interface OrderIdentities {
    /** Nothing if the bound tenant has no such order. */
    Optional<OrderIdentity> find(UUID taskId);

    /** For who has just read the order: its first step then asks nobody. */
    void remember(TenantId tenant, UUID taskId, OrderIdentity identity);
}
