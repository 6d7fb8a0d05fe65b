package dev.taskorder.workflows.order;

import dev.taskorder.api.failure.FailureType;
import dev.taskorder.api.order.AttemptRef;
import dev.taskorder.api.order.Limits;
import dev.taskorder.api.order.OrderSteps.AttemptEnd;
import dev.taskorder.api.order.OrderSteps.How;
import dev.taskorder.api.order.TaskOrderRef;
import dev.taskorder.api.order.Verdict;
import io.temporal.api.enums.v1.TimeoutType;
import io.temporal.failure.ActivityFailure;
import io.temporal.failure.ApplicationFailure;
import io.temporal.failure.CanceledFailure;
import io.temporal.failure.TimeoutFailure;
import io.temporal.workflow.ActivityStub;
import io.temporal.workflow.CancellationScope;
import io.temporal.workflow.CompletablePromise;
import io.temporal.workflow.Workflow;
import org.jspecify.annotations.Nullable;

/** One attempt at its executor. The activity's type is the task's type; its answer lies in the attempt's row. */
final class ExecutorCall {
    private final TaskOrderRef order;
    private final int number;
    private final CompletablePromise<String> answer = Workflow.newPromise();
    private final CancellationScope scope;

    private ExecutorCall(TaskOrderRef order, Verdict.Execute attempt) {
        this.order = order;
        this.number = attempt.attempt();
        ActivityStub executor = Workflow.newUntypedActivityStub(ActivityPolicies.executor(order.tenant(), attempt));
        AttemptRef ref = new AttemptRef(order.tenant(), order.taskId(), number);
        // a scope of its own: cancelling the attempt leaves the steps that settle it untouched
        this.scope = Workflow.newCancellationScope(
                () -> answer.completeFrom(executor.executeAsync(attempt.taskType(), String.class, ref)));
    }

    static ExecutorCall start(TaskOrderRef order, Verdict.Execute attempt) {
        ExecutorCall call = new ExecutorCall(order, attempt);
        call.scope.run();
        return call;
    }

    boolean hasEnded() {
        return answer.isCompleted();
    }

    /** Asks the executor to stop; whether it does is seen by {@link #hasEnded()}. */
    void cancel(String reason) {
        scope.cancel(reason);
    }

    /** How it ended as the workflow saw it; one that has not ended is given up. */
    AttemptEnd end(CancelWish.@Nullable Said wish) {
        RuntimeException failure = hasEnded() ? answer.getFailure() : null;
        How how = hasEnded() ? howOf(failure) : How.ABANDONED;
        return new AttemptEnd(
                order.tenant(),
                order.taskId(),
                order.runNo(),
                number,
                how,
                wish == null ? null : wish.reason(),
                wish == null ? null : wish.requestedBy(),
                how == How.FAULT ? messageOf(failure) : null);
    }

    private static How howOf(@Nullable RuntimeException failure) {
        if (failure == null) {
            return How.ANSWERED;
        }
        Throwable cause = failure instanceof ActivityFailure ? failure.getCause() : failure;
        if (cause instanceof TimeoutFailure timeout) {
            // any other timeout means that nobody answered within deadline and grace, not that the worker died
            return timeout.getTimeoutType() == TimeoutType.TIMEOUT_TYPE_HEARTBEAT ? How.LOST : How.ABANDONED;
        }
        if (cause instanceof CanceledFailure) {
            // never picked up, or stopped without an answer: the attempt's row knows which
            return How.ABANDONED;
        }
        if (cause instanceof ApplicationFailure said
                && FailureType.EXECUTOR_LOST.name().equals(said.getType())) {
            return How.LOST;
        }
        return How.FAULT;
    }

    private static String messageOf(@Nullable RuntimeException failure) {
        Throwable cause = failure instanceof ActivityFailure ? failure.getCause() : failure;
        String message = cause instanceof ApplicationFailure said
                ? said.getType() + ": " + said.getOriginalMessage()
                : String.valueOf(cause);
        return PlainText.of(message, Limits.RESULT_MESSAGE_CHARS_MAX);
    }
}
