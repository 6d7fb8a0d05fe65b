package dev.taskorder.starter.temporal;

import java.util.concurrent.TimeUnit;

/**
 * When to look again after a failure: what failed hides for a while, and nobody else may be there to look. Some looks,
 * further and further apart; what is left then is the sweep's. For one thread.
 */
final class Again {
    private static final long FIRST_MS = 1000;
    private static final long LAST_MS = 8000;
    private static final long NEVER_MS = 60_000;

    private long stepMs = NEVER_MS;
    private long atNanos;

    void failed() {
        set(FIRST_MS);
    }

    /** Whether it is time; if so, the next look is set. */
    boolean isDue() {
        boolean due = stepMs < NEVER_MS && System.nanoTime() - atNanos >= 0;
        if (due) {
            set(stepMs < LAST_MS ? 2 * stepMs : NEVER_MS);
        }
        return due;
    }

    /** How long there is nothing to look for. */
    long waitMs() {
        return stepMs == NEVER_MS
                ? NEVER_MS
                : Math.max(0, TimeUnit.NANOSECONDS.toMillis(atNanos - System.nanoTime()) + 1);
    }

    private void set(long nextMs) {
        stepMs = nextMs;
        atNanos = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(nextMs);
    }
}
