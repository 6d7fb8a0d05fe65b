package dev.taskorder.starter.webhook;

import dev.taskorder.activities.thread.Loop;
import dev.taskorder.activities.thread.OwnThreads;
import dev.taskorder.activities.webhook.WebhookCall;
import dev.taskorder.activities.webhook.WebhookQueue;
import dev.taskorder.api.tenant.TenantId;
import dev.taskorder.starter.tenant.BackgroundRunner;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;

/**
 * Lets webhooks be called for as long as the application runs. One thread asks the database, for all; the calls are made on others, and
 * none of them has a connection. What it does not get to write down is sent again.
 */
final class WebhookLoop implements SmartLifecycle {
    private static final Logger log = LoggerFactory.getLogger(WebhookLoop.class);
    /** So that what happens at about the same time is found with one look. */
    private static final long REST_MS = 20;

    private static final long IDLE_MS_MAX = 2000;
    private static final long ORPHANS_EVERY_NANOS = TimeUnit.SECONDS.toNanos(4);
    private static final long FORGET_EVERY_NANOS = TimeUnit.HOURS.toNanos(1);
    private static final long FINISH_MS = 5_000;
    private static final long STOP_MS = 10_000;

    private final WebhookQueue queue;
    private final WebhookClient client;
    private final BackgroundRunner runner;
    private final Semaphore woken = new Semaphore(0);
    private final Loop loop;
    private volatile boolean any = true;
    private volatile boolean news;
    private WebhookCalls calls;
    private long lookedAt = System.nanoTime() - TimeUnit.MILLISECONDS.toNanos(REST_MS);
    private long orphansAt = System.nanoTime();
    private long forgotAt = System.nanoTime();

    WebhookLoop(WebhookQueue queue, WebhookClient client, BackgroundRunner runner) {
        this.queue = queue;
        this.client = client;
        this.calls = new WebhookCalls(client::make, this::wake);
        this.runner = runner;
        this.loop = new Loop(work -> OwnThreads.lasting("webhooks", work), this::passes, STOP_MS);
    }

    /** Events were seen; cheap, from any thread. Where no webhook is enabled, it is nothing to look for. */
    void seen() {
        if (any) {
            news = true;
            wake();
        }
    }

    private void wake() {
        if (woken.availablePermits() == 0) {
            woken.release();
        }
    }

    @Override
    public void start() {
        loop.start();
    }

    private void passes() {
        calls = new WebhookCalls(client::make, this::wake);
        long idleMs = REST_MS;
        do {
            try {
                idleMs = pass() ? REST_MS : Math.min(2 * idleMs, IDLE_MS_MAX);
            } catch (RuntimeException e) {
                // the database may only be away for a moment
                log.warn("webhooks could not be looked for, the next look follows: {}", e.toString());
                log.debug("webhooks could not be looked for", e);
                idleMs = IDLE_MS_MAX;
            } catch (Error e) {
                // a thread that ends here would be missed by nobody
                log.error("webhooks could not be looked for, the next look follows", e);
                idleMs = IDLE_MS_MAX;
            }
        } while (!loop.isToStop(0) && sleeps(idleMs));
        calls.finish(FINISH_MS);
        record();
    }

    /** True once there is something new or the time is over, false if it is to stop. */
    private boolean sleeps(long ms) {
        try {
            if (woken.tryAcquire(ms, TimeUnit.MILLISECONDS)) {
                woken.drainPermits();
            }
            return !loop.isToStop(0);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** Whether anything was done, or has still to be looked for. */
    private boolean pass() {
        Set<TenantId> tenants = record();
        boolean did = !tenants.isEmpty();
        if (isOver(lookedAt, TimeUnit.MILLISECONDS.toNanos(REST_MS))) {
            news = false;
            WebhookQueue.Due due = queue.look();
            any = due.any();
            lookedAt = System.nanoTime();
            for (TenantId tenant : shuffled(due.fanOut())) {
                did |= ask(tenant, queue::fanOut);
                tenants.add(tenant);
            }
            tenants.addAll(due.send());
            disableOrphans();
            forget();
        }
        for (TenantId tenant : shuffled(tenants)) {
            did |= ask(tenant, () -> sends(tenant));
        }
        return did || news;
    }

    /** Whose calls have ended. */
    private Set<TenantId> record() {
        Map<TenantId, List<WebhookCall.Result>> ended = calls.ended().stream()
                .collect(Collectors.groupingBy(one -> one.call().tenant()));
        ended.forEach((tenant, results) -> ask(tenant, () -> {
            queue.record(results);
            return true;
        }));
        return new HashSet<>(ended.keySet());
    }

    private boolean sends(TenantId tenant) {
        int room = calls.room();
        if (room <= 0 || !queue.canSend() || loop.isToStop(0)) {
            return false;
        }
        List<WebhookCall> claimed = queue.claim(calls.of(tenant), room, calls.hasRoomForFailing());
        claimed.forEach(calls::begin);
        return !claimed.isEmpty();
    }

    private void disableOrphans() {
        if (any && isOver(orphansAt, ORPHANS_EVERY_NANOS)) {
            orphansAt = System.nanoTime();
            queue.orphans()
                    .forEach(orphan -> ask(orphan.tenant(), () -> {
                        queue.disable(orphan);
                        log.warn("webhook={} disabled, for the key it was put by is live no more", orphan.webhookId());
                        return true;
                    }));
        }
    }

    private void forget() {
        if (isOver(forgotAt, FORGET_EVERY_NANOS)) {
            forgotAt = System.nanoTime();
            for (TenantId tenant : queue.tenants()) {
                while (ask(tenant, queue::forgetSome) && !loop.isToStop(0)) {}
            }
        }
    }

    /** What fails for one tenant keeps the others waiting for nothing. */
    private boolean ask(TenantId tenant, java.util.function.BooleanSupplier work) {
        return runner.call(tenant, () -> {
            try {
                return work.getAsBoolean();
            } catch (RuntimeException e) {
                log.warn("webhooks were not seen to, the next look follows: {}", e.toString());
                log.debug("webhooks were not seen to", e);
                return false;
            }
        });
    }

    private static boolean isOver(long since, long nanos) {
        return System.nanoTime() - since >= nanos;
    }

    /** So that nobody is always the last. */
    private static List<TenantId> shuffled(Set<TenantId> tenants) {
        List<TenantId> all = new ArrayList<>(tenants);
        Collections.shuffle(all);
        return all;
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
