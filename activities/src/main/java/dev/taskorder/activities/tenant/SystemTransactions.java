package dev.taskorder.activities.tenant;

import java.util.function.Supplier;

/**
 * Asks over all tenants who has work that is due, as the role {@code taskorder_system}, which sees tenant ids and due
 * times and nothing else (design.md §6). The work itself is then done in each tenant's own transaction.
 */
public interface SystemTransactions {
    /** Runs the question in a transaction of its own; fails if a tenant's transaction is open on this thread. */
    <T> T in(Supplier<T> question);
}
