package dev.taskorder.starter.endtoend;

import dev.taskorder.starter.testing.Http;
import dev.taskorder.starter.testing.TestTenants;
import org.springframework.core.env.Environment;

/** Makes callers, each of a tenant that nobody used before. */
final class Customers {
    private final TestTenants tenants;
    private final Environment environment;

    Customers(TestTenants tenants, Environment environment) {
        this.tenants = tenants;
        this.environment = environment;
    }

    Customer fresh() {
        return of(tenants.fresh());
    }

    /** One whose policy has these defaults in place of the built-in ones. */
    Customer withDefaults(String json) {
        return of(tenants.freshWithDefaults(json));
    }

    /** One whose policy has these rules for the health of assets in place of the built-in ones. */
    Customer withAssetHealth(String json) {
        return of(tenants.freshWithAssetHealth(json));
    }

    private Customer of(String tenant) {
        return new Customer(tenant, new Http(port(), tenant));
    }

    int port() {
        return environment.getRequiredProperty("local.server.port", Integer.class);
    }
}
