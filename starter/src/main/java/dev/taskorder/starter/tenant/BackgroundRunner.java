package dev.taskorder.starter.tenant;

import dev.taskorder.activities.tenant.TenantBinder;
import dev.taskorder.api.tenant.TenantId;
import java.util.function.Supplier;

/**
 * The one door for work that no request and no workflow brings along: dispatcher, maintenance, reports of running
 * attempts. Binds the tenant for the work and clears it whatever happens; the thread must not serve a tenant already.
 */
public final class BackgroundRunner implements TenantBinder {
    /** Runs the work for this tenant and gives its answer; what it throws passes through. */
    public <T> T call(TenantId tenant, Supplier<T> work) {
        TenantBinding.bind(tenant);
        try {
            return work.get();
        } finally {
            TenantBinding.clear();
        }
    }

    @Override
    public void run(TenantId tenant, Runnable work) {
        TenantBinding.bind(tenant);
        try {
            work.run();
        } finally {
            TenantBinding.clear();
        }
    }
}
