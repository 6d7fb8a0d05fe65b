package dev.taskorder.starter.temporal;

import dev.taskorder.activities.dispatch.DispatchQueue;
import dev.taskorder.activities.dispatch.SignalDue;
import dev.taskorder.activities.dispatch.StartDue;
import dev.taskorder.api.tenant.TenantContext;
import dev.taskorder.api.tenant.TenantId;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The queue in memory; a claim holds for ever, and a start that failed is due again at once. */
final class MemoryQueue implements DispatchQueue {
    final List<StartDue> due = new ArrayList<>();
    final List<SignalDue> signals = new ArrayList<>();
    final List<StartDue> claimed = new ArrayList<>();
    final List<StartDue> started = new ArrayList<>();
    final List<StartDue> closed = new ArrayList<>();
    final List<Long> signalled = new ArrayList<>();
    final List<Long> undelivered = new ArrayList<>();
    final List<Long> failedSignals = new ArrayList<>();
    /** Nothing of it can be claimed or told. */
    @Nullable
    TenantId broken;

    @Nullable
    Error fault;

    /** Claims of starts wait for it. */
    volatile CountDownLatch blocked = new CountDownLatch(0);

    int sweeps;
    int failures;

    static StartDue order(TenantId tenant, int priority, String key) {
        return new StartDue(
                tenant,
                UUID.randomUUID(),
                1,
                "prod",
                key,
                "shop",
                "E2E_CHECKOUT",
                priority,
                "ref-1",
                "words",
                null,
                1,
                false);
    }

    static StartDue run(StartDue order, int runNo, boolean again) {
        return new StartDue(
                order.tenant(),
                order.taskId(),
                runNo,
                order.env(),
                order.idempotencyKey(),
                order.projectId(),
                order.taskType(),
                order.priority(),
                order.externalRef(),
                order.description(),
                order.traceparent(),
                order.weight(),
                again);
    }

    synchronized void add(StartDue order) {
        due.add(order);
    }

    synchronized void add(SignalDue signal) {
        signals.add(signal);
    }

    synchronized int startedCount() {
        return started.size();
    }

    synchronized List<StartDue> startedSoFar() {
        return List.copyOf(started);
    }

    @Override
    public synchronized List<TenantId> tenantsDue() {
        sweeps++;
        if (fault != null) {
            Error thrown = fault;
            fault = null;
            throw thrown;
        }
        return Stream.concat(due.stream().map(StartDue::tenant), signals.isEmpty() ? Stream.of() : Stream.of(A))
                .distinct()
                .toList();
    }

    static final TenantId A = new TenantId("tenant_a");

    @Override
    public List<StartDue> claimStarts(int max) {
        try {
            blocked.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
        return claimNow(max);
    }

    private synchronized List<StartDue> claimNow(int max) {
        requireWhole();
        List<StartDue> best = due.stream()
                .filter(order -> order.tenant().equals(TenantContext.required()))
                .sorted(Comparator.comparingInt(StartDue::priority).reversed())
                .limit(max)
                .toList();
        due.removeAll(best);
        claimed.addAll(best);
        return best;
    }

    @Override
    public synchronized void started(List<StartDue> starts) {
        requireBound(starts);
        started.addAll(starts);
    }

    @Override
    public synchronized void startedButClosed(List<StartDue> starts) {
        requireBound(starts);
        closed.addAll(starts);
    }

    @Override
    public synchronized void startFailed(List<StartDue> starts) {
        requireBound(starts);
        failures += starts.size();
        due.addAll(starts);
    }

    @Override
    public synchronized List<SignalDue> claimSignals(int max) {
        if (!TenantContext.required().equals(A)) {
            return List.of();
        }
        List<SignalDue> first = signals.stream().limit(max).toList();
        signals.removeAll(first);
        return first;
    }

    @Override
    public synchronized void signalled(List<Long> outboxIds) {
        signalled.addAll(outboxIds);
    }

    @Override
    public synchronized void undelivered(List<Long> outboxIds) {
        undelivered.addAll(outboxIds);
    }

    @Override
    public synchronized void signalFailed(List<Long> outboxIds) {
        failedSignals.addAll(outboxIds);
    }

    private void requireWhole() {
        if (TenantContext.required().equals(broken)) {
            throw new IllegalStateException("broken on purpose");
        }
    }

    private void requireBound(List<StartDue> starts) {
        requireWhole();
        if (starts.stream().anyMatch(start -> !start.tenant().equals(TenantContext.required()))) {
            throw new IllegalStateException("another tenant's rows");
        }
    }
}
