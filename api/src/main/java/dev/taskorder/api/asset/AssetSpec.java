package dev.taskorder.api.asset;

import java.math.BigDecimal;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a caller says of an asset.
 *
 * @param status null leaves it as it is (a new asset is AVAILABLE); a caller sets AVAILABLE, BANNED or RETIRED
 * @param healthScore 0 to 100; null leaves it as it is (a new asset has 100)
 * @param maxConcurrency how many leases at once, from 1
 * @param unitCost the price of one lease, whatever its length
 * @param maxUses after so many leases that reached execution the asset retires; null means no limit
 * @param handle what executors get to name the resource; null means the asset's id
 */
public record AssetSpec(
        String assetId,
        String env,
        String skuCategory,
        String skuCode,
        Map<String, Object> attributes,
        @Nullable AssetStatus status,
        @Nullable BigDecimal healthScore,
        int maxConcurrency,
        BigDecimal unitCost,
        String currency,
        @Nullable Integer maxUses,
        @Nullable String handle) {
    public AssetSpec {
        if (maxConcurrency < 1) {
            throw new IllegalArgumentException("max_concurrency must be at least 1, was " + maxConcurrency);
        }
        attributes = Map.copyOf(attributes);
    }
}
