package dev.taskorder.activities.tenant;

import dev.taskorder.activities.tenant.TenantTransactionManager.Commit;
import dev.taskorder.api.tenant.Suspension;
import dev.taskorder.api.tenant.TenantId;
import dev.taskorder.api.tenant.TenantStatus;
import dev.taskorder.api.tenant.TenantView;
import dev.taskorder.api.tenant.Tenants;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.support.SQLExceptionTranslator;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Looks a tenant up before one is bound: the transaction is that of the tenant asked for, so it sees no other. What it saw is
 * remembered until the database says that it changed; that time is up is seen without being told.
 */
final class JdbcTenants implements Tenants {
    static final String FIND = """
            SELECT tenant_id, name, status, expires_at, active_policy, suspended_at, suspended_reason,
                   ceil(extract(epoch FROM expires_at - now()) * 1000)::bigint AS left_ms
              FROM tenant
             WHERE tenant_id = :tenant
            """;

    private final TenantCache<TenantId, Optional<Known>> known;
    private final DataSource dataSource;
    private final JdbcClient jdbc;
    private final SQLExceptionTranslator faults;

    JdbcTenants(DataSource dataSource, JdbcClient jdbc, SQLExceptionTranslator faults, Changes changes) {
        this.dataSource = dataSource;
        this.jdbc = jdbc;
        this.faults = faults;
        this.known = new TenantCache<>(changes, Function.identity(), this::read, Optional::isEmpty);
    }

    /**
     * @param leftMs until it expires, from when it was read; null if it never does
     * @param readAt of the machine's own count
     */
    record Known(TenantView view, @Nullable Long leftMs, long readAt) {
        TenantView now() {
            boolean isOver = leftMs != null && TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - readAt) >= leftMs;
            return view.status() == TenantStatus.ACTIVE && isOver
                    ? new TenantView(
                            view.tenantId(), view.name(), TenantStatus.EXPIRED, view.expiresAt(), view.policy(), null)
                    : view;
        }

        static Known of(ResultSet row, int rowNum) throws SQLException {
            OffsetDateTime expiresAt = row.getObject("expires_at", OffsetDateTime.class);
            TenantView view = new TenantView(
                    new TenantId(row.getString("tenant_id")),
                    row.getString("name"),
                    TenantStatus.valueOf(row.getString("status")),
                    expiresAt == null ? null : expiresAt.toInstant(),
                    row.getInt("active_policy"),
                    suspension(row));
            return new Known(view, row.getObject("left_ms", Long.class), System.nanoTime());
        }

        private static @Nullable Suspension suspension(ResultSet row) throws SQLException {
            OffsetDateTime at = row.getObject("suspended_at", OffsetDateTime.class);
            return at == null ? null : new Suspension(at.toInstant(), row.getString("suspended_reason"));
        }
    }

    @Override
    public Optional<TenantView> find(TenantId tenant) {
        return known.get(tenant).map(Known::now);
    }

    private Optional<Known> read(TenantId tenant) {
        TransactionTemplate transaction = new TransactionTemplate(
                new TenantTransactionManager(dataSource, faults, () -> tenant, Commit.DURABLE, new Commits()));
        return transaction.execute(status ->
                jdbc.sql(FIND).param("tenant", tenant.value()).query(Known::of).optional());
    }
}
