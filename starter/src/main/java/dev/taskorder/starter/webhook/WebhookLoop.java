package dev.taskorder.starter.webhook;

import dev.taskorder.activities.thread.LookLoop;
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
    /** It is woken by the end of each call, which is not asked about but written down. */
    private static final LookLoop.Pace PACE = new LookLoop.Pace(0, 20, 2000);
    /** So that what happens at about the same time is found with one look. */
    private static final long LOOK_EVERY_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

    private static final long ORPHANS_EVERY_NANOS = TimeUnit.SECONDS.toNanos(4);
    private static final long FORGET_EVERY_NANOS = TimeUnit.HOURS.toNanos(1);
    private static final long FINISH_MS = 5_000;

    private final WebhookQueue queue;
    private final WebhookClient client;
    private final BackgroundRunner runner;
    private final LookLoop loop;
    private volatile boolean any = true;
    private volatile boolean news;
    private WebhookCalls calls;
    private long lookedAt = System.nanoTime() - LOOK_EVERY_NANOS;
    private long orphansAt = System.nanoTime();
    private long forgotAt = System.nanoTime();

    WebhookLoop(WebhookQueue queue, WebhookClient client, BackgroundRunner runner) {
        this.queue = queue;
        this.client = client;
        this.runner = runner;
        this.loop = new LookLoop("webhooks", "webhooks", PACE, this::pass);
        this.calls = newCalls();
    }

    /** Events were seen; cheap, from any thread. Where no webhook is enabled, it is nothing to look for. */
    void seen() {
        if (any) {
            news = true;
            loop.wake();
        }
    }

    private WebhookCalls newCalls() {
        return new WebhookCalls(client::make, loop::wake);
    }

    @Override
    public void start() {
        calls = newCalls();
        loop.start();
    }

    /** Whether anything was done, or has still to be looked for. */
    private boolean pass() {
        Set<TenantId> tenants = record();
        boolean did = !tenants.isEmpty();
        if (isOver(lookedAt, LOOK_EVERY_NANOS)) {
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
        if (room <= 0 || !queue.canSend() || loop.isToStop()) {
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
                while (ask(tenant, queue::forgetSome) && !loop.isToStop()) {}
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
        loop.stop();
        calls.finish(FINISH_MS);
        record();
    }

    @Override
    public boolean isRunning() {
        return loop.isRunning();
    }
}
