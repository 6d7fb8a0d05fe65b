package dev.taskorder.starter.asset;

import dev.taskorder.api.asset.Asset;
import dev.taskorder.api.asset.AssetSpec;
import dev.taskorder.api.asset.AssetStatus;
import dev.taskorder.api.tenant.TenantId;
import dev.taskorder.starter.web.Numbers;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** An asset as callers see it: the AssetSnapshot of spec/task-order.md §5. */
record AssetResponse(
        String assetId,
        String tenantId,
        String env,
        String skuCategory,
        String skuCode,
        Map<String, Object> attributes,
        AssetStatus status,
        BigDecimal healthScore,
        int maxConcurrency,
        int currentConcurrency,
        int reserved,
        BigDecimal unitCost,
        String currency,
        @Nullable Integer maxUses,
        @Nullable String handle,
        Instant updatedAt) {
    static AssetResponse of(TenantId tenant, Asset asset) {
        AssetSpec spec = asset.spec();
        return new AssetResponse(
                spec.assetId(),
                tenant.value(),
                spec.env(),
                spec.skuCategory(),
                spec.skuCode(),
                spec.attributes(),
                asset.status(),
                Numbers.shown(asset.healthScore()),
                spec.maxConcurrency(),
                asset.currentConcurrency(),
                asset.reserved(),
                Numbers.shown(spec.unitCost()),
                spec.currency(),
                spec.maxUses(),
                spec.handle(),
                asset.updatedAt());
    }
}
