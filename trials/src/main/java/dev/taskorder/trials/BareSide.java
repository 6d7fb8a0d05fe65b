package dev.taskorder.trials;

import dev.taskorder.api.order.PriorityKeys;
import io.temporal.api.enums.v1.WorkflowIdConflictPolicy;
import io.temporal.api.enums.v1.WorkflowIdReusePolicy;
import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowOptions;
import io.temporal.common.Priority;
import io.temporal.common.SearchAttributeKey;
import io.temporal.common.SearchAttributes;
import io.temporal.serviceclient.GrpcCompression;
import io.temporal.serviceclient.WorkflowServiceStubs;
import io.temporal.serviceclient.WorkflowServiceStubsOptions;
import io.temporal.worker.Worker;
import io.temporal.worker.WorkerFactory;
import io.temporal.worker.WorkerFactoryOptions;
import io.temporal.worker.WorkerOptions;
import io.temporal.worker.tuning.PollerBehaviorAutoscaling;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/**
 * Client and worker of the bare workflow in this process, on the application's Temporal, with the worker's settings and
 * the options of a start that the application uses.
 */
final class BareSide implements AutoCloseable {
    private static final String QUEUE = "trial-bare";
    private static final String PROJECT = "trial-bare";
    private static final int PRIORITY = 50;
    private static final Duration BEAT = Duration.ofSeconds(1);
    private static final long DEADLOCK_MS = 10_000;
    private static final int WORKFLOW_SLOTS = 32;
    private static final Clock CLOCK = Clock.systemUTC();

    private final WorkflowServiceStubs stubs;
    private final WorkflowClient client;
    private final WorkerFactory factory;
    private final Completions completions = new Completions();
    private final Map<String, Instant> activityStarts = new ConcurrentHashMap<>();

    /** Which of the two workflows. */
    enum Kind {
        BARE("Bare"),
        WITH_STATUS("BareWithStatus");

        private final String workflowType;

        Kind(String workflowType) {
            this.workflowType = workflowType;
        }
    }

    BareSide(String temporal) {
        this.stubs = stubs(temporal);
        this.client = WorkflowClient.newInstance(stubs);
        this.factory = WorkerFactory.newInstance(
                client,
                WorkerFactoryOptions.newBuilder()
                        .setWorkerInterceptors(completions)
                        .validateAndBuildWithDefaults());
        Worker worker = factory.newWorker(QUEUE, workerOptions());
        worker.registerWorkflowImplementationTypes(BareWorkflowImpl.class, StatusWorkflowImpl.class);
        worker.registerActivitiesImplementations((NoOp) this::noOp);
        factory.start();
    }

    Completions completions() {
        return completions;
    }

    /** When the activity of that key began; by this machine's clock, which is the database's too. */
    Instant activityStart(String key) {
        return java.util.Objects.requireNonNull(activityStarts.get(key), "its activity did not run");
    }

    /** Returns when Temporal has taken it. */
    void start(Kind kind, String key) {
        client.newUntypedWorkflowStub(kind.workflowType, options(QUEUE, key)).start(key);
    }

    @Override
    public void close() {
        factory.shutdownNow();
        factory.awaitTermination(5, TimeUnit.SECONDS);
        stubs.shutdownNow();
    }

    private String noOp(String key) {
        activityStarts.put(key, CLOCK.instant());
        return key;
    }

    /** What the application says with a start. */
    static WorkflowOptions options(String queue, String key) {
        return WorkflowOptions.newBuilder()
                .setWorkflowId(key)
                .setRequestId(key + ":1")
                .setWorkflowIdReusePolicy(WorkflowIdReusePolicy.WORKFLOW_ID_REUSE_POLICY_ALLOW_DUPLICATE)
                .setWorkflowIdConflictPolicy(WorkflowIdConflictPolicy.WORKFLOW_ID_CONFLICT_POLICY_USE_EXISTING)
                .setTaskQueue(queue)
                .setDisableEagerExecution(false)
                .setPriority(Priority.newBuilder()
                        .setPriorityKey(PriorityKeys.of(PRIORITY))
                        .setFairnessKey(Orders.TENANT)
                        .build())
                .setStaticSummary("SIMULATED · " + PROJECT + " · sandbox · priority " + PRIORITY)
                .setStaticDetails("**Bare workflow** `" + key + "`\n\n- tenant `" + Orders.TENANT
                        + "`, env `sandbox`\n- project `" + PROJECT + "`, type `SIMULATED`\n")
                .setTypedSearchAttributes(attributes())
                .build();
    }

    static WorkflowServiceStubs stubs(String temporal) {
        return WorkflowServiceStubs.newServiceStubs(WorkflowServiceStubsOptions.newBuilder()
                .setTarget(temporal)
                .setGrpcCompression(GrpcCompression.NONE)
                .validateAndBuildWithDefaults());
    }

    static WorkerOptions workerOptions() {
        return WorkerOptions.newBuilder()
                .setMaxConcurrentWorkflowTaskExecutionSize(WORKFLOW_SLOTS)
                .setWorkflowTaskPollersBehavior(new PollerBehaviorAutoscaling())
                .setActivityTaskPollersBehavior(new PollerBehaviorAutoscaling())
                .setMaxHeartbeatThrottleInterval(BEAT)
                .setDefaultHeartbeatThrottleInterval(BEAT)
                .setAllowActivityHeartbeatDuringShutdown(true)
                .setDefaultDeadlockDetectionTimeout(DEADLOCK_MS)
                .build();
    }

    private static SearchAttributes attributes() {
        return SearchAttributes.newBuilder()
                .set(SearchAttributeKey.forKeyword("TenantId"), Orders.TENANT)
                .set(SearchAttributeKey.forKeyword("TaskEnv"), "sandbox")
                .set(SearchAttributeKey.forKeyword("ProjectId"), PROJECT)
                .set(SearchAttributeKey.forKeyword("TaskType"), "SIMULATED")
                .set(SearchAttributeKey.forKeyword("TaskStatus"), "OPEN")
                .set(SearchAttributeKey.forLong("TaskPriority"), (long) PRIORITY)
                .build();
    }
}
