package dev.taskorder.activities.policy;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.taskorder.activities.json.Json;
import dev.taskorder.activities.tenant.Changes;
import dev.taskorder.activities.tenant.TenantTransactions;
import dev.taskorder.api.policy.ActivePolicy;
import dev.taskorder.api.policy.Policies;
import dev.taskorder.api.policy.Policy;
import dev.taskorder.api.tenant.TenantContext;
import dev.taskorder.api.tenant.TenantId;
import dev.taskorder.api.tenant.Tenants;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Policies as rows, cached under their tenant: the rules of a number for good. */
final class JdbcPolicies implements Policies, PolicyVersions, TenantRegistry {
    private static final int VERSIONS_MAX = 10_000;

    private static final String BODY = """
            SELECT body FROM tenant_policy WHERE tenant_id = :tenant AND version = :version
            """;
    /** The foreign keys between the two tables are deferred: each needs the other. */
    private static final String REGISTER = """
            WITH born AS (
                INSERT INTO tenant (tenant_id, name) VALUES (:tenant, :name)
                ON CONFLICT ON CONSTRAINT tenant_pkey DO NOTHING
                RETURNING tenant_id
            )
            INSERT INTO tenant_policy (version, body) SELECT 1, :body::jsonb FROM born
            """;

    private record VersionOf(TenantId tenant, int version) {}

    private final Cache<VersionOf, Policy> versions =
            Caffeine.newBuilder().maximumSize(VERSIONS_MAX).build();
    private final TenantTransactions transactions;
    private final JdbcClient jdbc;
    private final Tenants tenants;
    private final Changes changes;

    JdbcPolicies(TenantTransactions transactions, JdbcClient jdbc, Tenants tenants, Changes changes) {
        this.transactions = transactions;
        this.jdbc = jdbc;
        this.tenants = tenants;
        this.changes = changes;
    }

    @Override
    public ActivePolicy active() {
        TenantId tenant = TenantContext.required();
        int version = tenants.find(tenant)
                .orElseThrow(() -> new IllegalStateException("tenant " + tenant + " does not exist"))
                .policy();
        return new ActivePolicy(version, version(version));
    }

    @Override
    public Policy version(int version) {
        return versions.get(new VersionOf(TenantContext.required(), version), this::readVersion);
    }

    @Override
    public boolean register(TenantId tenant, String name) {
        return transactions.in(() -> {
            transactions.afterCommit(() -> changes.tell(tenant));
            return jdbc.sql(REGISTER)
                            .param("tenant", tenant.value())
                            .param("name", name)
                            .param("body", BuiltInPolicy.BODY)
                            .update()
                    > 0;
        });
    }

    private Policy readVersion(VersionOf wanted) {
        String body = transactions.in(() -> jdbc.sql(BODY)
                .param("tenant", wanted.tenant().value())
                .param("version", wanted.version())
                .query(String.class)
                .optional()
                .orElseThrow(() -> new IllegalStateException(
                        "tenant " + wanted.tenant() + " has no policy version " + wanted.version())));
        return Json.read(body, Policy.class);
    }
}
