package dev.taskorder.activities.tenant;

import java.sql.SQLException;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.CannotAcquireLockException;
import org.springframework.dao.DataAccessException;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.jdbc.support.SQLExceptionSubclassTranslator;
import org.springframework.jdbc.support.SQLExceptionTranslator;

/**
 * Names the faults of PostgreSQL that pass by waiting and that Spring does not know: without a name of their own they
 * would look like a statement that is wrong, and work that only had to be tried again would be given up.
 */
final class PostgresFaults implements SQLExceptionTranslator {
    private static final String LOCK_NOT_AVAILABLE = "55P03";
    private static final String READ_ONLY_TRANSACTION = "25006";
    private static final String IDLE_IN_TRANSACTION_TIMEOUT = "25P03";

    private final SQLExceptionTranslator others = new SQLExceptionSubclassTranslator();

    @Override
    public @Nullable DataAccessException translate(String task, @Nullable String sql, SQLException fault) {
        String state = fault.getSQLState();
        if (LOCK_NOT_AVAILABLE.equals(state)) {
            return new CannotAcquireLockException(task + "; lock_timeout is up", fault);
        }
        if (READ_ONLY_TRANSACTION.equals(state)) {
            return new DataAccessResourceFailureException(task + "; the server takes no writes: no primary?", fault);
        }
        if (IDLE_IN_TRANSACTION_TIMEOUT.equals(state)) {
            return new DataAccessResourceFailureException(task + "; the transaction was idle for too long", fault);
        }
        return others.translate(task, sql, fault);
    }
}
