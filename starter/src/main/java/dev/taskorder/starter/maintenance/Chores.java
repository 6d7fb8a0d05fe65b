package dev.taskorder.starter.maintenance;

import dev.taskorder.api.tenant.TenantId;
import dev.taskorder.starter.tenant.BackgroundRunner;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs one tenant's piece of work in its context; what fails for one tenant does not keep the others waiting. */
final class Chores {
    private static final Logger log = LoggerFactory.getLogger(Chores.class);

    private final BackgroundRunner runner;

    Chores(BackgroundRunner runner) {
        this.runner = runner;
    }

    /** Runs the work and logs, still for this tenant, if it fails. */
    void run(TenantId tenant, Object what, Runnable work) {
        ask(tenant, what, false, () -> {
            work.run();
            return true;
        });
    }

    /** The work's answer, or this one if it fails. */
    boolean ask(TenantId tenant, Object what, boolean ifItFails, BooleanSupplier work) {
        return runner.call(tenant, () -> {
            try {
                return work.getAsBoolean();
            } catch (RuntimeException e) {
                log.warn("maintenance of tenant={} kind={} failed: {}", tenant, what, e.toString());
                log.debug("maintenance failed", e);
                return ifItFails;
            }
        });
    }
}
