package dev.taskorder.activities.tenant;

import dev.taskorder.api.tenant.TenantContext;
import dev.taskorder.api.tenant.TenantStatus;
import dev.taskorder.api.tenant.Tenants;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Asks the database only where memory says no. */
final class JdbcStanding implements Standing {
    private static final String MAY_BEGIN = """
            SELECT count(*) > 0 FROM tenant
             WHERE tenant_id = current_tenant() AND status = 'ACTIVE' AND (expires_at IS NULL OR expires_at > now())
            """;

    private final Tenants tenants;
    private final JdbcClient jdbc;

    JdbcStanding(Tenants tenants, JdbcClient jdbc) {
        this.tenants = tenants;
        this.jdbc = jdbc;
    }

    @Override
    public boolean mayBegin() {
        boolean known = tenants.find(TenantContext.required())
                .filter(tenant -> tenant.status() == TenantStatus.ACTIVE)
                .isPresent();
        return known || jdbc.sql(MAY_BEGIN).query(Boolean.class).single();
    }
}
