package dev.taskorder.activities.tenant;

import java.util.function.Supplier;

/**
 * Begins transactions for the tenant that is bound to the thread; nothing else does. Row-level security reads the
 * setting that is made here, so a statement cannot see or write another tenant's row.
 */
public interface TenantTransactions {
    /**
     * Runs the work in one transaction; joins one that is already open on this thread.
     *
     * @throws dev.taskorder.api.tenant.TenantNotBoundException if no tenant is bound: the transaction does not begin
     */
    <T> T in(Supplier<T> work);

    /**
     * As {@link #in}, but the commit does not wait for the disk: if the database's machine crashes within a second, the
     * work may not have happened (PostgreSQL's {@code synchronous_commit = off}; nothing is ever half done). Only for
     * work that is then simply done again.
     */
    <T> T relaxed(Supplier<T> work);

    /**
     * Runs questions in a transaction of its own that writes nothing, and answers all of them from one state of the database:
     * what commits meanwhile is not seen.
     *
     * @throws IllegalStateException if a transaction is open on this thread, which sees what it sees
     */
    <T> T snapshot(Supplier<T> questions);

    /** As {@link #in}, for work without an answer. */
    default void run(Runnable work) {
        in(() -> {
            work.run();
            return Boolean.TRUE;
        });
    }

    /**
     * Runs the work inside the open transaction so that, if it fails, nothing of it is left and the transaction goes on
     * (a savepoint). Two round trips more: for what may be ill, not for what is well.
     *
     * @throws IllegalStateException if no transaction is open
     */
    <T> T apart(Supplier<T> work);

    /** Runs the action after the open transaction has committed; at once if none is open; never after a rollback. */
    void afterCommit(Runnable action);

    /** Runs the action when the open transaction has ended, however it ended; at once if none is open. */
    void afterCompletion(Runnable action);
}
