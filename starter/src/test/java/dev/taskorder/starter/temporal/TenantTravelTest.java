package dev.taskorder.starter.temporal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.taskorder.activities.order.OrderIdentity;
import dev.taskorder.api.order.AttemptRef;
import dev.taskorder.api.order.TaskOrderRef;
import dev.taskorder.api.order.TaskOrderWorkflow;
import dev.taskorder.api.tenant.TenantContext;
import dev.taskorder.api.tenant.TenantId;
import dev.taskorder.starter.tenant.BackgroundRunner;
import dev.taskorder.starter.tenant.TenantContextPropagator;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.temporal.activity.Activity;
import io.temporal.activity.ActivityInterface;
import io.temporal.activity.ActivityOptions;
import io.temporal.activity.DynamicActivity;
import io.temporal.activity.LocalActivityOptions;
import io.temporal.client.WorkflowClientOptions;
import io.temporal.client.WorkflowFailedException;
import io.temporal.client.WorkflowOptions;
import io.temporal.client.WorkflowStub;
import io.temporal.common.RetryOptions;
import io.temporal.common.interceptors.ActivityInboundCallsInterceptor;
import io.temporal.common.interceptors.ActivityInboundCallsInterceptorBase;
import io.temporal.common.interceptors.WorkerInterceptorBase;
import io.temporal.failure.ApplicationFailure;
import io.temporal.testing.TestEnvironmentOptions;
import io.temporal.testing.TestWorkflowEnvironment;
import io.temporal.worker.WorkerFactoryOptions;
import io.temporal.worker.WorkerOptions;
import io.temporal.workflow.Workflow;
import io.temporal.workflow.WorkflowInterface;
import io.temporal.workflow.WorkflowMethod;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.MDC;

/** One call at a time of each kind, so that threads are used again and whatever a call leaves behind, the next one finds. */
class TenantTravelTest {
    private static final TenantId A = new TenantId("tenant_a");
    private static final TenantId B = new TenantId("tenant_b");
    private static final String TRACEPARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

    private static final List<String> SEEN = new CopyOnWriteArrayList<>();
    private static final List<Arrival> ARRIVED = new CopyOnWriteArrayList<>();
    private static final TenantContextPropagator TENANTS = new TenantContextPropagator();
    private static final TraceContextPropagator TRACES = new TraceContextPropagator();
    private static final KnownOrders ORDERS = new KnownOrders();
    private static final List<String> AUDITED = new CopyOnWriteArrayList<>();
    private static final Refusals REFUSALS = new Refusals(
            tenant -> {
                AUDITED.add(tenant.value());
                return Optional.empty();
            },
            null, // none of them is there
            new SimpleMeterRegistry());
    private static final BackgroundRunner RUNNER = new BackgroundRunner();
    private static TestWorkflowEnvironment temporal;

    @BeforeAll
    static void start() {
        temporal = TestWorkflowEnvironment.newInstance(TestEnvironmentOptions.newBuilder()
                .setUseTimeskipping(false)
                .setWorkflowClientOptions(WorkflowClientOptions.newBuilder()
                        .setContextPropagators(List.of(TENANTS, TRACES))
                        .build())
                .setWorkerFactoryOptions(WorkerFactoryOptions.newBuilder()
                        .setWorkerInterceptors(new ActivityEntry(TENANTS, TRACES, ORDERS, REFUSALS), new Arrivals())
                        .build())
                .build());
        var steps = temporal.newWorker(
                "steps",
                WorkerOptions.newBuilder()
                        .setMaxConcurrentActivityExecutionSize(1)
                        .setMaxConcurrentLocalActivityExecutionSize(1)
                        .build());
        steps.registerWorkflowImplementationTypes(StepImpl.class);
        steps.registerActivitiesImplementations(new LookImpl());
        DynamicActivity dynamic = arguments -> look();
        temporal.newWorker(
                        "executors",
                        WorkerOptions.newBuilder()
                                .setMaxConcurrentActivityExecutionSize(1)
                                .build())
                .registerActivitiesImplementations(dynamic);
        temporal.start();
    }

    @AfterAll
    static void stop() {
        temporal.close();
    }

    @BeforeEach
    void forget() {
        SEEN.clear();
        AUDITED.clear();
    }

    @ParameterizedTest
    @ValueSource(strings = {"regular", "local", "dynamic"})
    void an_order_that_the_tenant_does_not_have_is_refused(String kind) {
        TaskOrderRef nobodys = new TaskOrderRef(A, UUID.randomUUID(), 1);
        assertThatRefused(() -> run(A, "tenant_a:prod:k", kind, nobodys), "ORDER_UNKNOWN");
        assertThat(SEEN).isEmpty();
        assertThat(AUDITED).containsExactly("tenant_a");
    }

    @ParameterizedTest
    @ValueSource(strings = {"regular", "local", "dynamic"})
    void a_workflow_that_is_not_the_order_s_own_is_refused(String kind) {
        TaskOrderRef order = orderOf("tenant_a:prod:its-own", A, "ANY_TYPE");
        assertThatRefused(() -> run(A, "tenant_a:prod:forged", kind, order), "NOT_OF_ORDER");
        assertThat(SEEN).isEmpty();
        assertThat(AUDITED).containsExactly("tenant_a");
    }

    @Test
    void an_attempt_of_another_task_type_than_its_order_s_is_refused() {
        TaskOrderRef order = orderOf("tenant_a:prod:k", A, "OTHER_TYPE");
        assertThatRefused(() -> run(A, "tenant_a:prod:k", "dynamic", order), "NOT_OF_ORDER");
        assertThat(run(A, "tenant_a:prod:k", "regular", order)).startsWith("tenant_a");
    }

    @Test
    void an_attempt_that_has_one_try_waits_for_the_store() {
        ORDERS.failNext(3);
        assertThat(run(A, "tenant_a:prod:k", "dynamic", A)).startsWith("tenant_a");
    }

    @ParameterizedTest
    @ValueSource(strings = {"regular", "local", "dynamic"})
    void the_tenant_and_the_trace_travel_from_start_to_activity(String kind) {
        assertThat(run(A, "tenant_a:prod:k", kind, A)).isEqualTo("tenant_a tenant_a 0af7651916cd43dd8448eb211c80319c");
    }

    @ParameterizedTest
    @CsvSource({
        "tenant_b, tenant_a:prod:k, tenant_a, regular",
        "tenant_b, tenant_a:prod:k, tenant_a, local",
        "tenant_b, tenant_a:prod:k, tenant_a, dynamic",
        "tenant_a, tenant_b:prod:k, tenant_a, regular",
        "tenant_a, tenant_a:prod:k, tenant_b, regular",
        "tenant_a, tenant_a:prod:k, tenant_b, dynamic",
        "tenant_b, tenant_a:prod:k, tenant_b, local",
        "tenant_a, no-tenant-in-it, tenant_a, local",
        "'', tenant_a:prod:k, tenant_a, regular",
        "'', tenant_a:prod:k, tenant_a, local",
        "'', tenant_a:prod:k, tenant_a, dynamic"
    })
    void header_input_and_workflow_id_must_agree_or_nothing_is_done(
            String header, String workflowId, String input, String kind) {
        assertThatMismatch(
                () -> run(header.isEmpty() ? null : new TenantId(header), workflowId, kind, new TenantId(input)));
        assertThat(SEEN).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"regular", "local", "dynamic"})
    void a_pooled_thread_keeps_no_tenant_for_a_call_without_one_nor_for_one_of_another_tenant(String kind) {
        // The SDK takes a new thread when the old one is not back yet: only calls on one thread show anything.
        await().pollInterval(Duration.ZERO).until(() -> {
            ARRIVED.clear();
            run(A, "tenant_a:prod:first", kind, A);
            assertThatMismatch(() -> run(null, "tenant_a:prod:second", kind, A));
            assertThat(run(B, "tenant_b:prod:third", kind, B)).startsWith("tenant_b tenant_b");
            assertThatMismatch(() -> run(null, "tenant_b:prod:fourth", kind, B));
            assertThat(ARRIVED).extracting(Arrival::tenant).containsExactly("tenant_a", "nobody", "tenant_b", "nobody");
            return ARRIVED.stream().map(Arrival::thread).distinct().count() == 1;
        });
    }

    @Test
    void after_an_activity_that_fails_its_thread_keeps_no_tenant() {
        assertThatThrownBy(() -> run(A, "tenant_a:prod:boom", "failing", A))
                .isInstanceOf(WorkflowFailedException.class);
        SEEN.clear();
        assertThatMismatch(() -> run(null, "tenant_a:prod:after", "regular", A));
        assertThat(SEEN).isEmpty();
    }

    @Test
    void an_input_that_cannot_be_read_touches_nothing_and_the_next_call_is_its_own() {
        assertThatThrownBy(() -> run(A, "tenant_a:prod:unreadable", "unreadable", A))
                .isInstanceOf(WorkflowFailedException.class);
        assertThatMismatch(() -> run(null, "tenant_a:prod:after", "regular", A));
        assertThat(SEEN).isEmpty();
    }

    @Test
    void the_starting_thread_keeps_no_tenant() {
        run(A, "tenant_a:prod:k", "local", A);
        assertThat(TenantContext.current()).isEmpty();
        assertThat(MDC.get("tenant")).isNull();
        assertThat(MDC.get("trace_id")).isNull();
    }

    private static TaskOrderRef orderOf(String workflowId, TenantId tenant, String taskType) {
        TaskOrderRef order = new TaskOrderRef(tenant, UUID.randomUUID(), 1);
        ORDERS.remember(tenant, order.taskId(), new OrderIdentity(workflowId, taskType));
        return order;
    }

    private static String run(TenantId header, String workflowId, String kind, TenantId input) {
        return run(header, workflowId, kind, orderOf(workflowId, input, "ANY_TYPE"));
    }

    private static String run(TenantId header, String workflowId, String kind, TaskOrderRef input) {
        return header == null
                ? started(workflowId, kind, input).getResult(String.class)
                : RUNNER.call(header, () -> {
                            TRACES.setCurrentContext(TRACEPARENT);
                            try {
                                return started(workflowId, kind, input);
                            } finally {
                                TRACES.setCurrentContext(null);
                            }
                        })
                        .getResult(String.class);
    }

    private static WorkflowStub started(String workflowId, String kind, TaskOrderRef input) {
        WorkflowStub stub = temporal.getWorkflowClient()
                .newUntypedWorkflowStub(
                        TaskOrderWorkflow.TYPE,
                        WorkflowOptions.newBuilder()
                                .setTaskQueue("steps")
                                .setWorkflowId(workflowId)
                                .build());
        stub.start(kind, input);
        return stub;
    }

    private static void assertThatMismatch(org.assertj.core.api.ThrowableAssert.ThrowingCallable call) {
        assertThatRefused(call, "TENANT_MISMATCH");
    }

    private static void assertThatRefused(org.assertj.core.api.ThrowableAssert.ThrowingCallable call, String type) {
        assertThatThrownBy(call).isInstanceOf(WorkflowFailedException.class).satisfies(failure -> {
            ApplicationFailure cause = (ApplicationFailure) failure.getCause().getCause();
            assertThat(cause.getType()).isEqualTo(type);
            assertThat(cause.isNonRetryable()).isTrue();
        });
    }

    /** A call as it came, before anything was checked: on which thread, and whose it was. */
    private record Arrival(Thread thread, String tenant) {}

    private static final class Arrivals extends WorkerInterceptorBase {
        @Override
        public ActivityInboundCallsInterceptor interceptActivity(ActivityInboundCallsInterceptor next) {
            return new ActivityInboundCallsInterceptorBase(next) {
                @Override
                public ActivityOutput execute(ActivityInput input) {
                    String tenant = TenantContext.current().map(TenantId::value).orElse("nobody");
                    ARRIVED.add(new Arrival(Thread.currentThread(), tenant));
                    return super.execute(input);
                }
            };
        }
    }

    private static String look() {
        String seen = TenantContext.current().map(TenantId::value).orElse("nobody") + " " + MDC.get("tenant") + " "
                + MDC.get("trace_id");
        SEEN.add(seen);
        return seen;
    }

    @WorkflowInterface
    public interface Step {
        @WorkflowMethod(name = TaskOrderWorkflow.TYPE)
        String run(String kind, TaskOrderRef order);
    }

    @ActivityInterface
    public interface Look {
        String regular(TaskOrderRef order);

        String failing(TaskOrderRef order);
    }

    static final class LookImpl implements Look {
        @Override
        public String regular(TaskOrderRef order) {
            return look();
        }

        @Override
        public String failing(TaskOrderRef order) {
            throw Activity.wrap(new IllegalStateException("boom"));
        }
    }

    public static final class StepImpl implements Step {
        private static final RetryOptions ONCE =
                RetryOptions.newBuilder().setMaximumAttempts(1).build();

        @Override
        public String run(String kind, TaskOrderRef order) {
            ActivityOptions options = ActivityOptions.newBuilder()
                    .setStartToCloseTimeout(Duration.ofSeconds(10))
                    .setRetryOptions(ONCE)
                    .build();
            switch (kind) {
                case "local":
                    return Workflow.newLocalActivityStub(
                                    Look.class,
                                    LocalActivityOptions.newBuilder()
                                            .setStartToCloseTimeout(Duration.ofSeconds(10))
                                            .setRetryOptions(ONCE)
                                            .build())
                            .regular(order);
                case "failing":
                    return Workflow.newActivityStub(Look.class, options).failing(order);
                case "unreadable":
                    return Workflow.newUntypedActivityStub(options).execute("Regular", String.class, "no order");
                case "dynamic":
                    return Workflow.newUntypedActivityStub(options.toBuilder()
                                    .setTaskQueue("executors")
                                    .build())
                            .execute("ANY_TYPE", String.class, new AttemptRef(order.tenant(), order.taskId(), 1));
                default:
                    return Workflow.newActivityStub(Look.class, options).regular(order);
            }
        }
    }
}
