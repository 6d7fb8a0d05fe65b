package dev.taskorder.activities.execution;

import dev.taskorder.activities.execution.AttemptStore.Reported;
import dev.taskorder.activities.execution.RunningAttempt.Stop;
import dev.taskorder.activities.tenant.TenantBinder;
import dev.taskorder.api.execution.Heartbeat;
import dev.taskorder.api.execution.Money;
import dev.taskorder.api.order.Limits;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;

/**
 * What one executor tells while it works: the last values win, and are written at most once a second by a thread of
 * ours, so that an executor never waits for PostgreSQL.
 */
final class Reports implements Heartbeat {
    private static final Logger log = LoggerFactory.getLogger(Reports.class);
    private static final long EVERY_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final RunningAttempt attempt;
    private final UUID token;
    private final AttemptStore store;
    private final TenantBinder tenants;
    private final Timers timers;
    /** Held over a write: values reach the row in the order they were told, and the last flush waits for one begun. */
    private final ReentrantLock writing = new ReentrantLock();

    private final Object told = new Object();
    private @Nullable Told unwritten;
    private Told last = new Told(null, List.of());
    /** Whether an answer follows, which has the costs: told before it, they could end an order that has it in hand. */
    private volatile boolean answered;
    /** Costs that the store has; only whoever holds {@link #writing} looks. */
    private List<Money> written = List.of();

    private boolean scheduled;
    private boolean closed;
    private long nextNanos = System.nanoTime();

    Reports(RunningAttempt attempt, UUID token, AttemptStore store, TenantBinder tenants, Timers timers) {
        this.attempt = attempt;
        this.token = token;
        this.store = store;
        this.tenants = tenants;
        this.timers = timers;
    }

    @Override
    public void report(Map<String, @Nullable Object> progress, List<Money> costsSoFar) {
        // as text from here on: the map is the executor's, who may change it
        String text = Texts.json("progress", progress, Limits.OUTPUT_BYTES_MAX, Limits.JSON_DEPTH_MAX);
        List<Money> totals = Totals.of("costs", costsSoFar);
        synchronized (told) {
            if (closed) {
                return;
            }
            Totals.requireNoneSmaller(last.costs(), totals);
            last = new Told(text, Totals.raised(last.costs(), totals));
            unwritten = last;
            schedule();
        }
    }

    @Override
    public boolean cancelled() {
        return attempt.cancelled();
    }

    /** The largest total told of each kind. */
    List<Money> costs() {
        synchronized (told) {
            return last.costs();
        }
    }

    /** The costs of an executor whose result is not kept: they are real all the same. The next flush writes them. */
    void ended(List<Money> costs) {
        synchronized (told) {
            last = new Told(last.progress(), Totals.raised(last.costs(), costs));
            unwritten = last;
        }
    }

    /** An answer follows. */
    void answered() {
        answered = true;
    }

    /** The executor has ended: nothing that it says from here on is heard. */
    void close() {
        synchronized (told) {
            closed = true;
        }
    }

    /**
     * Writes what is not written yet, on a thread that the tenant is bound to. A fault that may pass leaves it
     * unwritten; what the store refuses for good is dropped: the answer has the costs once more.
     */
    void flush() {
        writing.lock();
        try {
            Told now;
            synchronized (told) {
                now = unwritten;
            }
            if (now != null) {
                write(now);
            }
            synchronized (told) {
                unwritten = Objects.equals(unwritten, now) ? null : unwritten;
            }
        } finally {
            writing.unlock();
        }
    }

    private void write(Told now) {
        try {
            List<Money> costs = answered || now.costs().equals(written) ? List.of() : now.costs();
            Reported reported = store.report(attempt.ref(), token, now.progress(), costs);
            written = now.costs();
            if (reported == Reported.NOT_CURRENT) {
                attempt.stop(Stop.WISHED, "the order has gone on without it");
            } else if (reported == Reported.BEYOND_BUDGET) {
                attempt.stop(Stop.WISHED, "its costs are not covered");
            }
        } catch (DataAccessException e) {
            if (StoreFaults.mayPass(e)) {
                throw e;
            }
            log.error(
                    "report refused task={} attempt={}",
                    attempt.ref().taskId(),
                    attempt.ref().attempt(),
                    e);
        }
    }

    private void flushInBackground() {
        synchronized (told) {
            scheduled = false;
            nextNanos = System.nanoTime() + EVERY_NANOS;
            if (closed) {
                return;
            }
        }
        attempt.logging(() -> tenants.run(attempt.ref().tenant(), this::tryToFlush));
        synchronized (told) {
            if (unwritten != null && !closed) {
                schedule();
            }
        }
    }

    private void tryToFlush() {
        try {
            flush();
        } catch (RuntimeException e) {
            log.warn(
                    "progress not written, will be again task={} attempt={}",
                    attempt.ref().taskId(),
                    attempt.ref().attempt(),
                    e);
        }
    }

    private void schedule() {
        if (!scheduled && !timers.reports().isShutdown()) {
            scheduled = true;
            long delay = Math.max(0, nextNanos - System.nanoTime());
            var unused = timers.reports().schedule(this::flushInBackground, delay, TimeUnit.NANOSECONDS);
        }
    }

    /** Progress as JSON; null when none was told. */
    private record Told(@Nullable String progress, List<Money> costs) {}
}
