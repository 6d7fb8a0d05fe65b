package dev.taskorder.starter.temporal;

import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * How long a call takes that waits for no other: the shortest of the last minutes (the windowed minimum of BBR, Cardwell et al.
 * 2016). A queue that is kept short has short calls in any minute, however long the backlog lasts; a way that has become longer
 * has none, and is the measure some minutes later.
 */
final class ShortestCall {
    /** It is that of this long at least, and of twice as long at most. */
    static final long WINDOW_NANOS = TimeUnit.MINUTES.toNanos(3);

    private final LongSupplier nanoTime;
    private double now = Double.MAX_VALUE;
    private double before = Double.MAX_VALUE;
    private long windowBegan;

    /** @param nanoTime as {@link System#nanoTime} */
    ShortestCall(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
        this.windowBegan = nanoTime.getAsLong();
    }

    /** It, in nanoseconds, this one among them. */
    synchronized double with(double nanos) {
        long time = nanoTime.getAsLong();
        if (time - windowBegan >= WINDOW_NANOS) {
            before = now;
            now = Double.MAX_VALUE;
            windowBegan = time;
        }
        now = Math.min(now, nanos);
        return Math.min(now, before);
    }
}
