package dev.taskorder.activities.policy;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.taskorder.activities.json.Json;
import dev.taskorder.activities.tenant.TenantTransactions;
import dev.taskorder.api.policy.ActivePolicy;
import dev.taskorder.api.policy.Policies;
import dev.taskorder.api.policy.Policy;
import dev.taskorder.api.tenant.TenantContext;
import dev.taskorder.api.tenant.TenantId;
import java.time.Duration;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Policies as rows, cached under their tenant: the active number briefly, the rules of a number for good. */
final class JdbcPolicies implements Policies, PolicyVersions, TenantRegistry {
    private static final Duration ACTIVE_FOR = Duration.ofSeconds(2);
    private static final int VERSIONS_MAX = 10_000;

    private static final String ACTIVE = "SELECT active_policy FROM tenant WHERE tenant_id = :tenant";
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

    private final Cache<TenantId, Integer> active =
            Caffeine.newBuilder().expireAfterWrite(ACTIVE_FOR).build();
    private final Cache<VersionOf, Policy> versions =
            Caffeine.newBuilder().maximumSize(VERSIONS_MAX).build();
    private final TenantTransactions transactions;
    private final JdbcClient jdbc;

    JdbcPolicies(TenantTransactions transactions, JdbcClient jdbc) {
        this.transactions = transactions;
        this.jdbc = jdbc;
    }

    @Override
    public ActivePolicy active() {
        int version = active.get(TenantContext.required(), this::readActive);
        return new ActivePolicy(version, version(version));
    }

    @Override
    public Policy version(int version) {
        return versions.get(new VersionOf(TenantContext.required(), version), this::readVersion);
    }

    @Override
    public boolean register(TenantId tenant, String name) {
        return transactions.in(() -> jdbc.sql(REGISTER)
                        .param("tenant", tenant.value())
                        .param("name", name)
                        .param("body", BuiltInPolicy.BODY)
                        .update()
                > 0);
    }

    private int readActive(TenantId tenant) {
        return transactions.in(() -> jdbc.sql(ACTIVE)
                .param("tenant", tenant.value())
                .query(Integer.class)
                .optional()
                .orElseThrow(() -> new IllegalStateException("tenant " + tenant + " does not exist")));
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
