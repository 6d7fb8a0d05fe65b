package dev.taskorder.starter.relay;

import dev.taskorder.activities.order.FollowUps;
import dev.taskorder.activities.thread.Loop;
import dev.taskorder.activities.thread.OwnThreads;
import dev.taskorder.api.tenant.TenantId;
import dev.taskorder.starter.order.FollowUpHandler;
import dev.taskorder.starter.tenant.BackgroundRunner;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;

/** Creates what follows from ends: as soon as this process's relay saw them, and at leisure for what others saw. */
final class FollowUpLoop implements SmartLifecycle {
    private static final Logger log = LoggerFactory.getLogger(FollowUpLoop.class);
    private static final long REST_MS = 20;
    private static final long IDLE_MS = 2000;
    private static final long STOP_MS = 10_000;

    private final FollowUps followUps;
    private final FollowUpHandler handler;
    private final BackgroundRunner runner;
    private final Semaphore woken = new Semaphore(0);
    private final Loop loop;

    FollowUpLoop(FollowUps followUps, FollowUpHandler handler, BackgroundRunner runner) {
        this.followUps = followUps;
        this.handler = handler;
        this.runner = runner;
        this.loop = new Loop(work -> OwnThreads.lasting("follow-ups", work), this::looks, STOP_MS);
    }

    /** Something was seen; cheap, from any thread. */
    void wake() {
        if (woken.availablePermits() == 0) {
            woken.release();
        }
    }

    @Override
    public void start() {
        loop.start();
    }

    private void looks() {
        boolean more;
        do {
            more = false;
            try {
                more = look();
            } catch (RuntimeException e) {
                // the database may only be away for a moment
                log.warn("follow-ups could not be looked for, the next look follows: {}", e.toString());
                log.debug("follow-ups could not be looked for", e);
            } catch (Error e) {
                // a thread that ends here would be missed by nobody
                log.error("follow-ups could not be looked for, the next look follows", e);
            }
        } while (!loop.isToStop(REST_MS) && (more || sleeps()));
    }

    /** A stretch of each tenant in its turn; whether there may be more. */
    private boolean look() {
        List<TenantId> tenants = followUps.tenantsWithNews();
        boolean more = false;
        for (TenantId tenant : tenants) {
            more |= !loop.isToStop(0) && handled(tenant);
        }
        return more;
    }

    private boolean handled(TenantId tenant) {
        return runner.call(tenant, () -> {
            try {
                return handler.handle();
            } catch (RuntimeException e) {
                log.warn(
                        "follow-ups of tenant={} could not be created, the next look follows: {}",
                        tenant,
                        e.toString());
                log.debug("follow-ups could not be created", e);
                return false;
            }
        });
    }

    private boolean sleeps() {
        try {
            if (woken.tryAcquire(IDLE_MS, TimeUnit.MILLISECONDS)) {
                woken.drainPermits();
            }
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    @Override
    public void stop() {
        wake();
        loop.stop();
    }

    @Override
    public boolean isRunning() {
        return loop.isRunning();
    }
}
