package dev.taskorder.starter.local;

import dev.taskorder.activities.policy.TenantRegistry;
import dev.taskorder.api.asset.AssetSpec;
import dev.taskorder.api.asset.Assets;
import dev.taskorder.api.tenant.Caller;
import dev.taskorder.api.tenant.TenantId;
import dev.taskorder.starter.tenant.BackgroundRunner;
import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.springframework.beans.factory.SmartInitializingSingleton;

/** The tenants and the pool that a first order can be tried with; before the API opens, and only what is missing. */
final class LocalSeed implements SmartInitializingSingleton {
    private static final List<String> TENANTS = List.of("tenant_a", "tenant_b");
    private static final List<String> ENVS = List.of("prod", "sandbox");
    private static final int MAX_CONCURRENCY = 4;

    private static final List<PoolAsset> POOL = List.of(
            new PoolAsset("ip-bt", "RAW_NET", "ip.residential.uk.bt", ip("GB", true), "0.35"),
            new PoolAsset("ip-sky", "RAW_NET", "ip.residential.uk.sky", ip("GB", true), "0.40"),
            new PoolAsset("ip-aws", "RAW_NET", "ip.datacenter.us.aws", ip("US", false), "0.02"),
            new PoolAsset("vcc-1", "RAW_FUND", "vcc.uk.visa.onetime.1", Map.of("issuer_country", "GB"), "0.50"),
            new PoolAsset("vcc-2", "RAW_FUND", "vcc.uk.visa.onetime.2", Map.of("issuer_country", "GB"), "0.50"));

    private final BackgroundRunner background;
    private final TenantRegistry tenants;
    private final Assets assets;

    LocalSeed(BackgroundRunner background, TenantRegistry tenants, Assets assets) {
        this.background = background;
        this.tenants = tenants;
        this.assets = assets;
    }

    @Override
    public void afterSingletonsInstantiated() {
        TENANTS.stream().map(TenantId::new).forEach(tenant -> background.run(tenant, () -> seed(tenant)));
    }

    private void seed(TenantId tenant) {
        tenants.register(tenant, tenant.value());
        List<AssetSpec> missing =
                pool().filter(asset -> assets.find(asset.assetId()).isEmpty()).toList();
        if (!missing.isEmpty()) {
            assets.put(missing, Caller.SYSTEM);
        }
    }

    static Stream<AssetSpec> pool() {
        return ENVS.stream().flatMap(env -> POOL.stream().map(asset -> asset.in(env)));
    }

    private static Map<String, Object> ip(String geo, boolean noDatacenter) {
        return Map.of("geo", geo, "no_datacenter", noDatacenter);
    }

    private record PoolAsset(
            String name, String category, String skuCode, Map<String, Object> attributes, String unitCost) {
        AssetSpec in(String env) {
            return new AssetSpec(
                    env + "-" + name,
                    env,
                    category,
                    skuCode,
                    attributes,
                    null,
                    null,
                    MAX_CONCURRENCY,
                    new BigDecimal(unitCost),
                    "USD",
                    null,
                    null);
        }
    }
}
