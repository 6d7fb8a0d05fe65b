package dev.taskorder.activities.tenant;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import javax.sql.DataSource;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.jdbc.support.SQLExceptionTranslator;
import org.springframework.transaction.TransactionDefinition;

/** Enters the system's role for one transaction; {@code LOCAL} leaves it at the end, however the end comes. */
final class SystemTransactionManager extends JdbcTransactionManager {
    private static final long serialVersionUID = 1L;

    SystemTransactionManager(DataSource dataSource, SQLExceptionTranslator faults) {
        super(dataSource);
        setExceptionTranslator(faults);
    }

    @Override
    protected void prepareTransactionalConnection(Connection connection, TransactionDefinition definition)
            throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("SET LOCAL ROLE taskorder_system");
        }
    }
}
