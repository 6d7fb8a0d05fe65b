package dev.taskorder.starter.relay;

import dev.taskorder.activities.event.EventRelay;
import dev.taskorder.activities.thread.LookLoop;
import dev.taskorder.api.tenant.TenantId;
import dev.taskorder.starter.tenant.BackgroundRunner;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;

/**
 * Sees events for as long as the application runs: at once after a commit of this process, and at leisure for those of others. However
 * many commits there are, it rests between two looks.
 */
final class RelayLoop implements SmartLifecycle {
    private static final Logger log = LoggerFactory.getLogger(RelayLoop.class);
    private static final LookLoop.Pace PACE = new LookLoop.Pace(20, 20, 1000);
    private static final long PREPARE_EVERY_NANOS = TimeUnit.HOURS.toNanos(1);

    private final EventRelay relay;
    private final BackgroundRunner runner;
    private final Seen heard;
    private final LookLoop loop;
    private long preparedAt;

    RelayLoop(EventRelay relay, BackgroundRunner runner, Seen heard) {
        this.relay = relay;
        this.runner = runner;
        this.heard = heard;
        this.loop = new LookLoop("relay", "events", PACE, this::look);
    }

    /** After a commit; cheap, from any thread. */
    void wake() {
        loop.wake();
    }

    @Override
    public void start() {
        prepareDays();
        loop.start();
    }

    /** Each tenant in its turn, so that one with a million waits for nobody and nobody for it; whether any was seen. */
    private boolean look() {
        Deque<TenantId> left = new ArrayDeque<>(relay.tenantsWithUnseen());
        boolean any = false;
        while (!left.isEmpty()) {
            TenantId tenant = left.remove();
            int seen = seen(tenant);
            any |= seen > 0;
            if (seen == EventRelay.EVENTS_MAX && !loop.isToStop()) {
                left.add(tenant);
            }
        }
        if (any) {
            heard.happened();
        }
        if (System.nanoTime() - preparedAt > PREPARE_EVERY_NANOS) {
            prepareDays();
        }
        return any;
    }

    private int seen(TenantId tenant) {
        return runner.call(tenant, () -> {
            try {
                return relay.seeNext();
            } catch (RuntimeException e) {
                log.warn("events of tenant={} could not be seen, the next look follows: {}", tenant, e.toString());
                log.debug("events could not be seen", e);
                return 0;
            }
        });
    }

    private void prepareDays() {
        runner.run(TenantId.SYSTEM, relay::prepareDays);
        preparedAt = System.nanoTime();
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
