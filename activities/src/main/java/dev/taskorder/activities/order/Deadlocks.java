package dev.taskorder.activities.order;

import java.util.function.Supplier;
import org.springframework.dao.CannotAcquireLockException;
import org.springframework.dao.PessimisticLockingFailureException;

/**
 * Work that PostgreSQL ended because it waited for somebody who waited for it. Nothing of it was done, and whom it waited for goes on:
 * so it may begin again, and its caller need not be told.
 */
final class Deadlocks {
    private Deadlocks() {}

    /**
     * Does the work, and does it once more if it was ended so. A wait that only took too long is not begun again.
     *
     * @param work a transaction of its own
     */
    static <T> T triedAgain(Supplier<T> work) {
        try {
            return work.get();
        } catch (CannotAcquireLockException tooLong) {
            throw tooLong;
        } catch (PessimisticLockingFailureException ended) {
            return work.get();
        }
    }
}
