package dev.taskorder.starter.testing;

import dev.taskorder.activities.policy.TenantRegistry;
import dev.taskorder.api.tenant.TenantId;
import dev.taskorder.starter.tenant.BackgroundRunner;
import java.util.concurrent.atomic.AtomicInteger;

/** Tenants of their own for each test, so that no test sees what another one left. */
public final class TestTenants {
    private static final AtomicInteger LAST = new AtomicInteger();

    private final TenantRegistry registry;
    private final BackgroundRunner runner;

    TestTenants(TenantRegistry registry, BackgroundRunner runner) {
        this.registry = registry;
        this.runner = runner;
    }

    /** A tenant that nobody used before, under the built-in policy. */
    public String fresh() {
        TenantId tenant = new TenantId("test_" + LAST.incrementAndGet());
        runner.run(tenant, () -> registry.register(tenant, "Test"));
        return tenant.value();
    }
}
