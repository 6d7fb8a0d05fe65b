package dev.taskorder.activities.execution;

import org.springframework.dao.DataAccessException;
import org.springframework.dao.NonTransientDataAccessException;
import org.springframework.dao.NonTransientDataAccessResourceException;
import org.springframework.transaction.TransactionException;

/** Which faults of the store may pass by waiting: PostgreSQL away, a lock not got; not what it refuses. */
final class StoreFaults {
    private StoreFaults() {}

    static boolean mayPass(RuntimeException fault) {
        return fault instanceof TransactionException
                || (fault instanceof DataAccessException
                        && (!(fault instanceof NonTransientDataAccessException)
                                || fault instanceof NonTransientDataAccessResourceException));
    }
}
