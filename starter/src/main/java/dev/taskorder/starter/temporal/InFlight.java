package dev.taskorder.starter.temporal;

import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * How many calls to Temporal may be under way. What has left the table cannot be overtaken, and a server that is given
 * all it can queue makes the most urgent order wait in every one of its steps. So the limit follows the time a call
 * takes: it shrinks when calls queue, and grows while they do not, up to the bound.
 *
 * <p>A call queues if it takes much longer than the shortest of the last minutes (the windowed minimum of BBR, Cardwell
 * et al. 2016). A queue that is kept short has short calls in any minute, however long the backlog lasts; a way that has
 * become longer has none, and is the measure some minutes later.
 */
final class InFlight {
    static final int MAX = 64;
    private static final int MIN = 2;
    private static final double FIRST = 16;
    /** A call this short queues nowhere, whatever the best one took. */
    private static final double SHORT_NANOS = 50e6;

    private static final double QUEUES_AT = 3;
    private static final double SHRINK = 0.9;
    /**
     * Where calls take many times as long as they may. By tenths alone a crowd of one tenant's starts would take ten
     * seconds and more to go, in which another's start waits behind them.
     */
    private static final double SHRINK_MOST = 0.5;
    /** The shortest call is that of this long at least, and of twice as long at most. */
    static final long WINDOW_NANOS = TimeUnit.MINUTES.toNanos(3);

    private final LongSupplier nanoTime;
    private double limit = FIRST;
    private double bestNow = Double.MAX_VALUE;
    private double bestBefore = Double.MAX_VALUE;
    private long windowBegan;
    private int underWay;
    private int untilNextShrink;

    /** @param nanoTime as {@link System#nanoTime} */
    InFlight(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
        this.windowBegan = nanoTime.getAsLong();
    }

    /** How many more may begin. */
    synchronized int free() {
        return Math.max(0, (int) limit - underWay);
    }

    synchronized void begun() {
        underWay++;
    }

    /** Begins one if there is room; whether there was. */
    synchronized boolean tryBegin() {
        if (free() == 0) {
            return false;
        }
        underWay++;
        return true;
    }

    /** One that began made no call after all. */
    synchronized void withdrawn() {
        underWay--;
    }

    /** One has ended, well or not. */
    synchronized void ended(long tookNanos) {
        underWay--;
        untilNextShrink--;
        double nanos = (double) tookNanos;
        double allowed = Math.max(SHORT_NANOS, QUEUES_AT * bestWith(nanos));
        if (nanos <= allowed) {
            limit = Math.min(MAX, limit + 1 / limit);
        } else if (untilNextShrink <= 0) {
            // Once for all that were under way together: they waited for the same queue.
            limit = Math.max(MIN, limit * Math.max(SHRINK_MOST, Math.min(SHRINK, allowed / nanos)));
            untilNextShrink = (int) limit;
        }
    }

    private double bestWith(double nanos) {
        long now = nanoTime.getAsLong();
        if (now - windowBegan >= WINDOW_NANOS) {
            bestBefore = bestNow;
            bestNow = Double.MAX_VALUE;
            windowBegan = now;
        }
        bestNow = Math.min(bestNow, nanos);
        return Math.min(bestNow, bestBefore);
    }
}
