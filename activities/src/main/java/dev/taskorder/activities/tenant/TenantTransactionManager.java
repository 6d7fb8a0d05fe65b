package dev.taskorder.activities.tenant;

import dev.taskorder.api.tenant.TenantId;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.function.Supplier;
import javax.sql.DataSource;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.jdbc.support.SQLExceptionTranslator;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.support.DefaultTransactionStatus;

/**
 * Sets the tenant at the beginning of each transaction. Here and not in a listener: when this throws, Spring gives the
 * connection back, and the next transaction of the thread does not join an orphan.
 */
final class TenantTransactionManager extends JdbcTransactionManager {
    private static final long serialVersionUID = 1L;

    private final transient Supplier<TenantId> tenant;
    private final Commit commit;
    private final transient Commits commits;

    /** Whether the commit waits for the disk. Said with the tenant, so that it costs no round trip. */
    enum Commit {
        DURABLE("SELECT set_config('taskorder.tenant', ?, true)"),
        RELAXED("SELECT set_config('taskorder.tenant', ?, true), set_config('synchronous_commit', 'off', true)");

        private final String bind;

        Commit(String bind) {
            this.bind = bind;
        }
    }

    TenantTransactionManager(
            DataSource dataSource,
            SQLExceptionTranslator faults,
            Supplier<TenantId> tenant,
            Commit commit,
            Commits commits) {
        super(dataSource);
        setExceptionTranslator(faults);
        this.tenant = tenant;
        this.commit = commit;
        this.commits = commits;
    }

    @Override
    protected void doCommit(DefaultTransactionStatus status) {
        super.doCommit(status);
        if (!status.isReadOnly()) {
            commits.happened();
        }
    }

    @Override
    protected void prepareTransactionalConnection(Connection connection, TransactionDefinition definition)
            throws SQLException {
        String value = tenant.get().value();
        try (PreparedStatement bind = connection.prepareStatement(commit.bind)) {
            bind.setString(1, value);
            bind.execute();
        }
    }
}
