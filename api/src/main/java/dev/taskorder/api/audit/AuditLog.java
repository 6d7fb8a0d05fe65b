package dev.taskorder.api.audit;

import dev.taskorder.api.tenant.TenantId;

/** Where acts and refusals are written down, each as an entry of one tenant. */
public interface AuditLog {
    /** Writes an entry of the bound tenant: with the open transaction if there is one, else at once. */
    void write(AuditRecord act);

    /**
     * As {@link #write}, but no more than one entry for the same actor and key, action and hour of the bound tenant. Asks the
     * database once an hour, so it may be called for every request.
     */
    void writeOncePerHour(AuditRecord act);

    /**
     * Writes an entry of a tenant other than the bound one, at once: a refused call belongs to the tenant of its
     * principal, whatever tenant it named.
     *
     * @throws IllegalStateException if a transaction is open on this thread: with a pool of one connection this would wait
     *     for its end for ever
     */
    void writeFor(TenantId owner, AuditRecord act);

    /** As {@link #writeFor}, but no more than one entry for the same actor and key, action and hour of that tenant. */
    void writeOncePerHourFor(TenantId owner, AuditRecord act);
}
