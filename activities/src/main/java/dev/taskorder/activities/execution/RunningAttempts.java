package dev.taskorder.activities.execution;

import dev.taskorder.activities.thread.OwnThreads;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The attempts that this process runs now. */
final class RunningAttempts {
    private static final Logger log = LoggerFactory.getLogger(RunningAttempts.class);

    private static final int LOSE_THREADS = 16;
    private static final int LOSE_SECONDS = 5;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition left = lock.newCondition();
    private final Set<RunningAttempt> attempts = new HashSet<>();
    private final Timers timers;
    private boolean draining;

    RunningAttempts(Timers timers) {
        this.timers = timers;
    }

    /** Counts an attempt in, unless the process is about to end: then the attempt is lost before it has begun. */
    void enter(RunningAttempt attempt) {
        lock.lock();
        try {
            if (draining) {
                throw Lost.failure("the worker's process ends");
            }
            attempts.add(attempt);
            timers.sizeFor(attempts.size());
        } finally {
            lock.unlock();
        }
    }

    void leave(RunningAttempt attempt) {
        lock.lock();
        try {
            attempts.remove(attempt);
            timers.sizeFor(attempts.size());
            left.signalAll();
        } finally {
            lock.unlock();
        }
    }

    void drain(Duration grace) throws InterruptedException {
        tellOfThem(grace);
        List<RunningAttempt> rest = leftAfter(grace.toNanos());
        if (!rest.isEmpty()) {
            log.warn("attempts given up at the end of the grace count={}", rest.size());
            loseAll(rest);
        }
    }

    private void tellOfThem(Duration grace) {
        lock.lock();
        try {
            if (!attempts.isEmpty()) {
                log.info("stopping; attempts that run get up to {} s count={}", grace.toSeconds(), attempts.size());
            }
        } finally {
            lock.unlock();
        }
    }

    /** Side by side and not for long: a Temporal that does not answer finds out by the missing beats. */
    private static void loseAll(List<RunningAttempt> rest) throws InterruptedException {
        ExecutorService callers =
                Executors.newFixedThreadPool(Math.min(rest.size(), LOSE_THREADS), OwnThreads.daemons("taskorder-lose"));
        try {
            callers.invokeAll(
                    rest.stream()
                            .map(attempt -> Executors.callable(attempt::lose))
                            .toList(),
                    LOSE_SECONDS,
                    TimeUnit.SECONDS);
        } finally {
            callers.shutdownNow();
        }
    }

    private List<RunningAttempt> leftAfter(long graceNanos) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            draining = true;
            long nanos = graceNanos;
            while (!attempts.isEmpty() && nanos > 0) {
                nanos = left.awaitNanos(nanos);
            }
            return List.copyOf(attempts);
        } finally {
            lock.unlock();
        }
    }
}
