package dev.taskorder.activities.thread;

import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks for something to do, on a thread of its own: again at once after it found something or is woken, and more and more rarely while
 * there is nothing. A look that fails is followed by the next one.
 */
public final class LookLoop {
    private static final Logger log = LoggerFactory.getLogger(LookLoop.class);
    private static final long STOP_MS = 10_000;

    private final String what;
    private final Pace pace;
    private final BooleanSupplier look;
    private final Semaphore woken = new Semaphore(0);
    private final Loop loop;

    /**
     * How often it looks, in milliseconds.
     *
     * @param rest between two looks at least, so that what happens at about the same time is found with one
     * @param idle after the first look that found nothing; twice as long after each other one
     * @param idleMax the longest of these, and after a look that failed
     */
    public record Pace(long rest, long idle, long idleMax) {}

    /**
     * @param thread its name
     * @param what is looked for, for the log
     * @param look answers whether there was anything, or may be more
     */
    public LookLoop(String thread, String what, Pace pace, BooleanSupplier look) {
        this.what = what;
        this.pace = pace;
        this.look = look;
        this.loop = new Loop(work -> OwnThreads.lasting(thread, work), this::looks, STOP_MS);
    }

    /** There is something; cheap, from any thread. */
    public void wake() {
        if (woken.availablePermits() == 0) {
            woken.release();
        }
    }

    /** Also again after it was stopped. */
    public void start() {
        loop.start();
    }

    private void looks() {
        long idle = pace.idle();
        do {
            try {
                idle = look.getAsBoolean() ? pace.idle() : Math.min(2 * idle, pace.idleMax());
            } catch (RuntimeException e) {
                // the database may only be away for a moment
                log.warn("{} could not be looked for, the next look follows: {}", what, e.toString());
                log.debug("{} could not be looked for", what, e);
                idle = pace.idleMax();
            } catch (Error e) {
                // a thread that ends here would be missed by nobody
                log.error("{} could not be looked for, the next look follows", what, e);
                idle = pace.idleMax();
            }
        } while (!loop.isToStop(pace.rest()) && sleeps(idle - pace.rest()));
    }

    /** False if it is to stop. */
    private boolean sleeps(long ms) {
        try {
            if (ms > 0 && woken.tryAcquire(ms, TimeUnit.MILLISECONDS)) {
                woken.drainPermits();
            }
            return !loop.isToStop(0);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** Whether a look under way should come to its end. */
    public boolean isToStop() {
        return loop.isToStop(0);
    }

    /** Returns when the look under way has ended, or that took too long. */
    public void stop() {
        wake();
        loop.stop();
    }

    public boolean isRunning() {
        return loop.isRunning();
    }
}
