package dev.taskorder.workflows.order;

import static org.assertj.core.api.Assertions.assertThat;

import dev.taskorder.api.failure.FailureType;
import dev.taskorder.api.order.AttemptRef;
import io.temporal.activity.Activity;
import io.temporal.activity.ActivityExecutionContext;
import io.temporal.activity.DynamicActivity;
import io.temporal.client.ActivityCompletionException;
import io.temporal.common.converter.EncodedValues;
import io.temporal.failure.ApplicationFailure;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Stands for all executors of our JVM: marks the attempt as begun, does as told, stores the result with the attempt. */
final class FakeExecutor implements DynamicActivity {
    private final OrderBook book;
    private final CountDownLatch testOver = new CountDownLatch(1);
    private final Set<Integer> stopped = ConcurrentHashMap.newKeySet();
    private final Map<Integer, Work> script = new HashMap<>();
    private final List<String> seen = new ArrayList<>();
    private Work otherwise = (attempt, context) -> "OK";

    /** What an attempt does; the code it answers with is stored. */
    @FunctionalInterface
    interface Work {
        String run(int attempt, ActivityExecutionContext context);
    }

    FakeExecutor(OrderBook book) {
        this.book = book;
    }

    @Override
    public Object execute(EncodedValues arguments) {
        AttemptRef ref = arguments.get(0, AttemptRef.class);
        ActivityExecutionContext context = Activity.getExecutionContext();
        if (!book.begin(ref.attempt())) {
            throw lost("the order has gone on without this attempt");
        }
        String code = workOf(ref, context).run(ref.attempt(), context);
        if (!book.store(ref.attempt(), code)) {
            throw lost("the attempt had been given up when its executor answered");
        }
        return code;
    }

    private static ApplicationFailure lost(String why) {
        return ApplicationFailure.newNonRetryableFailure(why, FailureType.EXECUTOR_LOST.name());
    }

    private synchronized Work workOf(AttemptRef ref, ActivityExecutionContext context) {
        seen.add(context.getInfo().getActivityType() + " " + ref.tenant() + " " + ref.attempt());
        return script.getOrDefault(ref.attempt(), otherwise);
    }

    synchronized FakeExecutor attempt(int number, Work work) {
        script.put(number, work);
        return this;
    }

    synchronized FakeExecutor always(Work work) {
        otherwise = work;
        return this;
    }

    static Work answering(String code) {
        return (attempt, context) -> code;
    }

    static Work throwing(RuntimeException failure) {
        return (attempt, context) -> {
            throw failure;
        };
    }

    /** Works until it is asked to stop, and then answers. */
    Work obedient() {
        return (attempt, context) -> {
            try {
                do {
                    context.heartbeat(null);
                } while (!over(20) && !stopped.contains(attempt));
                return "OK";
            } catch (ActivityCompletionException cancelled) {
                return "CANCELLED";
            }
        };
    }

    /** Works on, whoever asks, until the test is over. */
    Work stubborn() {
        return (attempt, context) -> {
            do {
                try {
                    context.heartbeat(null);
                } catch (ActivityCompletionException ignored) {
                    // that is what makes it stubborn
                }
            } while (!over(20));
            return "OK";
        };
    }

    /** Never gives a sign of life. */
    Work silent() {
        return (attempt, context) -> {
            over(30_000);
            return "OK";
        };
    }

    synchronized List<String> seen() {
        return List.copyOf(seen);
    }

    /** Waits until so many attempts have begun. */
    void seen_at_least(int attempts) {
        for (int waited = 0; seen().size() < attempts && waited < 400; waited++) {
            over(10);
        }
        assertThat(seen()).hasSizeGreaterThanOrEqualTo(attempts);
    }

    /** An obedient one of this attempt answers by itself. */
    void stop(int attempt) {
        stopped.add(attempt);
    }

    void release() {
        testOver.countDown();
    }

    private boolean over(long ms) {
        try {
            return testOver.await(ms, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            return true;
        }
    }
}
