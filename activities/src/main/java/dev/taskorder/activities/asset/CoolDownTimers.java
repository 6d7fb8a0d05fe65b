package dev.taskorder.activities.asset;

import dev.taskorder.activities.tenant.TenantBinder;
import dev.taskorder.activities.thread.OwnThreads;
import dev.taskorder.api.tenant.TenantId;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ends each cool-down that this process began at the moment it is over, so that who waits for the asset starts then and
 * not a second later. In memory only: what a process leaves behind, maintenance finds.
 */
final class CoolDownTimers implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(CoolDownTimers.class);
    /** One that waits for a lock does not make the others late. */
    private static final int THREADS = 2;

    private record Key(TenantId tenant, String assetId) {}

    private final TenantBinder tenants;
    private final JdbcCoolDowns coolDowns;
    private final ScheduledThreadPoolExecutor threads = new ScheduledThreadPoolExecutor(
            THREADS,
            OwnThreads.daemons("taskorder-cool-down"),
            // while the process ends: whoever sets one has committed, and must not be told that anything failed
            new ThreadPoolExecutor.DiscardPolicy());
    private final Map<Key, Future<?>> timers = new ConcurrentHashMap<>();

    CoolDownTimers(TenantBinder tenants, JdbcCoolDowns coolDowns) {
        this.tenants = tenants;
        this.coolDowns = coolDowns;
        threads.setRemoveOnCancelPolicy(true);
    }

    /** Looks at the asset after this time, in place of whatever was set for it before. Returns at once. */
    void set(TenantId tenant, String assetId, Duration in) {
        timers.compute(new Key(tenant, assetId), (key, before) -> {
            if (before != null) {
                before.cancel(false);
            }
            return schedule(key, in);
        });
    }

    private Future<?> schedule(Key key, Duration in) {
        return threads.schedule(() -> end(key), in.toMillis() + 1, TimeUnit.MILLISECONDS);
    }

    /** Lets the matcher look, for somebody who has no time to. */
    void matchSoon(TenantId tenant, String env) {
        threads.execute(() -> run(tenant, "a look of the matcher at env " + env, () -> coolDowns.match(env)));
    }

    private void end(Key key) {
        timers.remove(key);
        run(key.tenant(), "the end of the cool-down of asset " + key.assetId(), () -> coolDowns
                .end(key.assetId())
                .ifPresent(left -> set(key.tenant(), key.assetId(), left)));
    }

    private void run(TenantId tenant, String what, Runnable work) {
        tenants.run(tenant, () -> {
            try {
                work.run();
            } catch (RuntimeException e) {
                log.warn("{} is left to maintenance: {}", what, e.toString());
                log.debug("left to maintenance", e);
            }
        });
    }

    @Override
    public void close() {
        threads.shutdownNow();
    }
}
