package dev.taskorder.api.order;

import dev.taskorder.api.tenant.TenantId;
import java.util.UUID;

/** One work order, from creation to its end, as it is now. It never names an asset: only leases do. */
public record TaskOrder(TenantId tenantId, UUID taskId, TaskOrderSpec spec, TaskOrderState state) {}
