package dev.taskorder.starter.maintenance;

import dev.taskorder.activities.thread.OwnThreads;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;

/**
 * Runs one pass after the other as long as the application runs: soon again where something was found, at leisure while
 * there is nothing to do. A pass that fails is followed by the next.
 */
final class MaintenanceLoop implements SmartLifecycle {
    private static final Logger log = LoggerFactory.getLogger(MaintenanceLoop.class);
    private static final long BUSY_PAUSE_MS = 1000;
    private static final long IDLE_PAUSE_MS = 2000;
    private static final long STOP_MS = 10_000;

    private final String name;
    private final BooleanSupplier pass;
    private volatile CountDownLatch stop = new CountDownLatch(0);
    private volatile Thread thread = OwnThreads.none();

    /**
     * @param name of its thread
     * @param pass answers whether there was anything to do
     */
    MaintenanceLoop(String name, BooleanSupplier pass) {
        this.name = name;
        this.pass = pass;
    }

    @Override
    public void start() {
        stop = new CountDownLatch(1);
        thread = OwnThreads.lasting(name, this::loop);
        thread.start();
    }

    private void loop() {
        long pauseMs = BUSY_PAUSE_MS;
        try {
            do {
                try {
                    pauseMs = pass.getAsBoolean() ? BUSY_PAUSE_MS : IDLE_PAUSE_MS;
                } catch (RuntimeException e) {
                    // the database may only be away for a moment
                    log.warn("maintenance pass failed, the next one follows: {}", e.toString());
                    log.debug("maintenance pass failed", e);
                } catch (Error e) {
                    // a thread that ends here would be missed by nobody
                    log.error("maintenance pass failed, the next one follows", e);
                }
            } while (!stop.await(pauseMs, TimeUnit.MILLISECONDS));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
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
