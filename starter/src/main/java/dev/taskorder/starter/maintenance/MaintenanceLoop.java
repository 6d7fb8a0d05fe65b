package dev.taskorder.starter.maintenance;

import dev.taskorder.activities.thread.Loop;
import dev.taskorder.activities.thread.OwnThreads;
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

    private final BooleanSupplier pass;
    private final long busyPauseMs;
    private final Loop loop;

    MaintenanceLoop(String name, BooleanSupplier pass) {
        this(name, BUSY_PAUSE_MS, pass);
    }

    /**
     * @param name of its thread
     * @param busyPauseMs between two passes where there was something to do
     * @param pass answers whether there was anything to do
     */
    MaintenanceLoop(String name, long busyPauseMs, BooleanSupplier pass) {
        this.pass = pass;
        this.busyPauseMs = busyPauseMs;
        this.loop = new Loop(work -> OwnThreads.lasting(name, work), this::passes, STOP_MS);
    }

    @Override
    public void start() {
        loop.start();
    }

    private void passes() {
        long pauseMs = busyPauseMs;
        do {
            try {
                pauseMs = pass.getAsBoolean() ? busyPauseMs : IDLE_PAUSE_MS;
            } catch (RuntimeException e) {
                // the database may only be away for a moment
                log.warn("maintenance pass failed, the next one follows: {}", e.toString());
                log.debug("maintenance pass failed", e);
            } catch (Error e) {
                // a thread that ends here would be missed by nobody
                log.error("maintenance pass failed, the next one follows", e);
            }
        } while (!loop.isToStop(pauseMs));
    }

    @Override
    public void stop() {
        loop.stop();
    }

    @Override
    public boolean isRunning() {
        return loop.isRunning();
    }
}
