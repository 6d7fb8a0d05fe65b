package dev.taskorder.starter.maintenance;

import dev.taskorder.activities.order.OrderRecovery.CheckDue;
import dev.taskorder.activities.order.OrderRecovery.Loss;
import dev.taskorder.api.order.TaskOrderWorkflow;
import dev.taskorder.api.order.WorkflowIds;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.temporal.api.common.v1.WorkflowExecution;
import io.temporal.api.enums.v1.WorkflowExecutionStatus;
import io.temporal.api.errordetails.v1.NamespaceNotFoundFailure;
import io.temporal.api.workflow.v1.WorkflowExecutionInfo;
import io.temporal.api.workflowservice.v1.DescribeWorkflowExecutionRequest;
import io.temporal.api.workflowservice.v1.DescribeWorkflowExecutionResponse;
import io.temporal.api.workflowservice.v1.TerminateWorkflowExecutionRequest;
import io.temporal.client.WorkflowClient;
import io.temporal.serviceclient.StatusUtils;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks Temporal about the workflow of one order. One that is not its own but has its id is ended: as long as it runs, no
 * other can start.
 */
final class WorkflowLook {
    private static final Logger log = LoggerFactory.getLogger(WorkflowLook.class);
    private static final int CALL_SECONDS_MAX = 2;

    private final WorkflowClient client;

    WorkflowLook(WorkflowClient client) {
        this.client = client;
    }

    /**
     * What Temporal says.
     *
     * @param loss how it ended, unless it runs
     * @param findable whether visibility will tell if it ends without having settled its order
     * @param atRest whether it waits and has no activity under way
     */
    record Seen(@Nullable Loss loss, boolean findable, boolean atRest) {}

    /** @throws StatusRuntimeException if Temporal does not answer or has no such namespace, which tells of no workflow */
    Seen at(CheckDue order) {
        try {
            DescribeWorkflowExecutionResponse told =
                    describe(WorkflowIds.of(order.tenant(), order.env(), order.idempotencyKey()));
            return isOurs(told, order) ? seen(told) : foreign(told);
        } catch (StatusRuntimeException e) {
            boolean noNamespace = e.getTrailers() != null && StatusUtils.hasFailure(e, NamespaceNotFoundFailure.class);
            if (e.getStatus().getCode() == Status.Code.NOT_FOUND && !noNamespace) {
                return new Seen(Loss.UNKNOWN, false, false);
            }
            throw e;
        }
    }

    private DescribeWorkflowExecutionResponse describe(String workflowId) {
        return client.getWorkflowServiceStubs()
                .blockingStub()
                .withDeadlineAfter(CALL_SECONDS_MAX, TimeUnit.SECONDS)
                .describeWorkflowExecution(DescribeWorkflowExecutionRequest.newBuilder()
                        .setNamespace(client.getOptions().getNamespace())
                        .setExecution(WorkflowExecution.newBuilder().setWorkflowId(workflowId))
                        .build());
    }

    /**
     * By what nobody changes of a workflow that has been started. One of another order has its id if PostgreSQL was restored to a
     * time before that was created, and its key was used again.
     */
    private boolean isOurs(DescribeWorkflowExecutionResponse told, CheckDue order) {
        String queue = told.getExecutionConfig().getTaskQueue().getName();
        return told.getWorkflowExecutionInfo().getType().getName().equals(TaskOrderWorkflow.TYPE)
                && (queue.isEmpty() || queue.equals(TaskOrderWorkflow.TASK_QUEUE))
                && TaskIdMemo.read(client, told.getWorkflowExecutionInfo().getMemo())
                        .map(order.taskId()::equals)
                        .orElse(true);
    }

    /** However it ends, it says nothing of the order, which runs again. */
    private Seen foreign(DescribeWorkflowExecutionResponse told) {
        WorkflowExecutionInfo workflow = told.getWorkflowExecutionInfo();
        if (workflow.getStatus() == WorkflowExecutionStatus.WORKFLOW_EXECUTION_STATUS_RUNNING) {
            log.warn(
                    "a workflow that is not its own has the id of an order, and is ended workflow={} run={}",
                    workflow.getExecution().getWorkflowId(),
                    workflow.getExecution().getRunId());
            var unused = client.getWorkflowServiceStubs()
                    .blockingStub()
                    .withDeadlineAfter(CALL_SECONDS_MAX, TimeUnit.SECONDS)
                    .terminateWorkflowExecution(TerminateWorkflowExecutionRequest.newBuilder()
                            .setNamespace(client.getOptions().getNamespace())
                            .setWorkflowExecution(workflow.getExecution())
                            .setReason("it has the id of a task order and is not its own")
                            .build());
        }
        return new Seen(Loss.CLOSED, false, false);
    }

    private static Seen seen(DescribeWorkflowExecutionResponse told) {
        return new Seen(
                lossOf(told.getWorkflowExecutionInfo().getStatus()).orElse(null),
                told.getWorkflowExecutionInfo()
                        .getSearchAttributes()
                        .containsIndexedFields(TaskOrderWorkflow.STATUS_ATTRIBUTE),
                told.getPendingActivitiesCount() == 0 && !told.hasPendingWorkflowTask());
    }

    private static Optional<Loss> lossOf(WorkflowExecutionStatus status) {
        return switch (status) {
            case WORKFLOW_EXECUTION_STATUS_TERMINATED -> Optional.of(Loss.TERMINATED);
            case WORKFLOW_EXECUTION_STATUS_FAILED, WORKFLOW_EXECUTION_STATUS_TIMED_OUT -> Optional.of(Loss.FAILED);
            case WORKFLOW_EXECUTION_STATUS_COMPLETED, WORKFLOW_EXECUTION_STATUS_CANCELED -> Optional.of(Loss.CLOSED);
            default -> Optional.empty();
        };
    }
}
