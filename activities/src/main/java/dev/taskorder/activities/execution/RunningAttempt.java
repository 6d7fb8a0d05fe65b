package dev.taskorder.activities.execution;

import dev.taskorder.api.order.AttemptRef;
import io.temporal.activity.ActivityExecutionContext;
import io.temporal.client.ActivityCanceledException;
import io.temporal.client.ActivityCompletionException;
import io.temporal.common.CancellationToken;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;

/**
 * One attempt on its activity's thread, as others see it: those who beat for it, cancel it or give it up. An executor
 * is interrupted at most once, and never when it has already returned.
 */
final class RunningAttempt {
    private static final Logger log = LoggerFactory.getLogger(RunningAttempt.class);

    private final AttemptRef ref;
    private final ActivityExecutionContext context;
    /** Tenant and trace of the activity's thread: the threads that beat for it, stop it or lose it log as it does. */
    private final @Nullable Map<String, String> logContext = MDC.getCopyOfContextMap();

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition stopped = lock.newCondition();
    private volatile @Nullable Stop stop;
    private volatile boolean lost;
    private boolean over;
    private @Nullable Thread executing;
    private @Nullable ScheduledFuture<?> beats;
    private CancellationToken.@Nullable Registration heard;

    /** Why an executor is asked to stop; the first reason stands. */
    enum Stop {
        /** Somebody wishes it, or the order has no use for it any more. */
        WISHED,
        /** The order's deadline has come. */
        DEADLINE,
        /** Temporal waits for it no longer, and nobody wished that. */
        FORSAKEN
    }

    RunningAttempt(AttemptRef ref, ActivityExecutionContext context) {
        this.ref = ref;
        this.context = context;
    }

    AttemptRef ref() {
        return ref;
    }

    /** Whether it was asked to stop. */
    boolean cancelled() {
        return stop != null;
    }

    /** Whether it was asked to stop for this reason. */
    boolean stoppedFor(Stop reason) {
        return stop == reason;
    }

    /** Whether it was given up by {@link #lose}: its activity has failed already. */
    boolean lost() {
        return lost;
    }

    /** Begins to beat; a cancel comes back with a beat's answer, and is heard at once. */
    void beatEverySecond(Timers timers) {
        heard = context.getCancellationToken().onCancel(() -> stop(Stop.WISHED, "Temporal asks for it"));
        beats = timers.beats().scheduleWithFixedDelay(() -> logging(this::beat), 1, 1, TimeUnit.SECONDS);
    }

    /** Runs the executor on this thread; afterwards no interrupt meant for it is left behind. */
    <T> T executing(Callable<T> executor) throws Exception {
        lock.lock();
        try {
            executing = Thread.currentThread();
            if (cancelled()) {
                executing.interrupt();
            }
        } finally {
            lock.unlock();
        }
        try {
            return executor.call();
        } finally {
            stopExecuting();
        }
    }

    private void stopExecuting() {
        lock.lock();
        try {
            executing = null;
            // Cleared whoever set it: what follows stores the result, and must not fail for an interrupt that is done.
            boolean ignored = Thread.interrupted();
        } finally {
            lock.unlock();
        }
    }

    /** Asks the executor to stop, once. */
    void stop(Stop reason, String why) {
        lock.lock();
        try {
            if (!cancelled() && !over) {
                logging(() ->
                        log.info("attempt asked to stop task={} attempt={} why={}", ref.taskId(), ref.attempt(), why));
                stop = reason;
                stopped.signalAll();
                if (executing != null) {
                    executing.interrupt();
                }
            }
        } finally {
            lock.unlock();
        }
    }

    /** Gives it up with the process: its activity fails now, whatever the executor does. */
    void lose() {
        lock.lock();
        try {
            if (over || lost) {
                return;
            }
            lost = true;
            stopped.signalAll();
            context.doNotCompleteOnReturn();
            stop(Stop.WISHED, "the process ends");
        } finally {
            lock.unlock();
        }
        try {
            context.getWorkflowClient()
                    .newActivityCompletionClient()
                    .completeExceptionally(context.getTaskToken(), Lost.failure("the worker's process ends"));
        } catch (ActivityCompletionException e) {
            logging(() -> log.debug("attempt was over already task={} attempt={}", ref.taskId(), ref.attempt(), e));
        }
    }

    /** Waits; ends early when the attempt is given up, or, if asked for, cancelled. */
    void pause(long millis, boolean untilCancelled) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            long left = TimeUnit.MILLISECONDS.toNanos(millis);
            while (left > 0 && !lost && !(untilCancelled && cancelled())) {
                left = stopped.awaitNanos(left);
            }
        } finally {
            lock.unlock();
        }
    }

    /** Its activity is about to answer: nobody cancels or loses it from here on. */
    void finish() {
        lock.lock();
        try {
            over = true;
        } finally {
            lock.unlock();
        }
        if (beats != null) {
            beats.cancel(false);
        }
        if (heard != null) {
            heard.close();
        }
    }

    /** Does the work of a thread that no call has given this attempt's tenant and trace to log with. */
    void logging(Runnable work) {
        Map<String, String> before = MDC.getCopyOfContextMap();
        MDC.setContextMap(logContext == null ? Map.of() : logContext);
        try {
            work.run();
        } finally {
            MDC.setContextMap(before == null ? Map.of() : before);
        }
    }

    private void beat() {
        try {
            context.heartbeat(null);
        } catch (ActivityCanceledException e) {
            // With a cause it is the SDK's own: for the whole heartbeat timeout no beat got through.
            boolean asked = e.getCause() == null;
            stop(asked ? Stop.WISHED : Stop.FORSAKEN, asked ? "Temporal asks for it" : "Temporal is away");
        } catch (ActivityCompletionException e) {
            stop(Stop.FORSAKEN, e.getClass().getSimpleName());
        } catch (RuntimeException e) {
            // A throw would end the series of beats, and with it the attempt.
            log.warn("beat failed task={} attempt={}", ref.taskId(), ref.attempt(), e);
        }
    }
}
