package dev.taskorder.activities.matching.model;

import dev.taskorder.api.asset.AssetStatus;
import java.math.BigDecimal;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An asset as whoever owns it described it.
 *
 * @param maxUses after how many leases that were used it is retired; null if never
 */
public record Asset(
        String id,
        String category,
        String sku,
        Map<String, Object> attributes,
        AssetStatus status,
        BigDecimal health,
        BigDecimal cost,
        String currency,
        int capacity,
        @Nullable Integer maxUses) {

    public Asset with(AssetStatus other) {
        return new Asset(id, category, sku, attributes, other, health, cost, currency, capacity, maxUses);
    }

    public Asset withHealth(BigDecimal other) {
        return new Asset(id, category, sku, attributes, status, other, cost, currency, capacity, maxUses);
    }

    public Asset withCost(BigDecimal other) {
        return new Asset(id, category, sku, attributes, status, health, other, currency, capacity, maxUses);
    }

    public Asset withCapacity(int other) {
        return new Asset(id, category, sku, attributes, status, health, cost, currency, other, maxUses);
    }
}
