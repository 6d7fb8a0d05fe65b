package dev.taskorder.starter.tenant;

import dev.taskorder.api.tenant.TenantContext;
import dev.taskorder.api.tenant.TenantId;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;

/** The one pair of moves behind the three classes that bind a tenant: context and log lines always agree. */
final class TenantBinding {
    private static final Logger log = LoggerFactory.getLogger(TenantBinding.class);
    private static final String MDC_KEY = "tenant";

    private TenantBinding() {}

    /** Binds the tenant to this thread, in place of whatever was bound. */
    static void bind(TenantId tenant) {
        TenantContext.bind(tenant);
        MDC.put(MDC_KEY, tenant.value());
        log.debug("tenant bound tenant={}", tenant);
    }

    /** Leaves this thread without a tenant; harmless when there is none. */
    static void clear() {
        if (TenantContext.current().isPresent()) {
            log.debug("tenant cleared");
        }
        TenantContext.clear();
        MDC.remove(MDC_KEY);
    }
}
