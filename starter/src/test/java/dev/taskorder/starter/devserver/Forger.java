package dev.taskorder.starter.devserver;

import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

import dev.taskorder.api.order.TaskOrderWorkflow;
import io.temporal.activity.ActivityOptions;
import io.temporal.api.common.v1.Payload;
import io.temporal.api.enums.v1.WorkflowExecutionStatus;
import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowClientOptions;
import io.temporal.client.WorkflowOptions;
import io.temporal.client.WorkflowStub;
import io.temporal.common.RetryOptions;
import io.temporal.common.context.ContextPropagator;
import io.temporal.common.converter.EncodedValues;
import io.temporal.common.converter.GlobalDataConverter;
import io.temporal.failure.ApplicationFailure;
import io.temporal.serviceclient.WorkflowServiceStubs;
import io.temporal.serviceclient.WorkflowServiceStubsOptions;
import io.temporal.worker.WorkerFactory;
import io.temporal.workflow.DynamicWorkflow;
import io.temporal.workflow.Workflow;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Who reaches Temporal, and nothing else of ours: has a client and a worker, and writes any id, input, type and header. */
final class Forger implements AutoCloseable {
    private static final String QUEUE = "forger";

    private final WorkflowServiceStubs stubs;
    private final WorkflowClient client;
    private final WorkerFactory workers;

    /** @param header the tenant that all which it starts says it is of; empty for none */
    Forger(String target, String header) {
        stubs = WorkflowServiceStubs.newServiceStubs(
                WorkflowServiceStubsOptions.newBuilder().setTarget(target).build());
        client = WorkflowClient.newInstance(
                stubs,
                WorkflowClientOptions.newBuilder()
                        .setContextPropagators(List.of(new ForgedHeader(header)))
                        .build());
        workers = WorkerFactory.newInstance(client);
        workers.newWorker(QUEUE).registerWorkflowImplementationTypes(AnyActivity.class);
        workers.start();
    }

    /** Starts our workflow by hand and waits for its end. */
    String end(String workflowId, Object input) {
        return endOf(started(TaskOrderWorkflow.TYPE, TaskOrderWorkflow.TASK_QUEUE, workflowId, input));
    }

    /** Has one of our activities run by a workflow of its own, of any type, and waits for its end. */
    String end(String workflowType, String workflowId, String activityType, String queue, Map<String, ?> command) {
        return endOf(started(workflowType, QUEUE, workflowId, activityType, queue, command));
    }

    /** Starts what no code of ours can run, waits until it was tried, and ends it by hand. */
    void tryInVain(String workflowType, String workflowId, Object input) {
        WorkflowStub stub = started(workflowType, TaskOrderWorkflow.TASK_QUEUE, workflowId, input);
        await().atMost(Duration.ofSeconds(30)).until(() -> client.fetchHistory(workflowId).getEvents().stream()
                .anyMatch(event -> event.hasWorkflowTaskFailedEventAttributes()
                        || event.hasWorkflowExecutionFailedEventAttributes()));
        if (stub.describe().getStatus() == WorkflowExecutionStatus.WORKFLOW_EXECUTION_STATUS_RUNNING) {
            stub.terminate("by hand");
        }
    }

    /** Starts one that nobody runs, so that it has the id for ever. */
    void hold(String workflowId) {
        var unused = started("Own", "nobody-s", workflowId);
    }

    private WorkflowStub started(String type, String queue, String workflowId, Object... input) {
        WorkflowStub stub = client.newUntypedWorkflowStub(
                type,
                WorkflowOptions.newBuilder()
                        .setTaskQueue(queue)
                        .setWorkflowId(workflowId)
                        .build());
        var unused = stub.start(input);
        return stub;
    }

    /** The type of the failure that it ended with; what it returned if it did not fail. */
    private static String endOf(WorkflowStub stub) {
        Throwable failure = catchThrowable(() -> {
            throw new Returned(stub.getResult(String.class));
        });
        if (failure instanceof Returned returned) {
            return returned.getMessage();
        }
        return Stream.iterate(failure, cause -> cause != null, Throwable::getCause)
                .filter(ApplicationFailure.class::isInstance)
                .reduce((outer, inner) -> inner)
                .map(cause -> ((ApplicationFailure) cause).getType())
                .orElse(failure.toString());
    }

    @Override
    public void close() {
        workers.shutdownNow();
        stubs.shutdownNow();
    }

    private static final class Returned extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Returned(String message) {
            super(message);
        }
    }

    /** Runs the activity that its input names. */
    public static final class AnyActivity implements DynamicWorkflow {
        @Override
        public Object execute(EncodedValues input) {
            return Workflow.newUntypedActivityStub(ActivityOptions.newBuilder()
                            .setTaskQueue(input.get(1, String.class))
                            .setScheduleToCloseTimeout(Duration.ofSeconds(20))
                            .setRetryOptions(RetryOptions.newBuilder()
                                    .setMaximumAttempts(1)
                                    .build())
                            .build())
                    .execute(input.get(0, String.class), String.class, (Object) input.get(2, Map.class));
        }
    }

    private record ForgedHeader(String tenant) implements ContextPropagator {
        @Override
        public String getName() {
            return "forged";
        }

        @Override
        public Map<String, Payload> serializeContext(Object context) {
            return tenant.isEmpty()
                    ? Map.of()
                    : Map.of(
                            "tenant",
                            GlobalDataConverter.get().toPayload(tenant).orElseThrow());
        }

        @Override
        public Object deserializeContext(Map<String, Payload> header) {
            return tenant;
        }

        @Override
        public Object getCurrentContext() {
            return tenant;
        }

        @Override
        public void setCurrentContext(Object context) {
            // The header is all there is to it.
        }
    }
}
