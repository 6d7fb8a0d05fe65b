package dev.taskorder.starter.relay;

import dev.taskorder.activities.event.EventRelay;
import dev.taskorder.activities.thread.Loop;
import dev.taskorder.activities.thread.OwnThreads;
import dev.taskorder.api.tenant.TenantId;
import dev.taskorder.starter.tenant.BackgroundRunner;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.Semaphore;
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
    /** So that what is committed at about the same time is seen with one look. */
    private static final long REST_MS = 20;

    private static final long IDLE_MS_MAX = 1000;
    private static final long PREPARE_EVERY_NANOS = TimeUnit.HOURS.toNanos(1);
    private static final long STOP_MS = 10_000;

    private final EventRelay relay;
    private final BackgroundRunner runner;
    private final Seen heard;
    private final Semaphore woken = new Semaphore(0);
    private final Loop loop;
    private long preparedAt;

    RelayLoop(EventRelay relay, BackgroundRunner runner, Seen heard) {
        this.relay = relay;
        this.runner = runner;
        this.heard = heard;
        this.loop = new Loop(work -> OwnThreads.lasting("relay", work), this::looks, STOP_MS);
    }

    /** After a commit; cheap, from any thread. */
    void wake() {
        if (woken.availablePermits() == 0) {
            woken.release();
        }
    }

    @Override
    public void start() {
        prepareDays();
        loop.start();
    }

    private void looks() {
        long idleMs = REST_MS;
        do {
            try {
                idleMs = look() ? REST_MS : Math.min(2 * idleMs, IDLE_MS_MAX);
                if (System.nanoTime() - preparedAt > PREPARE_EVERY_NANOS) {
                    prepareDays();
                }
            } catch (RuntimeException e) {
                // the database may only be away for a moment
                log.warn("events could not be looked for, the next look follows: {}", e.toString());
                log.debug("events could not be looked for", e);
                idleMs = IDLE_MS_MAX;
            } catch (Error e) {
                // a thread that ends here would be missed by nobody
                log.error("events could not be looked for, the next look follows", e);
                idleMs = IDLE_MS_MAX;
            }
        } while (!loop.isToStop(REST_MS) && sleeps(idleMs - REST_MS));
    }

    /** True once somebody committed or the time is over, false if it is to stop. */
    private boolean sleeps(long ms) {
        try {
            if (ms > 0 && woken.tryAcquire(ms, TimeUnit.MILLISECONDS)) {
                woken.drainPermits();
            }
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** Each tenant in its turn, so that one with a million waits for nobody and nobody for it; whether any was seen. */
    private boolean look() {
        Deque<TenantId> left = new ArrayDeque<>(relay.tenantsWithUnseen());
        boolean any = false;
        while (!left.isEmpty()) {
            TenantId tenant = left.remove();
            int seen = seen(tenant);
            any |= seen > 0;
            if (seen == EventRelay.EVENTS_MAX && !loop.isToStop(0)) {
                left.add(tenant);
            }
        }
        if (any) {
            heard.happened();
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
        wake();
        loop.stop();
    }

    @Override
    public boolean isRunning() {
        return loop.isRunning();
    }
}
