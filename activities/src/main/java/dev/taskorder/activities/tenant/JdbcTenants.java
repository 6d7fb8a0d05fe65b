package dev.taskorder.activities.tenant;

import dev.taskorder.activities.tenant.TenantTransactionManager.Commit;
import dev.taskorder.api.tenant.TenantId;
import dev.taskorder.api.tenant.TenantStatus;
import dev.taskorder.api.tenant.TenantView;
import dev.taskorder.api.tenant.Tenants;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Optional;
import javax.sql.DataSource;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.support.SQLExceptionTranslator;
import org.springframework.transaction.support.TransactionTemplate;

/** Looks a tenant up before one is bound: the transaction is that of the tenant asked for, so it sees no other. */
final class JdbcTenants implements Tenants {
    private static final String FIND = """
            SELECT tenant_id, name, expires_at,
                   CASE WHEN status = 'ACTIVE' AND expires_at <= now() THEN 'EXPIRED' ELSE status END AS status
              FROM tenant
             WHERE tenant_id = :tenant
            """;

    private final DataSource dataSource;
    private final JdbcClient jdbc;
    private final SQLExceptionTranslator faults;

    JdbcTenants(DataSource dataSource, JdbcClient jdbc, SQLExceptionTranslator faults) {
        this.dataSource = dataSource;
        this.jdbc = jdbc;
        this.faults = faults;
    }

    @Override
    public Optional<TenantView> find(TenantId tenant) {
        TransactionTemplate transaction =
                new TransactionTemplate(new TenantTransactionManager(dataSource, faults, () -> tenant, Commit.DURABLE));
        return transaction.execute(status -> jdbc.sql(FIND)
                .param("tenant", tenant.value())
                .query(JdbcTenants::view)
                .optional());
    }

    private static TenantView view(ResultSet row, int rowNum) throws SQLException {
        OffsetDateTime expiresAt = row.getObject("expires_at", OffsetDateTime.class);
        Instant expiry = expiresAt == null ? null : expiresAt.toInstant();
        return new TenantView(
                new TenantId(row.getString("tenant_id")),
                row.getString("name"),
                TenantStatus.valueOf(row.getString("status")),
                expiry);
    }
}
