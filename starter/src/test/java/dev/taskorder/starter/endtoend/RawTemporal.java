package dev.taskorder.starter.endtoend;

import static org.awaitility.Awaitility.await;

import dev.taskorder.api.order.WorkflowIds;
import dev.taskorder.api.tenant.TenantId;
import io.temporal.api.common.v1.Payload;
import io.temporal.api.common.v1.WorkflowExecution;
import io.temporal.api.enums.v1.WorkflowExecutionStatus;
import io.temporal.api.history.v1.History;
import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowClientOptions;
import io.temporal.client.WorkflowOptions;
import io.temporal.client.WorkflowStub;
import io.temporal.common.context.ContextPropagator;
import io.temporal.common.converter.GlobalDataConverter;
import io.temporal.serviceclient.WorkflowServiceStubs;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.springframework.core.env.Environment;
import tools.jackson.databind.JsonNode;

/** Temporal as anybody sees it who can reach it, with a client that is not the application's. */
final class RawTemporal {
    private final WorkflowServiceStubs stubs;
    private final WorkflowClient client;

    RawTemporal(WorkflowServiceStubs stubs, Environment environment) {
        this.stubs = stubs;
        this.client = WorkflowClient.newInstance(stubs);
    }

    /** The workflow of an order. */
    WorkflowStub workflowOf(JsonNode order) {
        return client.newUntypedWorkflowStub(idOf(order));
    }

    static String idOf(JsonNode order) {
        return WorkflowIds.of(
                new TenantId(order.path("tenant_id").asString()),
                order.path("env").asString(),
                order.path("idempotency_key").asString());
    }

    /** Every run that an order's id ever had ends well, and there is one of it. */
    WorkflowExecutionStatus awaitClosed(JsonNode order) {
        return await().atMost(Duration.ofSeconds(30))
                .pollInterval(Duration.ofMillis(20))
                .until(
                        () -> workflowOf(order).describe().getStatus(),
                        status -> status != WorkflowExecutionStatus.WORKFLOW_EXECUTION_STATUS_RUNNING);
    }

    History historyOf(JsonNode order) {
        return client.fetchHistory(idOf(order)).getHistory();
    }

    /** What the workflow has written into this search attribute since its start, as JSON. */
    List<String> shown(JsonNode order, String attribute) {
        return historyOf(order).getEventsList().stream()
                .map(event -> event.getUpsertWorkflowSearchAttributesEventAttributes()
                        .getSearchAttributes()
                        .getIndexedFieldsMap()
                        .get(attribute))
                .filter(Objects::nonNull)
                .map(value -> value.getData().toStringUtf8())
                .toList();
    }

    /** Starts the application's workflow by hand, under any id, with any input and any header. */
    WorkflowStub forge(String workflowId, String headerTenant, Object input) {
        WorkflowStub stub = WorkflowClient.newInstance(
                        stubs,
                        WorkflowClientOptions.newBuilder()
                                .setContextPropagators(List.of(new ForgedHeader(headerTenant)))
                                .build())
                .newUntypedWorkflowStub(
                        "TaskOrder",
                        WorkflowOptions.newBuilder()
                                .setTaskQueue(dev.taskorder.api.order.TaskOrderWorkflow.TASK_QUEUE)
                                .setWorkflowId(workflowId)
                                .build());
        WorkflowExecution unused = stub.start(input);
        return stub;
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
