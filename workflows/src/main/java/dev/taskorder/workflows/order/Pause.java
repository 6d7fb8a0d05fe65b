package dev.taskorder.workflows.order;

import io.temporal.workflow.CancellationScope;
import io.temporal.workflow.CompletablePromise;
import io.temporal.workflow.TimerOptions;
import io.temporal.workflow.Workflow;
import java.time.Duration;
import java.util.function.Supplier;

/** A wait that ends by itself. */
final class Pause {
    private Pause() {}

    /**
     * Waits for the condition, at most so long. {@code Workflow.await} with a timeout leaves its timer running when the
     * condition comes first, and a timer of days would then wake the workflow for nothing; this one is cancelled.
     */
    static void until(Supplier<Boolean> condition, long longestMs, String whatFor) {
        if (condition.get()) {
            return;
        }
        CompletablePromise<Void> timeUp = Workflow.newPromise();
        CancellationScope timer = Workflow.newCancellationScope(() -> timeUp.completeFrom(Workflow.newTimer(
                Duration.ofMillis(Math.max(1, longestMs)),
                TimerOptions.newBuilder().setSummary(whatFor).build())));
        timer.run();
        Workflow.await(() -> timeUp.isCompleted() || condition.get());
        timer.cancel();
    }
}
