package dev.taskorder.starter.webhook;

import dev.taskorder.activities.thread.OwnThreads;
import dev.taskorder.activities.webhook.WebhookCall;
import dev.taskorder.api.tenant.TenantId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;

/**
 * The calls that this process is making, each on a thread of its own, and what became of them until that is written down. Webhooks that
 * fail have at most half of the threads, so that however many receivers are away, those that are there are called.
 */
final class WebhookCalls {
    static final int CALLS_MAX = 64;

    private static final int FAILING_MAX = CALLS_MAX / 2;

    private final Function<WebhookCall, WebhookCall.Result> client;
    private final Runnable ended;
    private final Queue<WebhookCall.Result> results = new ConcurrentLinkedQueue<>();
    private final Map<Webhook, Integer> inFlight = new ConcurrentHashMap<>();
    private final AtomicInteger failing = new AtomicInteger();
    private final ThreadPoolExecutor threads = new ThreadPoolExecutor(
            CALLS_MAX, CALLS_MAX, 1, TimeUnit.MINUTES, new LinkedBlockingQueue<>(), OwnThreads.daemons("webhook-call"));

    private record Webhook(TenantId tenant, String id) {}

    /** @param ended called when a call is over, from its thread */
    WebhookCalls(Function<WebhookCall, WebhookCall.Result> client, Runnable ended) {
        this.client = client;
        this.ended = ended;
        threads.allowCoreThreadTimeOut(true);
    }

    int room() {
        return CALLS_MAX - total();
    }

    boolean hasRoomForFailing() {
        return failing.get() < FAILING_MAX;
    }

    private int total() {
        return inFlight.values().stream().mapToInt(Integer::intValue).sum();
    }

    /** By the id of the webhook. */
    Map<String, Integer> of(TenantId tenant) {
        Map<String, Integer> calls = new HashMap<>();
        inFlight.forEach((webhook, count) -> {
            if (webhook.tenant().equals(tenant)) {
                calls.put(webhook.id(), count);
            }
        });
        return calls;
    }

    void begin(WebhookCall call) {
        Webhook webhook = new Webhook(call.tenant(), call.webhookId());
        int counts = call.failing() ? 1 : 0;
        inFlight.merge(webhook, 1, Integer::sum);
        failing.addAndGet(counts);
        threads.execute(() -> {
            try {
                results.add(client.apply(call));
            } catch (RuntimeException e) {
                results.add(
                        new WebhookCall.Result(call, WebhookCall.How.FAILED, null, 0, "the call could not be made"));
            } finally {
                inFlight.computeIfPresent(webhook, (id, count) -> count == 1 ? null : count - 1);
                failing.addAndGet(-counts);
                ended.run();
            }
        });
    }

    /** What became of those that ended since it was asked last. */
    List<WebhookCall.Result> ended() {
        List<WebhookCall.Result> all = new ArrayList<>();
        for (WebhookCall.Result one = results.poll(); one != null; one = results.poll()) {
            all.add(one);
        }
        return all;
    }

    /** No more calls; waits so long for those on their way. */
    void finish(long withinMs) {
        threads.shutdown();
        try {
            if (!threads.awaitTermination(withinMs, TimeUnit.MILLISECONDS)) {
                threads.shutdownNow();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
