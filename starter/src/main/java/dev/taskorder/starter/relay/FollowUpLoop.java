package dev.taskorder.starter.relay;

import dev.taskorder.activities.order.FollowUps;
import dev.taskorder.activities.thread.LookLoop;
import dev.taskorder.api.tenant.TenantId;
import dev.taskorder.starter.order.FollowUpHandler;
import dev.taskorder.starter.tenant.BackgroundRunner;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;

/** Creates what follows from ends: as soon as this process's relay saw them, and at leisure for what others saw. */
final class FollowUpLoop implements SmartLifecycle {
    private static final Logger log = LoggerFactory.getLogger(FollowUpLoop.class);
    private static final LookLoop.Pace PACE = new LookLoop.Pace(20, 20, 4000);

    private final FollowUps followUps;
    private final FollowUpHandler handler;
    private final BackgroundRunner runner;
    private final LookLoop loop;

    FollowUpLoop(FollowUps followUps, FollowUpHandler handler, BackgroundRunner runner) {
        this.followUps = followUps;
        this.handler = handler;
        this.runner = runner;
        this.loop = new LookLoop("follow-ups", "follow-ups", PACE, this::look);
    }

    /** Something was seen; cheap, from any thread. */
    void wake() {
        loop.wake();
    }

    @Override
    public void start() {
        loop.start();
    }

    /** A stretch of each tenant in its turn; whether there may be more. */
    private boolean look() {
        List<TenantId> tenants = followUps.tenantsWithNews();
        boolean more = false;
        for (TenantId tenant : tenants) {
            more |= !loop.isToStop() && handled(tenant);
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

    @Override
    public void stop() {
        loop.stop();
    }

    @Override
    public boolean isRunning() {
        return loop.isRunning();
    }
}
