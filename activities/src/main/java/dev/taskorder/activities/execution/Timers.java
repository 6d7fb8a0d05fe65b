package dev.taskorder.activities.execution;

import dev.taskorder.activities.thread.OwnThreads;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;

/**
 * The threads beside the executors' own. Deadlines have theirs, for a beat waits for Temporal and a report for
 * PostgreSQL, and a deadline waits for nobody.
 */
final class Timers implements AutoCloseable {
    private static final int BEAT_THREADS_MIN = 2;
    private static final int BEAT_THREADS_MAX = 64;
    /** At a beat a second, those of one thread fall behind when Temporal takes longer than 125 ms to answer. */
    private static final int ATTEMPTS_PER_BEAT_THREAD = 8;

    private static final int REPORT_THREADS = 2;

    private final ScheduledThreadPoolExecutor beats = threads("taskorder-beat", BEAT_THREADS_MIN);
    private final ScheduledThreadPoolExecutor deadlines = threads("taskorder-deadline", 1);
    private final ScheduledThreadPoolExecutor reports = threads("taskorder-report", REPORT_THREADS);

    /** As many threads as the beats of this many attempts want, for each beat is a call that waits for its answer. */
    void sizeFor(int attempts) {
        int wanted = attempts / ATTEMPTS_PER_BEAT_THREAD;
        beats.setCorePoolSize(Math.max(BEAT_THREADS_MIN, Math.min(wanted, BEAT_THREADS_MAX)));
    }

    ScheduledExecutorService beats() {
        return beats;
    }

    ScheduledExecutorService deadlines() {
        return deadlines;
    }

    ScheduledExecutorService reports() {
        return reports;
    }

    @Override
    public void close() {
        beats.shutdownNow();
        deadlines.shutdownNow();
        reports.shutdownNow();
    }

    private static ScheduledThreadPoolExecutor threads(String name, int count) {
        ScheduledThreadPoolExecutor pool = new ScheduledThreadPoolExecutor(count, OwnThreads.daemons(name));
        // Deadlines may be 30 days away; an attempt that has ended must not be kept in memory until then.
        pool.setRemoveOnCancelPolicy(true);
        return pool;
    }
}
