package dev.taskorder.activities.execution;

import dev.taskorder.activities.execution.AttemptStore.Begun;
import dev.taskorder.activities.execution.AttemptStore.Ended;
import dev.taskorder.activities.execution.RunningAttempt.Stop;
import dev.taskorder.activities.tenant.TenantBinder;
import dev.taskorder.api.execution.ExecutionRequest;
import dev.taskorder.api.execution.ExecutionResult;
import dev.taskorder.api.execution.Executor;
import dev.taskorder.api.execution.ResultCodes;
import dev.taskorder.api.order.AttemptRef;
import io.temporal.activity.Activity;
import io.temporal.activity.ActivityExecutionContext;
import io.temporal.activity.DynamicActivity;
import io.temporal.common.converter.EncodedValues;
import java.time.Duration;
import java.util.Collection;
import java.util.Map;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;

/**
 * Runs one attempt: begins it in the store, once ever, calls its executor, keeps the result under the attempt's token
 * and answers with the code. The history gets nothing else.
 */
final class AttemptActivity implements DynamicActivity {
    private static final Logger log = LoggerFactory.getLogger(AttemptActivity.class);
    private static final long BACK_OFF_MS_FIRST = 100;
    private static final long BACK_OFF_MS_MAX = 2000;

    private final AttemptStore store;
    private final Map<String, Executor> executors;
    private final RunningAttempts running;
    private final TenantBinder tenants;
    private final Timers timers;

    AttemptActivity(
            AttemptStore store,
            Collection<Executor> executors,
            RunningAttempts running,
            TenantBinder tenants,
            Timers timers) {
        this.store = store;
        this.executors = executors.stream().collect(Collectors.toUnmodifiableMap(Executor::name, Function.identity()));
        this.running = running;
        this.tenants = tenants;
        this.timers = timers;
    }

    @Override
    public @Nullable Object execute(EncodedValues arguments) {
        long arrived = System.nanoTime();
        ActivityExecutionContext context = Activity.getExecutionContext();
        RunningAttempt attempt = new RunningAttempt(arguments.get(0, AttemptRef.class), context);
        running.enter(attempt);
        try {
            attempt.beatEverySecond(timers);
            String code = resultCode(attempt, arrived + lifetimeOf(context).toNanos());
            attempt.finish();
            return attempt.lost() ? null : code;
        } catch (RuntimeException e) {
            attempt.finish();
            if (attempt.lost()) {
                // Its activity has failed already: a second answer would only be refused.
                log.debug("attempt ended after it was given up", e);
                return null;
            }
            throw e;
        } finally {
            running.leave(attempt);
        }
    }

    private String resultCode(RunningAttempt attempt, long endNanos) {
        Begun begun = patiently(attempt, endNanos, true, () -> store.begin(attempt.ref()));
        if (begun instanceof Begun.AlreadyEnded ended) {
            return ended.resultCode();
        }
        if (!(begun instanceof Begun.Run run)) {
            throw Lost.failure(
                    begun instanceof Begun.AlreadyBegun
                            ? "the attempt was begun before and has not answered"
                            : "the order has gone on without this attempt");
        }
        return run(attempt, run);
    }

    private String run(RunningAttempt attempt, Begun.Run run) {
        long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(run.leftMs());
        Reports reports = new Reports(attempt, run.request().attemptToken(), store, tenants, timers);
        Answer answer = answerOf(attempt, run, reports);
        reports.close();
        if (attempt.lost()) {
            throw Lost.failure("the worker's process ends");
        }
        long end = deadline + TimeUnit.MILLISECONDS.toNanos(run.graceMs());
        boolean done = ResultCodes.OK.equals(answer.result().resultCode());
        boolean cutShort = !done && attempt.stoppedFor(Stop.FORSAKEN);
        boolean overdue = !done && attempt.stoppedFor(Stop.DEADLINE);
        if (cutShort) {
            reports.ended(answer.result().costs());
        } else {
            reports.answered();
        }
        patiently(attempt, end, false, () -> {
            reports.flush();
            return true;
        });
        if (cutShort) {
            // What it says after an interrupt that nobody wished is no answer: as one, it would end the order.
            throw Lost.failure("Temporal waits for the attempt no longer");
        }
        return patiently(attempt, end, false, () -> complete(attempt, run.request(), answer, overdue));
    }

    private Answer answerOf(RunningAttempt attempt, Begun.Run run, Reports reports) {
        Executor executor = executors.get(run.executor());
        if (executor == null) {
            return ResultCheck.error("no executor named '" + run.executor() + "' in this worker", reports.costs());
        }
        if (run.leftMs() <= 0) {
            attempt.stop(Stop.DEADLINE, "the deadline");
        }
        if (attempt.cancelled()) {
            return ResultCheck.error("cancelled or too late before the executor was called", reports.costs());
        }
        ScheduledFuture<?> deadline = timers.deadlines()
                .schedule(() -> attempt.stop(Stop.DEADLINE, "the deadline"), run.leftMs(), TimeUnit.MILLISECONDS);
        try {
            ExecutionResult result = attempt.executing(() -> executor.execute(run.request(), reports));
            Answer answer = ResultCheck.checked(run.request(), result, reports.costs());
            warnIfLowered(attempt, answer);
            return answer;
        } catch (Exception | LinkageError | AssertionError | StackOverflowError e) {
            return errorOf(attempt, e, reports);
        } finally {
            deadline.cancel(false);
        }
    }

    private static Answer errorOf(RunningAttempt attempt, Throwable e, Reports reports) {
        if (attempt.cancelled()) {
            log.info(
                    "executor stopped when asked to task={} attempt={}",
                    attempt.ref().taskId(),
                    attempt.ref().attempt());
        } else {
            log.warn(
                    "executor failed task={} attempt={}",
                    attempt.ref().taskId(),
                    attempt.ref().attempt(),
                    e);
        }
        String message = e.getMessage();
        return ResultCheck.error(
                message == null || message.isBlank() ? e.getClass().getSimpleName() : message, reports.costs());
    }

    private static void warnIfLowered(RunningAttempt attempt, Answer answer) {
        if (!answer.lowered().isEmpty()) {
            log.warn(
                    "costs in a result are lower than told before, what was told stands task={} attempt={} costs={}",
                    attempt.ref().taskId(),
                    attempt.ref().attempt(),
                    answer.lowered());
        }
    }

    /** What the store refuses for good is the executor's fault: kept as such, so that the order does not hang on it. */
    private String complete(RunningAttempt attempt, ExecutionRequest request, Answer answer, boolean overdue) {
        try {
            return kept(store.complete(attempt.ref(), request.attemptToken(), answer, overdue), answer);
        } catch (DataAccessException e) {
            if (StoreFaults.mayPass(e)) {
                throw e;
            }
            log.error(
                    "result refused task={} attempt={}",
                    attempt.ref().taskId(),
                    attempt.ref().attempt(),
                    e);
            Answer error = ResultCheck.error(
                    "the result could not be stored", answer.result().costs());
            Answer refused = new Answer(error.result(), answer.lowered());
            return kept(store.complete(attempt.ref(), request.attemptToken(), refused, overdue), refused);
        }
    }

    private static String kept(Ended ended, Answer answer) {
        if (ended instanceof Ended.Late) {
            throw Lost.failure("the attempt had been given up when its executor answered");
        }
        return answer.result().resultCode();
    }

    /** Asks the store again, with back-off, while the beats go on, until its time is up. */
    private static <T> T patiently(
            RunningAttempt attempt, long endNanos, boolean untilCancelled, Supplier<T> question) {
        long backOffMs = BACK_OFF_MS_FIRST;
        while (true) {
            try {
                return question.get();
            } catch (RuntimeException e) {
                if (!StoreFaults.mayPass(e)) {
                    throw e;
                }
                boolean stop = attempt.lost() || (untilCancelled && attempt.cancelled());
                if (stop || System.nanoTime() - endNanos >= 0) {
                    log.error(
                            "store did not answer task={} attempt={}",
                            attempt.ref().taskId(),
                            attempt.ref().attempt(),
                            e);
                    throw Lost.failure("the store did not answer in time");
                }
                log.warn("store away, asked again in {} ms", backOffMs, e);
            }
            try {
                attempt.pause(backOffMs, untilCancelled);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw Lost.failure("the worker's process ends");
            }
            backOffMs = Math.min(2 * backOffMs, BACK_OFF_MS_MAX);
        }
    }

    /** How long Temporal waits for the activity: before the attempt has begun, all that is known of its deadline. */
    private static Duration lifetimeOf(ActivityExecutionContext context) {
        Duration whole = context.getInfo().getScheduleToCloseTimeout();
        return whole.isZero() ? context.getInfo().getStartToCloseTimeout() : whole;
    }
}
