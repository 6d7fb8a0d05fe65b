package dev.taskorder.starter.devserver;

import dev.taskorder.api.order.TaskOrderRef;
import dev.taskorder.api.order.TaskOrderWorkflow;
import dev.taskorder.api.order.WorkflowIds;
import dev.taskorder.api.tenant.TenantId;
import dev.taskorder.starter.tenant.BackgroundRunner;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.temporal.api.common.v1.WorkflowExecution;
import io.temporal.api.enums.v1.WorkflowExecutionStatus;
import io.temporal.api.enums.v1.WorkflowIdConflictPolicy;
import io.temporal.api.workflow.v1.WorkflowExecutionInfo;
import io.temporal.api.workflowservice.v1.DeleteWorkflowExecutionRequest;
import io.temporal.api.workflowservice.v1.DescribeWorkflowExecutionRequest;
import io.temporal.api.workflowservice.v1.DescribeWorkflowExecutionResponse;
import io.temporal.api.workflowservice.v1.ListWorkflowExecutionsRequest;
import io.temporal.api.workflowservice.v1.ResetWorkflowExecutionRequest;
import io.temporal.api.workflowservice.v1.WorkflowServiceGrpc.WorkflowServiceBlockingStub;
import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowOptions;
import java.util.List;
import java.util.UUID;

/** What an operator can do to the workflow of an order in Temporal, and see of it. */
final class Run {
    private static final long FIRST_TASK_COMPLETED = 4;

    private final WorkflowClient client;
    private final BackgroundRunner runner;
    private final TenantId tenant;
    private final String workflowId;

    Run(WorkflowClient client, BackgroundRunner runner, TenantId tenant, String key) {
        this.client = client;
        this.runner = runner;
        this.tenant = tenant;
        this.workflowId = WorkflowIds.of(tenant, Caller.ENV, key);
    }

    void signal(String name, Object payload) {
        client.newUntypedWorkflowStub(workflowId).signal(name, payload);
    }

    void terminate() {
        client.newUntypedWorkflowStub(workflowId).terminate("by hand");
    }

    /** A newer run under the same id that fails, for it speaks of another tenant's order. */
    void replaceByAFailingOne() {
        replaceByOneOf(new TaskOrderRef(new TenantId("nobody"), UUID.randomUUID(), 1));
    }

    /** A newer run under the same id, as orders get where the search attributes are not registered. */
    void replaceByOneWithoutAttributes(String taskId) {
        replaceByOneOf(new TaskOrderRef(tenant, UUID.fromString(taskId), 1));
    }

    private void replaceByOneOf(TaskOrderRef order) {
        WorkflowOptions options = WorkflowOptions.newBuilder()
                .setWorkflowId(workflowId)
                .setWorkflowIdConflictPolicy(WorkflowIdConflictPolicy.WORKFLOW_ID_CONFLICT_POLICY_TERMINATE_EXISTING)
                .setTaskQueue(TaskOrderWorkflow.TASK_QUEUE)
                .build();
        runner.run(tenant, () -> {
            var unused = client.newUntypedWorkflowStub("TaskOrder", options).start(order);
        });
    }

    /** Deletes it with its history; Temporal does so in its own time. */
    void delete() {
        var unused = service()
                .deleteWorkflowExecution(DeleteWorkflowExecutionRequest.newBuilder()
                        .setNamespace(namespace())
                        .setWorkflowExecution(execution())
                        .build());
    }

    boolean isForgotten() {
        try {
            describe();
            return false;
        } catch (StatusRuntimeException e) {
            return e.getStatus().getCode() == Status.Code.NOT_FOUND;
        }
    }

    /** Whether its newest run has returned. */
    boolean isCompleted() {
        return info().getStatus() == WorkflowExecutionStatus.WORKFLOW_EXECUTION_STATUS_COMPLETED;
    }

    /** What its newest run returned, once it has. */
    String result() {
        return client.newUntypedWorkflowStub(workflowId).getResult(String.class);
    }

    void resetToItsFirstTask() {
        var unused = service()
                .resetWorkflowExecution(ResetWorkflowExecutionRequest.newBuilder()
                        .setNamespace(namespace())
                        .setWorkflowExecution(execution())
                        .setReason("by hand")
                        .setWorkflowTaskFinishEventId(FIRST_TASK_COMPLETED)
                        .setRequestId(UUID.randomUUID().toString())
                        .build());
    }

    /** Its newest run. */
    WorkflowExecutionInfo info() {
        return describe().getWorkflowExecutionInfo();
    }

    /** One line for people, as Temporal's Web UI shows it. */
    String summary() {
        return client.getOptions()
                .getDataConverter()
                .fromPayload(
                        describe().getExecutionConfig().getUserMetadata().getSummary(), String.class, String.class);
    }

    /** All that can be asked of its newest run: its history, and what is shown beside it. */
    String everything() {
        return client.fetchHistory(workflowId).getHistory() + "\n" + describe();
    }

    /** The ids of the workflows that a list filter finds. */
    List<String> listed(String query) {
        return service()
                .listWorkflowExecutions(ListWorkflowExecutionsRequest.newBuilder()
                        .setNamespace(namespace())
                        .setQuery(query)
                        .build())
                .getExecutionsList()
                .stream()
                .map(found -> found.getExecution().getWorkflowId())
                .toList();
    }

    String workflowId() {
        return workflowId;
    }

    private DescribeWorkflowExecutionResponse describe() {
        return service()
                .describeWorkflowExecution(DescribeWorkflowExecutionRequest.newBuilder()
                        .setNamespace(namespace())
                        .setExecution(execution())
                        .build());
    }

    private WorkflowExecution execution() {
        return WorkflowExecution.newBuilder().setWorkflowId(workflowId).build();
    }

    private String namespace() {
        return client.getOptions().getNamespace();
    }

    private WorkflowServiceBlockingStub service() {
        return client.getWorkflowServiceStubs().blockingStub();
    }
}
