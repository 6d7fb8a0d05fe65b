package dev.taskorder.starter.temporal;

import java.util.concurrent.TimeUnit;

/**
 * How many starts may be under way. What is under way has left the table, and a more urgent order that comes now waits
 * behind it: so no more than Temporal answers promptly, and never more than the bound.
 */
final class InFlight {
    private static final int MIN = 8;
    private static final int MAX = 64;
    private static final long PROMPT_NANOS = TimeUnit.MILLISECONDS.toNanos(300);

    private int limit = MAX / 2;
    private int underWay;

    /** How many more may begin. */
    synchronized int free() {
        return Math.max(0, limit - underWay);
    }

    synchronized void begun(int count) {
        underWay += count;
    }

    /** One has ended, well or not. */
    synchronized void ended(long tookNanos) {
        underWay--;
        limit = tookNanos <= PROMPT_NANOS ? Math.min(MAX, limit + 1) : Math.max(MIN, limit - 1);
    }

    synchronized int underWay() {
        return underWay;
    }
}
