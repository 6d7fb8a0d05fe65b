package dev.taskorder.workflows.order;

import dev.taskorder.api.failure.FailureType;
import dev.taskorder.api.order.PriorityKeys;
import dev.taskorder.api.order.TaskOrderWorkflow;
import dev.taskorder.api.order.Verdict;
import dev.taskorder.api.tenant.TenantId;
import io.temporal.activity.ActivityCancellationType;
import io.temporal.activity.ActivityOptions;
import io.temporal.activity.LocalActivityOptions;
import io.temporal.common.Priority;
import io.temporal.common.RetryOptions;
import java.time.Duration;
import java.util.Set;

/** Every timeout and every retry of the workflow. */
final class ActivityPolicies {
    /** What no retry mends: the step was asked for something that is not there, or not the caller's. */
    static final Set<String> BEYOND_RETRY = Set.of(
            FailureType.TENANT_MISMATCH.name(), FailureType.NOT_OF_ORDER.name(), FailureType.ORDER_UNKNOWN.name());

    /** A worker that has not beaten for so long is gone; ours beat every second. */
    static final Duration HEARTBEAT_TIMEOUT = Duration.ofSeconds(10);

    /** Beyond deadline and grace, so that the answer of an executor that obeyed at the last moment still arrives. */
    static final Duration ANSWER_MARGIN = Duration.ofSeconds(2);

    /** Six tries in two seconds bridge a lost lock or connection; the workflow task must not wait for more. */
    static final LocalActivityOptions STEP_AT_ONCE = LocalActivityOptions.newBuilder()
            .setScheduleToCloseTimeout(Duration.ofSeconds(5))
            .setRetryOptions(RetryOptions.newBuilder()
                    .setInitialInterval(Duration.ofMillis(50))
                    .setBackoffCoefficient(2)
                    .setMaximumInterval(Duration.ofSeconds(1))
                    .setMaximumAttempts(6)
                    .setDoNotRetry(BEYOND_RETRY.toArray(String[]::new))
                    .build())
            .build();

    /** No limit of attempts: an order never fails because PostgreSQL is away. */
    static final ActivityOptions STEP_UNTIL_DONE = ActivityOptions.newBuilder()
            .setTaskQueue(TaskOrderWorkflow.STEP_TASK_QUEUE)
            .setStartToCloseTimeout(Duration.ofSeconds(15))
            .setRetryOptions(RetryOptions.newBuilder()
                    .setInitialInterval(Duration.ofSeconds(1))
                    .setBackoffCoefficient(2)
                    .setMaximumInterval(Duration.ofSeconds(10))
                    .setDoNotRetry(BEYOND_RETRY.toArray(String[]::new))
                    .build())
            .build();

    private ActivityPolicies() {}

    /** One try only, for the next attempt is a decision of ours; and a cancelled executor is waited for. */
    static ActivityOptions executor(TenantId tenant, Verdict.Execute attempt) {
        return ActivityOptions.newBuilder()
                .setTaskQueue(TaskOrderWorkflow.TASK_QUEUE)
                .setScheduleToCloseTimeout(
                        Duration.ofMillis(attempt.leftMs() + attempt.graceMs()).plus(ANSWER_MARGIN))
                .setHeartbeatTimeout(HEARTBEAT_TIMEOUT)
                .setRetryOptions(RetryOptions.newBuilder().setMaximumAttempts(1).build())
                .setCancellationType(ActivityCancellationType.WAIT_CANCELLATION_COMPLETED)
                .setPriority(share(tenant, attempt))
                .setSummary("attempt " + attempt.attempt())
                .build();
    }

    private static Priority share(TenantId tenant, Verdict.Execute attempt) {
        Priority.Builder share = Priority.newBuilder()
                .setPriorityKey(PriorityKeys.of(attempt.priority()))
                .setFairnessKey(tenant.value());
        Float weight = attempt.weight();
        return (weight == null ? share : share.setFairnessWeight(weight)).build();
    }
}
