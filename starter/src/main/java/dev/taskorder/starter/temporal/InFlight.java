package dev.taskorder.starter.temporal;

/**
 * How many calls to Temporal may be under way. What has left the table cannot be overtaken, and a server that is given
 * all it can queue makes the most urgent order wait in every one of its steps. So the limit follows the time a call
 * takes: it shrinks when calls queue, and grows while they do not, up to the bound.
 */
final class InFlight {
    static final int MAX = 64;
    private static final int MIN = 2;
    private static final double FIRST = 16;
    /** A call this short queues nowhere, whatever the best one took. */
    private static final double SHORT_NANOS = 50e6;

    private static final double QUEUES_AT = 3;
    private static final double SHRINK = 0.9;
    /** By which the best time is forgotten with each call: a way that has become longer must become the measure. */
    private static final double FORGET = 1.001;

    private double limit = FIRST;
    private double bestNanos = Double.MAX_VALUE;
    private int underWay;
    private int untilNextShrink;

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
        bestNanos = Math.min(bestNanos * FORGET, nanos);
        if (nanos <= Math.max(SHORT_NANOS, QUEUES_AT * bestNanos)) {
            limit = Math.min(MAX, limit + 1 / limit);
        } else if (untilNextShrink <= 0) {
            // Once for all that were under way together: they waited for the same queue.
            limit = Math.max(MIN, limit * SHRINK);
            untilNextShrink = (int) limit;
        }
    }
}
