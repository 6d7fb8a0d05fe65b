package dev.taskorder.activities.thread;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Work that goes on, on a thread of its own, until it finds that it is to stop. It can be started again once it has ended. */
public final class Loop {
    private final Function<Runnable, Thread> threads;
    private final Runnable work;
    private final long stopMs;
    private volatile CountDownLatch stop = new CountDownLatch(0);
    private volatile @Nullable Thread thread;

    /**
     * @param threads makes one that is not started yet
     * @param work asks {@link #isToStop} before each round
     * @param stopMs how long {@link #stop} waits for it at most
     */
    public Loop(Function<Runnable, Thread> threads, Runnable work, long stopMs) {
        this.threads = threads;
        this.work = work;
        this.stopMs = stopMs;
    }

    public void start() {
        stop = new CountDownLatch(1);
        Thread made = threads.apply(work);
        thread = made;
        made.start();
    }

    /** Waits so many milliseconds for being told to stop; true if it was, or its thread is interrupted. */
    public boolean isToStop(long withinMs) {
        try {
            return stop.await(withinMs, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return true;
        }
    }

    /** Returns when the work has ended, or that took too long. */
    public void stop() {
        stop.countDown();
        Thread running = thread;
        if (running == null) {
            return;
        }
        try {
            running.join(stopMs);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    public boolean isRunning() {
        Thread running = thread;
        return running != null && running.isAlive();
    }
}
