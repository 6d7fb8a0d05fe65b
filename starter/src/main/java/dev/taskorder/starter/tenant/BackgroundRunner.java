package dev.taskorder.starter.tenant;

import dev.taskorder.activities.tenant.TenantBinder;
import dev.taskorder.api.tenant.TenantContext;
import dev.taskorder.api.tenant.TenantId;
import java.util.function.Supplier;

/**
 * The one door for work that no request and no workflow brings along: dispatcher, maintenance, reports of running
 * attempts. Binds the tenant for the work and clears it whatever happens; on a thread that serves a tenant already the work
 * does not begin, for that tenant would be gone afterwards.
 */
public final class BackgroundRunner implements TenantBinder {
    /** Runs the work for this tenant and gives its answer; what it throws passes through. */
    public <T> T call(TenantId tenant, Supplier<T> work) {
        bind(tenant);
        try {
            return work.get();
        } finally {
            TenantBinding.clear();
        }
    }

    @Override
    public void run(TenantId tenant, Runnable work) {
        bind(tenant);
        try {
            work.run();
        } finally {
            TenantBinding.clear();
        }
    }

    private static void bind(TenantId tenant) {
        TenantContext.current().ifPresent(other -> {
            throw new IllegalStateException("this thread serves tenant " + other + ", so nothing of tenant " + tenant
                    + " begins on it: go through the background runner on a thread of your own");
        });
        TenantBinding.bind(tenant);
    }
}
