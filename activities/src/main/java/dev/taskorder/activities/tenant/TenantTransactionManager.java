package dev.taskorder.activities.tenant;

import dev.taskorder.api.tenant.TenantId;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.function.Supplier;
import javax.sql.DataSource;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.TransactionDefinition;

/**
 * Sets the tenant at the beginning of each transaction. Here and not in a listener: when this throws, Spring gives the
 * connection back, and the next transaction of the thread does not join an orphan.
 */
final class TenantTransactionManager extends JdbcTransactionManager {
    private static final long serialVersionUID = 1L;
    private static final String BIND = "SELECT set_config('taskorder.tenant', ?, true)";

    private final transient Supplier<TenantId> tenant;

    TenantTransactionManager(DataSource dataSource, Supplier<TenantId> tenant) {
        super(dataSource);
        this.tenant = tenant;
    }

    @Override
    protected void prepareTransactionalConnection(Connection connection, TransactionDefinition definition)
            throws SQLException {
        String value = tenant.get().value();
        try (PreparedStatement bind = connection.prepareStatement(BIND)) {
            bind.setString(1, value);
            bind.execute();
        }
    }
}
