package dev.taskorder.activities.execution;

import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;

/**
 * The threads beside the executors' own. Deadlines have theirs, for a beat waits for Temporal and a report for
 * PostgreSQL, and a deadline waits for nobody.
 */
final class Timers implements AutoCloseable {
    private static final int BEAT_THREADS = 2;
    private static final int REPORT_THREADS = 2;

    private final ScheduledThreadPoolExecutor beats = threads("taskorder-beat", BEAT_THREADS);
    private final ScheduledThreadPoolExecutor deadlines = threads("taskorder-deadline", 1);
    private final ScheduledThreadPoolExecutor reports = threads("taskorder-report", REPORT_THREADS);

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
        ScheduledThreadPoolExecutor pool = new ScheduledThreadPoolExecutor(count, work -> {
            Thread thread = new Thread(work, name);
            thread.setDaemon(true);
            return thread;
        });
        // Deadlines may be 30 days away; an attempt that has ended must not be kept in memory until then.
        pool.setRemoveOnCancelPolicy(true);
        return pool;
    }
}
