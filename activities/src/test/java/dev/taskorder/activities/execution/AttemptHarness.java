package dev.taskorder.activities.execution;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.taskorder.api.execution.ExecutionRequest;
import dev.taskorder.api.execution.ExecutionResult;
import dev.taskorder.api.execution.Executor;
import dev.taskorder.api.execution.Heartbeat;
import dev.taskorder.api.execution.Money;
import dev.taskorder.api.order.AttemptRef;
import dev.taskorder.api.tenant.TenantContext;
import dev.taskorder.api.tenant.TenantId;
import io.temporal.activity.ActivityCancellationType;
import io.temporal.activity.ActivityOptions;
import io.temporal.activity.DynamicActivity;
import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowFailedException;
import io.temporal.client.WorkflowOptions;
import io.temporal.client.WorkflowStub;
import io.temporal.common.RetryOptions;
import io.temporal.failure.ApplicationFailure;
import io.temporal.testing.TestEnvironmentOptions;
import io.temporal.testing.TestWorkflowEnvironment;
import io.temporal.worker.WorkerOptions;
import io.temporal.workflow.Workflow;
import io.temporal.workflow.WorkflowInterface;
import io.temporal.workflow.WorkflowMethod;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.slf4j.MDC;

/** Runs attempts through a real Temporal API against a store in memory; the executor does what the test says. */
abstract class AttemptHarness {
    static final ExecutionResult OK = ExecutionResult.of("OK", null);

    final MemoryStore store = new MemoryStore();
    private final Timers timers = new Timers();
    final RunningAttempts running = new RunningAttempts(timers);
    final CountDownLatch executing = new CountDownLatch(1);
    volatile Behaviour behaviour = (request, heartbeat) -> OK;
    private static final AtomicReference<AttemptActivity> ACTIVITY = new AtomicReference<>();
    private static TestWorkflowEnvironment temporal;

    interface Behaviour {
        ExecutionResult run(ExecutionRequest request, Heartbeat heartbeat) throws Exception;
    }

    @BeforeAll
    static void startTemporal() {
        temporal = TestWorkflowEnvironment.newInstance(
                TestEnvironmentOptions.newBuilder().setUseTimeskipping(false).build());
        var worker = temporal.newWorker(
                "q",
                WorkerOptions.newBuilder()
                        .setMaxHeartbeatThrottleInterval(AttemptWorker.HEARTBEAT_THROTTLE)
                        .build());
        worker.registerWorkflowImplementationTypes(OneAttempt.class);
        DynamicActivity ofThisTest = arguments -> {
            MDC.put("tenant", "tenant_a"); // as the propagators do
            MDC.put("trace_id", "trace_a");
            return ACTIVITY.get().execute(arguments);
        };
        worker.registerActivitiesImplementations(ofThisTest);
        temporal.start();
    }

    @AfterAll
    static void stopTemporal() {
        temporal.close();
    }

    @BeforeEach
    void start() {
        ACTIVITY.set(new AttemptActivity(store, List.of(new Probe()), running, AttemptHarness::bound, timers));
    }

    @AfterEach
    void stop() {
        timers.close();
    }

    private static void bound(TenantId tenant, Runnable work) {
        TenantContext.bind(tenant);
        try {
            work.run();
        } finally {
            TenantContext.clear();
        }
    }

    String run() {
        return started().getResult(String.class);
    }

    WorkflowStub started() {
        WorkflowClient client = temporal.getWorkflowClient();
        WorkflowStub stub = client.newUntypedWorkflowStub(
                "OneAttempt", WorkflowOptions.newBuilder().setTaskQueue("q").build());
        stub.start(MemoryStore.REF);
        return stub;
    }

    static void assertThatLost(org.assertj.core.api.ThrowableAssert.ThrowingCallable call) {
        assertThatThrownBy(call).isInstanceOf(WorkflowFailedException.class).satisfies(failure -> {
            ApplicationFailure cause = (ApplicationFailure) failure.getCause().getCause();
            assertThat(cause.getType()).isEqualTo("EXECUTOR_LOST");
            assertThat(cause.isNonRetryable()).isTrue();
        });
    }

    static void untilInterrupted() {
        try {
            new CountDownLatch(1).await();
        } catch (InterruptedException expected) {
            assertThat(Thread.currentThread().isInterrupted()).isFalse();
        }
    }

    static List<Money> money(Object... kindsAndAmounts) {
        List<Money> all = new java.util.ArrayList<>();
        for (int i = 0; i < kindsAndAmounts.length; i += 2) {
            all.add(new Money((String) kindsAndAmounts[i], BigDecimal.valueOf((int) kindsAndAmounts[i + 1])));
        }
        return all;
    }

    private final class Probe implements Executor {
        @Override
        public String name() {
            return "probe";
        }

        @Override
        public Set<String> taskTypes() {
            return Set.of("PROBE");
        }

        @Override
        public ExecutionResult execute(ExecutionRequest request, Heartbeat heartbeat) throws Exception {
            executing.countDown();
            return behaviour.run(request, heartbeat);
        }
    }

    @WorkflowInterface
    public interface Attempt {
        @WorkflowMethod(name = "OneAttempt")
        String run(AttemptRef ref);
    }

    /** Runs one attempt as the real workflow does. */
    public static final class OneAttempt implements Attempt {
        @Override
        public String run(AttemptRef ref) {
            ActivityOptions options = ActivityOptions.newBuilder()
                    .setScheduleToCloseTimeout(Duration.ofSeconds(30))
                    .setHeartbeatTimeout(Duration.ofSeconds(10))
                    .setCancellationType(ActivityCancellationType.WAIT_CANCELLATION_COMPLETED)
                    .setRetryOptions(
                            RetryOptions.newBuilder().setMaximumAttempts(1).build())
                    .build();
            return Workflow.newUntypedActivityStub(options).execute("PROBE", String.class, ref);
        }
    }
}
