package dev.taskorder.trials;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/** Processes that a trial started: none outlives it, not even when somebody presses Ctrl-C. */
final class Children {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Set<Process> ALIVE = ConcurrentHashMap.newKeySet();

    static {
        Runtime.getRuntime().addShutdownHook(new Thread(() -> ALIVE.forEach(Children::stop), "stop-children"));
    }

    private Children() {}

    static Process started(Process process) {
        ALIVE.add(process);
        return process;
    }

    /** Asks it to stop, so that it stops what it started itself; harder only if it does not. */
    static void stop(Process process) {
        process.destroy();
        try {
            if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException interrupted) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
        ALIVE.remove(process);
    }
}
