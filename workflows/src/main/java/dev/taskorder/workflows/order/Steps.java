package dev.taskorder.workflows.order;

import dev.taskorder.api.order.OrderSteps;
import dev.taskorder.api.order.TaskOrderRef;
import dev.taskorder.api.order.Verdict;
import io.temporal.failure.ActivityFailure;
import io.temporal.failure.ApplicationFailure;
import io.temporal.workflow.Workflow;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/**
 * The steps of an order, each tried inside the workflow task first, for that is what makes a plain order cheap; when the
 * short retries there are used up, the same step waits for PostgreSQL as a regular activity. A step that no retry mends
 * fails the workflow.
 */
final class Steps {
    private static final Logger LOG = Workflow.getLogger(Steps.class);

    private final OrderSteps atOnce = Workflow.newLocalActivityStub(OrderSteps.class, ActivityPolicies.STEP_AT_ONCE);
    private final OrderSteps untilDone = Workflow.newActivityStub(OrderSteps.class, ActivityPolicies.STEP_UNTIL_DONE);

    Verdict admit(TaskOrderRef order) {
        return take(steps -> steps.admit(order));
    }

    Verdict proceed(TaskOrderRef order) {
        return take(steps -> steps.proceed(order));
    }

    Verdict conclude(OrderSteps.AttemptEnd end) {
        return take(steps -> steps.conclude(end));
    }

    Verdict end(OrderSteps.EndOrder end) {
        return take(steps -> steps.end(end));
    }

    @Nullable
    Integer reprioritise(OrderSteps.Reprioritise command) {
        return take(steps -> steps.reprioritise(command));
    }

    private <T extends @Nullable Object> T take(Function<OrderSteps, T> step) {
        try {
            return step.apply(atOnce);
        } catch (ActivityFailure usedUp) {
            if (isBeyondRetry(usedUp)) {
                throw failedWorkflow(usedUp);
            }
            LOG.warn("step goes on as a regular activity", usedUp);
        }
        try {
            return step.apply(untilDone);
        } catch (ActivityFailure refused) {
            throw failedWorkflow(refused);
        }
    }

    private static boolean isBeyondRetry(ActivityFailure failure) {
        return failure.getCause() instanceof ApplicationFailure cause
                && (cause.isNonRetryable() || ActivityPolicies.BEYOND_RETRY.contains(cause.getType()));
    }

    private static ApplicationFailure failedWorkflow(ActivityFailure failure) {
        String type = failure.getCause() instanceof ApplicationFailure cause ? cause.getType() : "STEP_FAILED";
        return ApplicationFailure.newNonRetryableFailureWithCause(
                "step " + failure.getActivityType() + " failed for good", type, failure);
    }
}
