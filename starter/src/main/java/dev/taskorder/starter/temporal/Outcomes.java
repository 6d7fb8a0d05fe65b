package dev.taskorder.starter.temporal;

import dev.taskorder.activities.dispatch.DispatchQueue;
import dev.taskorder.activities.dispatch.StartDue;
import dev.taskorder.api.tenant.TenantId;
import dev.taskorder.starter.tenant.BackgroundRunner;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.transaction.CannotCreateTransactionException;

/**
 * What became of starts and signals, collected so that one transaction tells many. Told late is harmless: the claim runs
 * out and the work is done again, under the same request id.
 */
final class Outcomes {
    private static final Logger log = LoggerFactory.getLogger(Outcomes.class);
    /** So long from the first they are collected. A start's own first step notes it too, mostly before. */
    private static final long COLLECT_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    /** Before what was not taken is told again. */
    private static final long REST_NANOS = TimeUnit.SECONDS.toNanos(1);

    private static final long NEVER_MS = 60_000;

    private final DispatchQueue queue;
    private final BackgroundRunner tenants;
    private final ConcurrentLinkedQueue<Outcome> untold = new ConcurrentLinkedQueue<>();
    private volatile long tellAtNanos = System.nanoTime();

    Outcomes(DispatchQueue queue, BackgroundRunner tenants) {
        this.queue = queue;
        this.tenants = tenants;
    }

    /** What can become of it. */
    enum Kind {
        STARTED,
        START_CLOSED,
        START_FAILED,
        SIGNALLED,
        UNDELIVERED,
        SIGNAL_FAILED
    }

    void start(Kind kind, StartDue start) {
        collect(new Outcome(start.tenant(), kind, start, 0));
    }

    void signal(Kind kind, TenantId tenant, long outboxId) {
        collect(new Outcome(tenant, kind, null, outboxId));
    }

    private void collect(Outcome outcome) {
        if (untold.isEmpty()) {
            tellAtNanos = System.nanoTime() + COLLECT_NANOS;
        }
        untold.add(outcome);
    }

    /** How long until there is something to tell: 0 if it is time, a minute if there is nothing. */
    long waitMs() {
        if (untold.isEmpty()) {
            return NEVER_MS;
        }
        long leftNanos = tellAtNanos - System.nanoTime();
        return leftNanos <= 0 ? 0 : TimeUnit.NANOSECONDS.toMillis(leftNanos) + 1;
    }

    /**
     * Tells the store all there is; what it did not take is told next time, and keeps no other tenant's waiting.
     *
     * @return whether it took all
     * @throws CannotCreateTransactionException if the store is away
     */
    boolean tell() {
        Map<TenantId, Map<Kind, List<Outcome>>> byTenant = new HashMap<>();
        for (Outcome next = untold.poll(); next != null; next = untold.poll()) {
            byTenant.computeIfAbsent(next.tenant(), tenant -> new HashMap<>())
                    .computeIfAbsent(next.kind(), kind -> new ArrayList<>())
                    .add(next);
        }
        CannotCreateTransactionException away = null;
        boolean all = true;
        for (Map.Entry<TenantId, Map<Kind, List<Outcome>>> tenant : byTenant.entrySet()) {
            for (Map.Entry<Kind, List<Outcome>> kind : tenant.getValue().entrySet()) {
                try {
                    all &= away == null
                            ? tenants.call(tenant.getKey(), () -> took(kind.getKey(), kind.getValue()))
                            : keep(kind.getValue());
                } catch (CannotCreateTransactionException e) {
                    away = e;
                    all = keep(kind.getValue());
                }
            }
        }
        if (!all) {
            tellAtNanos = System.nanoTime() + REST_NANOS;
        }
        if (away != null) {
            throw away;
        }
        return all;
    }

    private boolean took(Kind kind, List<Outcome> all) {
        try {
            tell(kind, all);
            return true;
        } catch (CannotCreateTransactionException e) {
            throw e;
        } catch (RuntimeException e) {
            log.warn("outcomes not told, will be tried again kind={} count={}", kind, all.size(), e);
            return keep(all);
        }
    }

    private boolean keep(List<Outcome> all) {
        untold.addAll(all);
        return false;
    }

    private void tell(Kind kind, List<Outcome> all) {
        switch (kind) {
            case STARTED -> starts(all, DispatchQueue::started);
            case START_CLOSED -> starts(all, DispatchQueue::startedButClosed);
            case START_FAILED -> starts(all, DispatchQueue::startFailed);
            case SIGNALLED -> signals(all, DispatchQueue::signalled);
            case UNDELIVERED -> signals(all, DispatchQueue::undelivered);
            case SIGNAL_FAILED -> signals(all, DispatchQueue::signalFailed);
        }
    }

    private void starts(List<Outcome> all, BiConsumer<DispatchQueue, List<StartDue>> tell) {
        List<StartDue> starts = new ArrayList<>();
        for (Outcome outcome : all) {
            if (outcome.start() != null) {
                starts.add(outcome.start());
            }
        }
        tell.accept(queue, starts);
    }

    private void signals(List<Outcome> all, BiConsumer<DispatchQueue, List<Long>> tell) {
        tell.accept(queue, all.stream().map(Outcome::outboxId).toList());
    }

    private record Outcome(
            TenantId tenant, Kind kind, @Nullable StartDue start, long outboxId) {}
}
