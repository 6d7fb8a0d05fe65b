package dev.taskorder.starter.temporal;

import java.util.function.LongSupplier;

/**
 * How many calls to Temporal may be under way. What has left the table cannot be overtaken, and a server that is given
 * all it can queue makes the most urgent order wait in every one of its steps. So the limit follows the time a call
 * takes: it shrinks when calls queue, and grows while they do not, up to the bound.
 * A call queues if it takes much longer than the {@link ShortestCall}.
 */
final class InFlight {
    static final int MAX = 64;
    private static final double SHRINK = 0.9;
    /** Below one, of itself: there a step of one would be all there is. */
    private static final double GROW = 1.05;
    /**
     * Where calls take many times as long as they may. By tenths alone a crowd of one tenant's starts would take ten
     * seconds and more to go, in which another's start waits behind them.
     */
    private static final double SHRINK_MOST = 0.5;

    /** Where it is something else that makes calls long, the backlog goes on all the same: some orders a second. */
    static final double REST_NANOS_MAX = 200e6;

    /** What is aimed at: that all get through as fast as they can, or that nobody else notices them. */
    enum Aim {
        /** A server that has always something to do; a call under 50 ms queues nowhere, whatever the best one took. */
        THROUGHPUT(16, 2, 3, 50e6),
        /** A server that is idle now and then: one call, and then a rest of up to nineteen times as long. */
        COURTESY(0.1, 0.05, 3, 20e6);

        private final double first;
        private final double min;
        private final double queuesAt;
        private final double shortNanos;

        Aim(double first, double min, double queuesAt, double shortNanos) {
            this.first = first;
            this.min = min;
            this.queuesAt = queuesAt;
            this.shortNanos = shortNanos;
        }
    }

    private final LongSupplier nanoTime;
    private final Aim aim;
    private final ShortestCall shortest;
    private double limit;
    private int underWay;
    private int untilNextShrink;
    private long restsUntil;

    /**
     * For calls of one kind.
     *
     * @param nanoTime as {@link System#nanoTime}
     * @param shortest of all that go the same way
     */
    InFlight(LongSupplier nanoTime, Aim aim, ShortestCall shortest) {
        this.nanoTime = nanoTime;
        this.aim = aim;
        this.shortest = shortest;
        this.limit = aim.first;
        this.restsUntil = nanoTime.getAsLong();
    }

    /** How many more may begin now. */
    synchronized int free() {
        return restNanos() > 0 ? 0 : Math.max(0, Math.max(1, (int) limit) - underWay);
    }

    /** How long nothing may begin, whatever has ended: less than one at a time is one, and then a rest. */
    synchronized long restNanos() {
        return Math.max(0, restsUntil - nanoTime.getAsLong());
    }

    synchronized void begun() {
        underWay++;
    }

    synchronized int underWay() {
        return underWay;
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
        boolean isUsed = underWay >= limit / 2;
        underWay--;
        untilNextShrink--;
        double nanos = (double) tookNanos;
        double allowed = Math.max(aim.shortNanos, aim.queuesAt * shortest.with(nanos));
        if (nanos <= allowed) {
            // what nobody uses tells nothing about more of it (RFC 7661): a burst would find places that were never
            // tried
            limit = isUsed ? Math.min(MAX, limit < 1 ? limit * GROW : limit + 1 / limit) : limit;
        } else if (untilNextShrink <= 0) {
            // Once for all that were under way together: they waited for the same queue.
            limit = Math.max(aim.min, limit * Math.max(SHRINK_MOST, Math.min(SHRINK, allowed / nanos)));
            untilNextShrink = (int) limit;
        }
        if (limit < 1) {
            restsUntil = nanoTime.getAsLong() + (long) Math.min(REST_NANOS_MAX, nanos * (1 / limit - 1));
        }
    }
}
