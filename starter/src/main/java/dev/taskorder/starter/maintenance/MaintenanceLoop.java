package dev.taskorder.starter.maintenance;

import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;

/** Runs a pass a second, one at a time, as long as the application runs; a pass that fails is followed by the next. */
final class MaintenanceLoop implements SmartLifecycle {
    private static final Logger log = LoggerFactory.getLogger(MaintenanceLoop.class);
    private static final long PAUSE_MS = 1000;
    private static final long STOP_SECONDS = 10;

    private final MaintenancePass pass;
    private volatile ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor();
    private volatile boolean running;

    MaintenanceLoop(MaintenancePass pass) {
        this.pass = pass;
    }

    @Override
    public void start() {
        thread = Executors.newSingleThreadScheduledExecutor(work -> new Thread(work, "maintenance"));
        running = true;
        thread.execute(this::begin);
        thread.scheduleWithFixedDelay(this::once, PAUSE_MS, PAUSE_MS, TimeUnit.MILLISECONDS);
    }

    private void begin() {
        guarded(pass::begin);
    }

    private void once() {
        guarded(pass::run);
    }

    /** An exception would end the schedule for ever: the database may only be away for a moment. */
    private void guarded(Runnable work) {
        try {
            work.run();
        } catch (RuntimeException e) {
            log.warn("maintenance pass failed, the next one follows: {}", e.toString());
            log.debug("maintenance pass failed", e);
        }
    }

    @Override
    public void stop() {
        running = false;
        thread.shutdown();
        try {
            if (!thread.awaitTermination(STOP_SECONDS, TimeUnit.SECONDS)) {
                thread.shutdownNow();
            }
        } catch (InterruptedException e) {
            thread.shutdownNow();
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public boolean isRunning() {
        return running;
    }
}
