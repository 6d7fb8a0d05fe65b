package dev.taskorder.starter.maintenance;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;

/** Runs a pass a second, one at a time, as long as the application runs; a pass that fails is followed by the next. */
final class MaintenanceLoop implements SmartLifecycle {
    private static final Logger log = LoggerFactory.getLogger(MaintenanceLoop.class);
    private static final long PAUSE_MS = 1000;
    private static final long STOP_MS = 10_000;

    private final MaintenancePass pass;
    private volatile CountDownLatch stop = new CountDownLatch(0);
    private volatile Thread thread = new Thread();

    MaintenanceLoop(MaintenancePass pass) {
        this.pass = pass;
    }

    @Override
    public void start() {
        stop = new CountDownLatch(1);
        thread = new Thread(this::loop, "maintenance");
        thread.start();
    }

    private void loop() {
        boolean begun = false;
        try {
            do {
                boolean well = guarded(begun ? pass::run : pass::begin);
                begun |= well;
            } while (!stop.await(PAUSE_MS, TimeUnit.MILLISECONDS));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Whether it went well; the database may only be away for a moment. */
    private static boolean guarded(Runnable work) {
        try {
            work.run();
            return true;
        } catch (RuntimeException e) {
            log.warn("maintenance pass failed, the next one follows: {}", e.toString());
            log.debug("maintenance pass failed", e);
            return false;
        }
    }

    @Override
    public void stop() {
        stop.countDown();
        try {
            thread.join(STOP_MS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public boolean isRunning() {
        return thread.isAlive();
    }
}
