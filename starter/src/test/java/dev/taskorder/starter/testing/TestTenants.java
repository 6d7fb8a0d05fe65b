package dev.taskorder.starter.testing;

import dev.taskorder.activities.policy.TenantRegistry;
import dev.taskorder.activities.tenant.TenantTransactions;
import dev.taskorder.api.tenant.TenantId;
import dev.taskorder.starter.tenant.BackgroundRunner;
import java.util.concurrent.atomic.AtomicInteger;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Tenants of their own for each test, so that no test sees what another one left. */
public final class TestTenants {
    private static final AtomicInteger LAST = new AtomicInteger();

    private static final String OTHER_RULES = """
            WITH other AS (
                INSERT INTO tenant_policy (version, body)
                SELECT 2, body || jsonb_build_object(:part::text,
                       CASE jsonb_typeof(body -> :part) WHEN 'object' THEN body -> :part ELSE '[]' END || :rules::jsonb)
                  FROM tenant_policy WHERE tenant_id = current_tenant()
                RETURNING version
            )
            UPDATE tenant SET active_policy = other.version FROM other WHERE tenant_id = current_tenant()
            """;

    private final TenantRegistry registry;
    private final BackgroundRunner runner;
    private final TenantTransactions transactions;
    private final JdbcClient jdbc;

    TestTenants(TenantRegistry registry, BackgroundRunner runner, TenantTransactions transactions, JdbcClient jdbc) {
        this.registry = registry;
        this.runner = runner;
        this.transactions = transactions;
        this.jdbc = jdbc;
    }

    /** A tenant that nobody used before, under the built-in policy. */
    public String fresh() {
        TenantId tenant = new TenantId("test_" + LAST.incrementAndGet());
        runner.run(tenant, () -> registry.register(tenant, "Test"));
        return tenant.value();
    }

    /**
     * A tenant whose policy has other defaults than the built-in one, so that a test need not wait for a long grace or
     * race against a short one.
     */
    public String freshWithDefaults(String json) {
        return freshWith("defaults", json);
    }

    /** A tenant whose policy judges its assets' outcomes by other rules than the built-in one. */
    public String freshWithAssetHealth(String json) {
        return freshWith("asset_health", json);
    }

    /** A tenant with other quotas than the built-in policy has. */
    public String freshWithQuotas(String json) {
        return freshWith("quotas", json);
    }

    /** A tenant whose policy allows every environment. */
    public String freshInAnyEnv() {
        return freshWith("envs", "[\"*\"]");
    }

    /** A tenant whose policy allows assets of one category only, and orders that want no other. */
    public String freshWithSkuCategory(String category) {
        return freshWith("sku_categories", "[\"" + category + "\"]");
    }

    private String freshWith(String part, String json) {
        String tenant = fresh();
        runner.run(
                new TenantId(tenant),
                () -> transactions.run(() -> jdbc.sql(OTHER_RULES)
                        .param("part", part)
                        .param("rules", json)
                        .update()));
        return tenant;
    }
}
