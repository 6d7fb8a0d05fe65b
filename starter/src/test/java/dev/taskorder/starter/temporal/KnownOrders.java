package dev.taskorder.starter.temporal;

import dev.taskorder.activities.order.OrderIdentities;
import dev.taskorder.activities.order.OrderIdentity;
import dev.taskorder.api.tenant.TenantContext;
import dev.taskorder.api.tenant.TenantId;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** Orders that a test says there are, in a store that can be away. */
final class KnownOrders implements OrderIdentities {
    private final Map<String, OrderIdentity> known = new ConcurrentHashMap<>();
    private final AtomicInteger failures = new AtomicInteger();

    void failNext(int times) {
        failures.set(times);
    }

    @Override
    public Optional<OrderIdentity> find(UUID taskId) {
        if (failures.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
            throw new IllegalStateException("the store is away");
        }
        return Optional.ofNullable(known.get(TenantContext.required() + "/" + taskId));
    }

    @Override
    public void remember(TenantId tenant, UUID taskId, OrderIdentity identity) {
        known.put(tenant + "/" + taskId, identity);
    }
}
