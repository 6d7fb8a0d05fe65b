package dev.taskorder.activities.dispatch;

import dev.taskorder.api.tenant.TenantId;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Wakes this process's dispatcher. It carries no work, only where to look: what is not told here is found by a sweep,
 * so a lost call costs time and never an order.
 */
public final class DispatchSignal {
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition told = lock.newCondition();
    private final Set<TenantId> starts = new LinkedHashSet<>();
    private final Set<TenantId> signals = new LinkedHashSet<>();
    private boolean sweep;
    private boolean nudged;

    /** After a commit that left something to start for this tenant; cheap, from any thread. */
    public void startsDue(TenantId tenant) {
        tell(() -> starts.add(tenant));
    }

    /** After a commit that left a signal to send for this tenant; cheap, from any thread. */
    public void signalsDue(TenantId tenant) {
        tell(() -> signals.add(tenant));
    }

    /** Asks for a look over all tenants. */
    public void sweep() {
        tell(() -> sweep = true);
    }

    /** Only ends the current or the next wait: something else that the dispatcher waits for has happened. */
    public void nudge() {
        tell(() -> {});
    }

    /** Waits until something was told, at most this long; answers with what was told since the last call. */
    public Told await(long maxMillis) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            long left = TimeUnit.MILLISECONDS.toNanos(maxMillis);
            while (!nudged && left > 0) {
                left = told.awaitNanos(left);
            }
            Told all = new Told(Set.copyOf(starts), Set.copyOf(signals), sweep);
            starts.clear();
            signals.clear();
            sweep = false;
            nudged = false;
            return all;
        } finally {
            lock.unlock();
        }
    }

    private void tell(Runnable what) {
        lock.lock();
        try {
            what.run();
            nudged = true;
            told.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Tenants with something to start or to signal, and whether to look over all of them. */
    public record Told(Set<TenantId> starts, Set<TenantId> signals, boolean sweep) {}
}
