package dev.taskorder.starter.temporal;

import dev.taskorder.activities.dispatch.StartDue;
import dev.taskorder.activities.order.OrderIdentities;
import dev.taskorder.activities.order.OrderIdentity;
import dev.taskorder.api.order.PriorityKeys;
import dev.taskorder.api.order.TaskOrderRef;
import dev.taskorder.api.order.TaskOrderWorkflow;
import dev.taskorder.api.order.WorkflowIds;
import io.temporal.api.common.v1.WorkflowExecution;
import io.temporal.api.enums.v1.WorkflowExecutionStatus;
import io.temporal.api.enums.v1.WorkflowIdConflictPolicy;
import io.temporal.api.enums.v1.WorkflowIdReusePolicy;
import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowExecutionAlreadyStarted;
import io.temporal.client.WorkflowOptions;
import io.temporal.client.WorkflowServiceException;
import io.temporal.client.WorkflowStub;
import io.temporal.client.WorkflowTargetOptions;
import io.temporal.common.Priority;
import java.util.Map;

/** Starts the workflow of one order; the same run twice is one workflow (design.md §3). */
final class OrderStarter {
    private final WorkflowClient client;
    private final AttributeRegistry attributes;
    private final TraceContextPropagator traces;
    private final Calls calls;
    private final OrderIdentities identities;

    OrderStarter(
            WorkflowClient client,
            AttributeRegistry attributes,
            TraceContextPropagator traces,
            Calls calls,
            OrderIdentities identities) {
        this.client = client;
        this.attributes = attributes;
        this.traces = traces;
        this.calls = calls;
        this.identities = identities;
    }

    /** What Temporal says about the run. */
    enum Started {
        /** It runs, or has just been made. */
        OPEN,
        /** It was made before and has ended. */
        CLOSED
    }

    /**
     * Starts the run, on a thread that the order's tenant is bound to.
     *
     * @throws WorkflowServiceException if Temporal is away or says no
     */
    Started start(StartDue start) {
        OrderIdentity identity =
                OrderIdentity.of(start.tenant(), start.env(), start.idempotencyKey(), start.taskType());
        // this process runs its first step, if it can
        identities.remember(start.tenant(), start.taskId(), identity);
        traces.setCurrentContext(start.traceparent());
        try {
            return calls.bounded(() -> startOrFind(start));
        } finally {
            traces.setCurrentContext(null);
        }
    }

    private Started startOrFind(StartDue start) {
        try {
            WorkflowExecution execution = startOnce(start);
            // Only a repeated start can meet an end: asking for each would double the calls.
            return start.again() && isClosed(execution) ? Started.CLOSED : Started.OPEN;
        } catch (WorkflowExecutionAlreadyStarted e) {
            return Started.OPEN;
        }
    }

    private WorkflowExecution startOnce(StartDue start) {
        boolean searchable = attributes.usable();
        try {
            return stub(start, searchable).start(new TaskOrderRef(start.tenant(), start.taskId(), start.runNo()));
        } catch (WorkflowServiceException e) {
            if (!searchable || !Calls.isAboutSearchAttributes(e) || !attributes.refused()) {
                throw e;
            }
            return stub(start, false).start(new TaskOrderRef(start.tenant(), start.taskId(), start.runNo()));
        }
    }

    private WorkflowStub stub(StartDue start, boolean searchable) {
        WorkflowOptions.Builder options = WorkflowOptions.newBuilder()
                .setWorkflowId(WorkflowIds.of(start.tenant(), start.env(), start.idempotencyKey()))
                .setRequestId(start.taskId() + ":" + start.runNo())
                .setWorkflowIdReusePolicy(WorkflowIdReusePolicy.WORKFLOW_ID_REUSE_POLICY_ALLOW_DUPLICATE)
                .setWorkflowIdConflictPolicy(WorkflowIdConflictPolicy.WORKFLOW_ID_CONFLICT_POLICY_USE_EXISTING)
                .setTaskQueue(TaskOrderWorkflow.TASK_QUEUE)
                .setDisableEagerExecution(false)
                .setPriority(Priority.newBuilder()
                        .setPriorityKey(PriorityKeys.of(start.priority()))
                        .setFairnessKey(start.tenant().value())
                        .setFairnessWeight(start.weight())
                        .build())
                .setMemo(Map.of(TaskOrderWorkflow.TASK_ID_MEMO, start.taskId().toString()))
                .setStaticSummary(OrderTexts.summary(start))
                .setStaticDetails(OrderTexts.details(start));
        if (searchable) {
            options.setTypedSearchAttributes(OrderAttributes.atStart(start));
        }
        return client.newUntypedWorkflowStub(TaskOrderWorkflow.TYPE, options.build());
    }

    private boolean isClosed(WorkflowExecution execution) {
        WorkflowTargetOptions thisRun = WorkflowTargetOptions.newBuilder()
                .setWorkflowExecution(execution)
                .build();
        WorkflowExecutionStatus status =
                client.newUntypedWorkflowStub(thisRun).describe().getStatus();
        return status != WorkflowExecutionStatus.WORKFLOW_EXECUTION_STATUS_RUNNING;
    }
}
