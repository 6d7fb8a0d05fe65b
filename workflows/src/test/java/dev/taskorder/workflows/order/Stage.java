package dev.taskorder.workflows.order;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Timestamp;
import dev.taskorder.api.order.TaskOrderRef;
import dev.taskorder.api.order.TaskOrderWorkflow;
import dev.taskorder.api.order.WorkflowState;
import io.temporal.api.common.v1.Payload;
import io.temporal.api.enums.v1.EventType;
import io.temporal.api.enums.v1.IndexedValueType;
import io.temporal.api.history.v1.HistoryEvent;
import io.temporal.api.sdk.v1.WorkflowMetadata;
import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowClientOptions;
import io.temporal.client.WorkflowOptions;
import io.temporal.client.WorkflowStub;
import io.temporal.common.Priority;
import io.temporal.common.SearchAttributeKey;
import io.temporal.common.SearchAttributes;
import io.temporal.common.WorkflowExecutionHistory;
import io.temporal.common.converter.DefaultDataConverter;
import io.temporal.testing.TestEnvironmentOptions;
import io.temporal.testing.TestWorkflowEnvironment;
import io.temporal.testing.WorkflowReplayer;
import io.temporal.worker.Worker;
import io.temporal.worker.WorkerOptions;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;

/** One order's workflow on a server in this JVM. Closing it replays what happened, so every test is a replay test too. */
final class Stage implements AutoCloseable {
    static final String WORKFLOW_ID = "tenant_a:prod:order-1";
    private static final Path HISTORIES = Path.of("src/test/resources/histories");
    private static final Duration PATIENCE = Duration.ofSeconds(8);

    final OrderBook book = new OrderBook();
    final FakeExecutor executor = new FakeExecutor(book);
    private final TestWorkflowEnvironment environment;
    private WorkflowStub workflow;

    Stage() {
        environment = TestWorkflowEnvironment.newInstance(TestEnvironmentOptions.newBuilder()
                .setWorkflowClientOptions(WorkflowClientOptions.newBuilder()
                        .setIdentity("1@host.example")
                        .build())
                .registerSearchAttribute("TenantId", IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD)
                .registerSearchAttribute("TaskEnv", IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD)
                .registerSearchAttribute("ProjectId", IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD)
                .registerSearchAttribute("TaskType", IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD)
                .registerSearchAttribute("TaskStatus", IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD)
                .registerSearchAttribute("TaskPriority", IndexedValueType.INDEXED_VALUE_TYPE_INT)
                .build());
        book.with_clock(this::now);
        environment.newWorker(TaskOrderWorkflow.STEP_TASK_QUEUE).registerActivitiesImplementations(book);
        workflow = environment.getWorkflowClient().newUntypedWorkflowStub("TaskOrder", options(true));
    }

    /** As a process of the worker role. */
    Stage start() {
        Worker worker = environment.newWorker(
                TaskOrderWorkflow.TASK_QUEUE,
                WorkerOptions.newBuilder()
                        .setMaxHeartbeatThrottleInterval(Duration.ofMillis(50))
                        .build());
        worker.registerWorkflowImplementationTypes(TaskOrderWorkflowImpl.class);
        worker.registerActivitiesImplementations(book, executor);
        environment.start();
        workflow.start(OrderBook.ORDER);
        return this;
    }

    /** Nobody polls for attempts. */
    Stage start_without_executors() {
        run_workflows_alone();
        workflow.start(OrderBook.ORDER);
        return this;
    }

    private void run_workflows_alone() {
        Worker worker = environment.newWorker(
                TaskOrderWorkflow.TASK_QUEUE,
                WorkerOptions.newBuilder().setLocalActivityWorkerOnly(true).build());
        worker.registerWorkflowImplementationTypes(TaskOrderWorkflowImpl.class);
        worker.registerActivitiesImplementations(book);
        environment.start();
    }

    /** The signal is there before the workflow's first task. */
    Stage start_with_signal(String name, Object... arguments) {
        workflow.signalWithStart(name, arguments, new Object[] {OrderBook.ORDER});
        run_workflows_alone();
        return this;
    }

    Stage start_as(TaskOrderRef order, boolean withAttributes) {
        workflow = environment.getWorkflowClient().newUntypedWorkflowStub("TaskOrder", options(withAttributes));
        run_workflows_alone();
        workflow.start(order);
        return this;
    }

    private static WorkflowOptions options(boolean withAttributes) {
        WorkflowOptions.Builder options = WorkflowOptions.newBuilder()
                .setWorkflowId(WORKFLOW_ID)
                .setTaskQueue(TaskOrderWorkflow.TASK_QUEUE)
                .setStaticSummary("E2E_CHECKOUT for checkout-team, priority 50")
                .setPriority(Priority.newBuilder()
                        .setPriorityKey(3)
                        .setFairnessKey("tenant_a")
                        .build());
        if (withAttributes) {
            options.setTypedSearchAttributes(SearchAttributes.newBuilder()
                    .set(SearchAttributeKey.forKeyword("TenantId"), "tenant_a")
                    .set(SearchAttributeKey.forKeyword("TaskEnv"), "prod")
                    .set(SearchAttributeKey.forKeyword("ProjectId"), "checkout-team")
                    .set(SearchAttributeKey.forKeyword("TaskType"), OrderBook.TASK_TYPE)
                    .set(SearchAttributeKey.forKeyword("TaskStatus"), "OPEN")
                    .set(SearchAttributeKey.forLong("TaskPriority"), 50L)
                    .build());
        }
        return options.build();
    }

    void signal(String name, Object... arguments) {
        workflow.signal(name, arguments);
    }

    long now() {
        return environment.currentTimeMillis();
    }

    void cancel_in_temporal() {
        workflow.cancel("from the Web UI");
    }

    WorkflowState state() {
        return workflow.query("state", WorkflowState.class);
    }

    /** What the Web UI shows as the workflow's current details. */
    String details() {
        return workflow.query("__temporal_workflow_metadata", WorkflowMetadata.class)
                .getCurrentDetails();
    }

    void until_phase(String phase) {
        long giveUp = System.nanoTime() + PATIENCE.toNanos();
        while (!state().phase().equals(phase)) {
            assertThat(System.nanoTime()).as("phase %s, is %s", phase, state()).isLessThan(giveUp);
            LockSupport.parkNanos(10_000_000);
        }
    }

    void until_event(EventType type) {
        long giveUp = System.nanoTime() + PATIENCE.toNanos();
        while (!events().contains(type)) {
            assertThat(System.nanoTime()).as("%s among %s", type, events()).isLessThan(giveUp);
            LockSupport.parkNanos(10_000_000);
        }
    }

    /** What the workflow returned, with time passing as fast as nothing happens. */
    String result() {
        try {
            return workflow.getResult(20, TimeUnit.SECONDS, String.class);
        } catch (TimeoutException e) {
            throw new AssertionError("not over within 20 s: " + state() + " " + events(), e);
        }
    }

    WorkflowExecutionHistory history() {
        return client().fetchHistory(WORKFLOW_ID);
    }

    /** The values that the search attribute was given after the start, in their order. */
    List<Integer> shown_priorities() {
        return history().getHistory().getEventsList().stream()
                .filter(HistoryEvent::hasUpsertWorkflowSearchAttributesEventAttributes)
                .map(event -> event.getUpsertWorkflowSearchAttributesEventAttributes()
                        .getSearchAttributes()
                        .getIndexedFieldsMap()
                        .get("TaskPriority"))
                .filter(Objects::nonNull)
                .map(value -> Integer.valueOf(value.getData().toStringUtf8()))
                .toList();
    }

    /** From its start to its last event, by the server's clock. */
    Duration lifetime() {
        List<HistoryEvent> all = history().getHistory().getEventsList();
        Timestamp from = all.get(0).getEventTime();
        Timestamp to = all.get(all.size() - 1).getEventTime();
        return Duration.ofSeconds(to.getSeconds() - from.getSeconds(), to.getNanos() - from.getNanos());
    }

    List<EventType> events() {
        return history().getHistory().getEventsList().stream()
                .map(HistoryEvent::getEventType)
                .toList();
    }

    static String text(Payload payload) {
        return DefaultDataConverter.STANDARD_INSTANCE.fromPayload(payload, String.class, String.class);
    }

    private WorkflowClient client() {
        return environment.getWorkflowClient();
    }

    /** Run the tests with {@code -Drecord.histories=true} to write the histories that ReplayTest replays. */
    void record_as(String name) throws Exception {
        if (Boolean.getBoolean("record.histories")) {
            Files.createDirectories(HISTORIES);
            Files.writeString(HISTORIES.resolve(name + ".json"), history().toJson(true) + "\n");
        }
    }

    @Override
    public void close() throws Exception {
        executor.release();
        try {
            WorkflowReplayer.replayWorkflowExecution(history(), TaskOrderWorkflowImpl.class);
        } finally {
            environment.close();
        }
    }
}
