package dev.taskorder.starter.local;

import static org.assertj.core.api.Assertions.assertThat;

import dev.taskorder.api.asset.Asset;
import dev.taskorder.api.asset.AssetFilter;
import dev.taskorder.api.asset.AssetSpec;
import dev.taskorder.api.asset.AssetStatus;
import dev.taskorder.api.asset.Assets;
import dev.taskorder.api.asset.PutAssetResult;
import dev.taskorder.api.page.Page;
import dev.taskorder.api.page.PageRequest;
import dev.taskorder.api.tenant.Caller;
import dev.taskorder.api.tenant.TenantContext;
import dev.taskorder.starter.tenant.BackgroundRunner;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class LocalSeedTest {
    private final PoolInMemory pool = new PoolInMemory();
    private final TreeSet<String> tenants = new TreeSet<>();
    private final LocalSeed seed =
            new LocalSeed(new BackgroundRunner(), (tenant, name) -> tenants.add(tenant.value()), pool);

    @Test
    void both_tenants_get_the_pool_in_both_envs() {
        seed.afterSingletonsInstantiated();
        assertThat(tenants).containsExactly("tenant_a", "tenant_b");
        assertThat(pool.assets).hasSize(20).containsKeys("tenant_a/prod-ip-bt", "tenant_b/sandbox-vcc-2");
        assertThat(pool.assets.get("tenant_a/prod-ip-sky"))
                .extracting(AssetSpec::skuCode, AssetSpec::unitCost, AssetSpec::maxConcurrency)
                .containsExactly("ip.residential.uk.sky", new BigDecimal("0.40"), 4);
    }

    @Test
    void what_is_there_already_is_left_as_it_is() {
        seed.afterSingletonsInstantiated();
        pool.assets.remove("tenant_a/prod-vcc-1");
        pool.puts.clear();

        seed.afterSingletonsInstantiated();

        assertThat(pool.puts).containsExactly("tenant_a/prod-vcc-1");
    }

    private static final class PoolInMemory implements Assets {
        private final Map<String, AssetSpec> assets = new TreeMap<>();
        private final List<String> puts = new ArrayList<>();

        @Override
        public List<PutAssetResult> put(List<AssetSpec> specs, Caller caller) {
            specs.forEach(spec -> {
                assets.put(key(spec.assetId()), spec);
                puts.add(key(spec.assetId()));
            });
            return List.of();
        }

        @Override
        public Optional<Asset> find(String assetId) {
            return Optional.ofNullable(assets.get(key(assetId)))
                    .map(spec -> new Asset(spec, AssetStatus.AVAILABLE, BigDecimal.ZERO, 0, 0, Instant.EPOCH));
        }

        @Override
        public Page<Asset> list(AssetFilter filter, PageRequest page) {
            throw new UnsupportedOperationException("the seed asks for single assets");
        }

        private static String key(String assetId) {
            return TenantContext.required() + "/" + assetId;
        }
    }
}
