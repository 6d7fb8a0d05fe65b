package dev.taskorder.activities.tenant;

import dev.taskorder.api.tenant.TenantId;

/**
 * Begins transactions for a tenant that need not be bound: only the audit log writes what belongs to another, and only the list of
 * pauses reads it, for an operator.
 */
public interface OtherTenantTransactions {
    /**
     * Runs the work in a transaction of its own.
     *
     * @throws IllegalStateException if a transaction is open on this thread
     */
    void run(TenantId tenant, Runnable work);
}
