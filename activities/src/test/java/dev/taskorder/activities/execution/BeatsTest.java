package dev.taskorder.activities.execution;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.taskorder.api.execution.ExecutionRequest;
import dev.taskorder.api.execution.ExecutionResult;
import dev.taskorder.api.execution.Executor;
import dev.taskorder.api.execution.Heartbeat;
import dev.taskorder.api.order.AttemptRef;
import io.temporal.activity.ActivityExecutionContext;
import io.temporal.activity.ActivityOptions;
import io.temporal.client.WorkflowOptions;
import io.temporal.client.WorkflowStub;
import io.temporal.common.RetryOptions;
import io.temporal.common.interceptors.ActivityExecutionContextBase;
import io.temporal.common.interceptors.ActivityInboundCallsInterceptor;
import io.temporal.common.interceptors.ActivityInboundCallsInterceptorBase;
import io.temporal.common.interceptors.WorkerInterceptorBase;
import io.temporal.testing.TestEnvironmentOptions;
import io.temporal.testing.TestWorkflowEnvironment;
import io.temporal.worker.WorkerFactoryOptions;
import io.temporal.worker.WorkerOptions;
import io.temporal.workflow.Workflow;
import io.temporal.workflow.WorkflowInterface;
import io.temporal.workflow.WorkflowMethod;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Many attempts beat for themselves, however long Temporal takes to answer some of them. */
class BeatsTest {
    private static final int ATTEMPTS = 96;
    /** One thread less than so many attempts have. */
    private static final int HANGING = ATTEMPTS / 8 - 1;

    private final CountDownLatch executing = new CountDownLatch(ATTEMPTS);
    private final CountDownLatch answered = new CountDownLatch(1);
    private final CountDownLatch done = new CountDownLatch(1);
    /** Beats per attempt, by workflow. */
    private final Map<String, Integer> beats = new ConcurrentHashMap<>();

    private final Set<String> hanging = ConcurrentHashMap.newKeySet();

    @Test
    void beats_go_on_while_temporal_leaves_many_without_an_answer() {
        try (Timers timers = new Timers();
                TestWorkflowEnvironment temporal = environment()) {
            AttemptActivity activity = new AttemptActivity(
                    new MemoryStore(),
                    List.of(new Patient()),
                    new RunningAttempts(timers),
                    (tenant, work) -> work.run(),
                    timers);
            var worker = temporal.newWorker(
                    "q",
                    WorkerOptions.newBuilder()
                            .setMaxHeartbeatThrottleInterval(AttemptWorker.HEARTBEAT_THROTTLE)
                            .build());
            worker.registerWorkflowImplementationTypes(OneAttempt.class);
            worker.registerActivitiesImplementations(activity);
            temporal.start();
            List<WorkflowStub> attempts = IntStream.range(0, ATTEMPTS)
                    .mapToObj(i -> started(temporal))
                    .toList();
            await().atMost(Duration.ofSeconds(30)).until(() -> executing.getCount() == 0 && hanging.size() == HANGING);
            beats.clear();
            await().atMost(Duration.ofSeconds(20)).until(() -> beats.size() == ATTEMPTS - HANGING);
            assertThat(beatThreads()).isLessThanOrEqualTo(ATTEMPTS / 8);

            answered.countDown();
            done.countDown();
            attempts.forEach(
                    attempt -> assertThat(attempt.getResult(String.class)).isEqualTo("OK"));
            await().until(() -> beatThreads() <= 2);
        }
    }

    /** Counts a beat, or leaves it without an answer. */
    private void beat(String workflow) {
        if (!hangs(workflow)) {
            beats.merge(workflow, 1, Integer::sum);
            return;
        }
        try {
            answered.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** One beat at a time, for one more than planned to hang would leave no thread for the others. */
    private synchronized boolean hangs(String workflow) {
        if (executing.getCount() == 0 && hanging.size() < HANGING) {
            hanging.add(workflow);
        }
        return hanging.contains(workflow);
    }

    private static long beatThreads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().equals("taskorder-beat"))
                .count();
    }

    private static WorkflowStub started(TestWorkflowEnvironment temporal) {
        WorkflowStub stub = temporal.getWorkflowClient()
                .newUntypedWorkflowStub(
                        "OneAttempt",
                        WorkflowOptions.newBuilder().setTaskQueue("q").build());
        stub.start(MemoryStore.REF);
        return stub;
    }

    private TestWorkflowEnvironment environment() {
        return TestWorkflowEnvironment.newInstance(TestEnvironmentOptions.newBuilder()
                .setUseTimeskipping(false)
                .setWorkerFactoryOptions(WorkerFactoryOptions.newBuilder()
                        .setWorkerInterceptors(new BeatsOfActivities())
                        .build())
                .build());
    }

    private final class BeatsOfActivities extends WorkerInterceptorBase {
        @Override
        public ActivityInboundCallsInterceptor interceptActivity(ActivityInboundCallsInterceptor next) {
            return new ActivityInboundCallsInterceptorBase(next) {
                @Override
                public void init(ActivityExecutionContext context) {
                    super.init(new ActivityExecutionContextBase(context) {
                        @Override
                        public <V> void heartbeat(V details) {
                            beat(context.getInfo().getWorkflowId());
                            super.heartbeat(details);
                        }
                    });
                }
            };
        }
    }

    private final class Patient implements Executor {
        @Override
        public String name() {
            return "probe";
        }

        @Override
        public Set<String> taskTypes() {
            return Set.of("PROBE");
        }

        @Override
        public ExecutionResult execute(ExecutionRequest request, Heartbeat heartbeat) throws InterruptedException {
            executing.countDown();
            done.await();
            return ExecutionResult.of("OK", null);
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
                    .setScheduleToCloseTimeout(Duration.ofMinutes(2))
                    .setHeartbeatTimeout(Duration.ofSeconds(60))
                    .setRetryOptions(
                            RetryOptions.newBuilder().setMaximumAttempts(1).build())
                    .build();
            return Workflow.newUntypedActivityStub(options).execute("PROBE", String.class, ref);
        }
    }
}
