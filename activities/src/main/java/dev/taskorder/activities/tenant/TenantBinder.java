package dev.taskorder.activities.tenant;

import dev.taskorder.api.tenant.TenantId;

/** Binds a tenant for work on a thread of ours that no call has bound; the background runner is the one behind it. */
@FunctionalInterface
public interface TenantBinder {
    /** Runs the work for this tenant and leaves the thread without one; what the work throws passes through. */
    void run(TenantId tenant, Runnable work);
}
