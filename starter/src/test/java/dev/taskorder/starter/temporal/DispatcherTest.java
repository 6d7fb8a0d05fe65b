package dev.taskorder.starter.temporal;

import static dev.taskorder.starter.temporal.MemoryQueue.order;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.taskorder.activities.dispatch.DispatchSignal;
import dev.taskorder.activities.dispatch.SignalDue;
import dev.taskorder.activities.dispatch.SignalDue.Signal;
import dev.taskorder.activities.dispatch.StartAtOnce;
import dev.taskorder.activities.dispatch.StartDue;
import dev.taskorder.api.order.CancelSignal;
import dev.taskorder.api.order.TaskOrderRef;
import dev.taskorder.api.order.TaskOrderWorkflow;
import dev.taskorder.api.order.WorkflowIds;
import dev.taskorder.api.tenant.TenantId;
import dev.taskorder.starter.tenant.BackgroundRunner;
import dev.taskorder.starter.tenant.TenantContextPropagator;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.temporal.api.common.v1.WorkflowExecution;
import io.temporal.api.errordetails.v1.NamespaceNotFoundFailure;
import io.temporal.api.workflowservice.v1.DescribeWorkflowExecutionRequest;
import io.temporal.api.workflowservice.v1.DescribeWorkflowExecutionResponse;
import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowClientOptions;
import io.temporal.serviceclient.StatusUtils;
import io.temporal.testing.TestEnvironmentOptions;
import io.temporal.testing.TestWorkflowEnvironment;
import io.temporal.workflow.Workflow;
import io.temporal.workflow.WorkflowInterface;
import io.temporal.workflow.WorkflowMethod;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class DispatcherTest {
    private static final TenantId A = MemoryQueue.A;
    private static final TenantId B = new TenantId("tenant_b");
    private static final List<TaskOrderRef> RUNS = new CopyOnWriteArrayList<>();
    private static TestWorkflowEnvironment temporal;
    private static WorkflowClient client;

    private final MemoryQueue queue = new MemoryQueue();
    private final DispatchSignal signal = new DispatchSignal();
    private final BackgroundRunner tenants = new BackgroundRunner();
    private final TraceContextPropagator traces = new TraceContextPropagator();
    private final Calls calls = new Calls();
    private final AtomicBoolean away = new AtomicBoolean();
    private final AtomicInteger questions = new AtomicInteger();
    private final AttributeRegistry attributes =
            new AttributeRegistry(temporal.getWorkflowServiceStubs().getRawChannel(), temporal.getNamespace());
    private final TemporalGate gate = new TemporalGate(this::question, List.of(signal::sweep));
    private final OrderStarter starter = new OrderStarter(client, attributes, traces, calls, new KnownOrders());
    private final Outcomes outcomes = new Outcomes(queue, tenants);
    private final Courier courier = new Courier(starter, new OrderSignaller(client, calls), tenants, gate, outcomes);
    private final Dispatcher dispatcher = new Dispatcher(queue, signal, tenants, gate, courier, outcomes);
    private final String keys = UUID.randomUUID().toString();

    @BeforeAll
    static void startTemporal() {
        temporal = TestWorkflowEnvironment.newInstance(TestEnvironmentOptions.newBuilder()
                .setUseTimeskipping(false)
                .setWorkflowClientOptions(WorkflowClientOptions.newBuilder()
                        .setContextPropagators(List.of(new TenantContextPropagator(), new TraceContextPropagator()))
                        .build())
                .build());
        client = temporal.getWorkflowClient();
        var worker = temporal.newWorker(TaskOrderWorkflow.TASK_QUEUE);
        worker.registerWorkflowImplementationTypes(AtOnce.class);
        temporal.start();
    }

    @AfterAll
    static void stopTemporal() {
        temporal.close();
    }

    @BeforeEach
    void start() {
        RUNS.clear();
        attributes.register();
    }

    @AfterEach
    void stop() {
        dispatcher.stop();
        gate.stop();
        calls.close();
    }

    @Test
    void everything_that_is_due_is_started_once_and_told() {
        List<StartDue> all = IntStream.range(0, 150)
                .mapToObj(i -> order(i % 3 == 0 ? A : B, i % 100, keys + i))
                .toList();
        all.forEach(queue::add);
        run();
        await().until(() -> queue.startedCount() == all.size());
        assertThat(queue.startedSoFar()).containsExactlyInAnyOrderElementsOf(all);
        // runs of the test before may still come in on a busy machine: only ours count
        List<UUID> ours = all.stream().map(StartDue::taskId).toList();
        await().atMost(Duration.ofSeconds(30)).until(() -> runsOf(ours).containsAll(ours));
        assertThat(runsOf(ours)).doesNotHaveDuplicates();
    }

    private static List<UUID> runsOf(List<UUID> tasks) {
        return RUNS.stream()
                .map(TaskOrderRef::taskId)
                .filter(new HashSet<>(tasks)::contains)
                .toList();
    }

    @Test
    void a_commit_in_this_process_is_dispatched_without_a_sweep() {
        run();
        await().until(() -> queue.sweeps == 1);
        StartDue order = order(A, 50, keys);
        queue.add(order);
        signal.startsDue(A);
        await().until(() -> queue.startedSoFar().contains(order));
        assertThat(queue.sweeps).isEqualTo(1);
    }

    @Test
    void an_order_that_is_just_created_is_started_from_memory_when_nothing_waits() {
        run();
        StartAtOnce.Place place =
                await().until(() -> dispatcher.place(A), Optional::isPresent).orElseThrow();
        StartDue order = order(A, 50, keys);
        place.start(order);
        place.close();
        await().until(() -> queue.startedSoFar().contains(order));
        assertThat(queue.claimed).isEmpty();
        // started is told by Temporal, and its worker may run it later
        await().until(() -> !runsOf(List.of(order.taskId())).isEmpty());
        assertThat(runsOf(List.of(order.taskId()))).hasSize(1);
    }

    @Test
    void a_place_that_was_not_used_is_free_again() {
        run();
        await().until(() -> dispatcher.place(A), Optional::isPresent)
                .orElseThrow()
                .close();
        for (int i = 0; i < 1000; i++) {
            dispatcher.place(A).orElseThrow().close();
        }
    }

    @Test
    void nothing_created_now_overtakes_what_waits_while_temporal_is_away_or_behind_a_backlog() {
        away.set(true);
        run();
        await().until(() -> questions.get() >= 1);
        assertThat(dispatcher.place(A)).isEmpty();
        queue.blocked = new CountDownLatch(1);
        IntStream.range(0, 3).forEach(i -> queue.add(order(A, 50, keys + i)));
        away.set(false);
        await().until(() -> queue.sweeps > 0);
        assertThat(dispatcher.place(A)).isEmpty();
        queue.blocked.countDown();
        await().until(() -> queue.startedCount() == 3);
        await().until(() -> dispatcher.place(A).isPresent());
    }

    @Test
    void a_start_handed_over_when_the_dispatcher_has_stopped_is_left_to_its_claim() {
        run();
        StartAtOnce.Place place =
                await().until(() -> dispatcher.place(A), Optional::isPresent).orElseThrow();
        dispatcher.stop();
        assertThat(dispatcher.place(A)).isEmpty();
        StartDue order = order(A, 50, keys);
        assertThatCode(() -> place.start(order)).doesNotThrowAnyException();
        assertThat(queue.startedSoFar()).doesNotContain(order);
    }

    @Test
    void while_temporal_is_away_nothing_is_claimed_and_then_the_most_urgent_goes_first() {
        away.set(true);
        run();
        IntStream.range(0, 200).forEach(i -> queue.add(order(A, i % 90, keys + i)));
        StartDue urgent = order(A, 99, keys + "urgent");
        queue.add(urgent);
        signal.startsDue(A);
        await().until(() -> questions.get() >= 3);
        assertThat(queue.claimed).isEmpty();
        away.set(false);
        await().until(() -> queue.startedCount() == 201);
        assertThat(queue.claimed.get(0)).isEqualTo(urgent);
        assertThat(queue.claimed.get(1).priority()).isEqualTo(89);
        assertThat(questions.get()).isLessThan(20);
    }

    @Test
    void no_tenant_waits_for_the_whole_backlog_of_another() {
        IntStream.range(0, 400).forEach(i -> queue.add(order(A, 50, keys + i)));
        queue.add(order(B, 0, keys));
        run();
        await().until(() -> queue.startedCount() == 401);
        int place = IntStream.range(0, 401)
                .filter(i -> queue.claimed.get(i).tenant().equals(B))
                .findFirst()
                .orElseThrow();
        assertThat(place).isLessThanOrEqualTo(64);
    }

    @Test
    void who_has_a_backlog_is_worked_off_to_the_end_while_another_starts_now_and_then() {
        IntStream.range(0, 60).forEach(i -> queue.add(order(A, 50, keys + i)));
        queue.add(order(B, 50, keys));
        run();
        await().until(() -> queue.startedCount() >= 10);
        assertThat(queue.startedSoFar()).extracting(StartDue::tenant).contains(B);
        await().atMost(Duration.ofSeconds(30)).until(() -> queue.startedCount() == 61);
    }

    @Test
    void the_same_run_twice_is_one_workflow_and_a_raised_run_is_another() {
        StartDue first = order(A, 50, keys);
        assertThat(start(first)).isEqualTo(OrderStarter.Started.OPEN);
        awaitEnd(first);
        assertThat(start(MemoryQueue.run(first, 1, true))).isEqualTo(OrderStarter.Started.CLOSED);
        assertThat(start(MemoryQueue.run(first, 2, false))).isEqualTo(OrderStarter.Started.OPEN);
        awaitEnd(first);
        assertThat(RUNS)
                .filteredOn(run -> run.taskId().equals(first.taskId()))
                .extracting(TaskOrderRef::runNo)
                .containsExactly(1, 2);
    }

    @Test
    void a_start_that_meets_the_end_of_its_run_is_told_as_closed() {
        StartDue order = order(A, 50, keys);
        start(order);
        awaitEnd(order);
        queue.add(MemoryQueue.run(order, 1, true));
        run();
        await().until(() -> queue.closed.size() == 1);
        assertThat(queue.started).isEmpty();
    }

    @Test
    void a_signal_to_nobody_is_told_as_undelivered() {
        queue.add(new SignalDue(7, UUID.randomUUID(), "prod", keys + "nobody", new Signal.Wake()));
        queue.add(new SignalDue(
                8, UUID.randomUUID(), "prod", keys + "none", new Signal.Cancel(new CancelSignal("why", "me"))));
        run();
        await().until(() -> queue.undelivered.size() == 2);
        assertThat(queue.undelivered).containsExactlyInAnyOrder(7L, 8L);
        assertThat(queue.signalled).isEmpty();
    }

    @Test
    void a_tenant_that_nothing_can_be_claimed_for_or_told_of_keeps_no_other_waiting() {
        StartDue before = order(A, 90, keys + "before");
        queue.broken = A;
        queue.add(before);
        outcomes.start(Outcomes.Kind.STARTED, before);
        IntStream.range(0, 100).forEach(i -> queue.add(order(B, 10, keys + i)));
        run();
        await().until(() -> queue.startedCount() == 100);
        assertThat(queue.claimed).extracting(StartDue::tenant).containsOnly(B);
        queue.broken = null;
        await().until(() -> queue.startedCount() == 102);
    }

    @Test
    void the_dispatcher_outlives_an_error() {
        queue.fault = new LinkageError("on purpose");
        queue.add(order(A, 50, keys));
        run();
        await().until(() -> queue.startedCount() == 1);
    }

    @Test
    void a_temporal_without_our_namespace_is_as_good_as_away() {
        StatusRuntimeException missing = StatusUtils.newException(
                Status.NOT_FOUND.withDescription("no such namespace"),
                NamespaceNotFoundFailure.newBuilder().setNamespace("ours").build(),
                NamespaceNotFoundFailure.getDescriptor());
        assertThat(Calls.isAway(missing)).isTrue();
        assertThat(Calls.isAway(Status.NOT_FOUND.asRuntimeException())).isFalse();
    }

    @Test
    void what_is_said_of_a_start_that_failed_names_its_tenant() {
        Logger courierLog = (Logger) LoggerFactory.getLogger(Courier.class);
        ListAppender<ILoggingEvent> lines = new ListAppender<>();
        lines.start();
        courierLog.addAppender(lines);
        try {
            calls.close(); // so that no call can be made
            assertThat(courier.start(order(B, 50, keys))).isFalse();
        } finally {
            courierLog.detachAppender(lines);
        }
        assertThat(lines.list).isNotEmpty().allSatisfy(line -> assertThat(line.getMDCPropertyMap())
                .containsEntry("tenant", B.value()));
    }

    @Test
    void a_start_carries_what_the_list_of_workflows_is_searched_by() {
        assertThat(attributes.usable()).isTrue();
        StartDue order = order(A, 50, keys);
        start(order);
        DescribeWorkflowExecutionResponse told = describe(order);
        assertThat(told.getWorkflowExecutionInfo().getSearchAttributes().getIndexedFieldsMap())
                .containsKeys("TenantId", "TaskEnv", "ProjectId", "TaskType", "TaskStatus", "TaskPriority");
    }

    @Test
    void without_registered_attributes_orders_start_all_the_same() {
        // Never registered by this one, so it has nothing to wait for.
        OrderStarter without = new OrderStarter(
                client,
                new AttributeRegistry(temporal.getWorkflowServiceStubs().getRawChannel(), temporal.getNamespace()),
                traces,
                calls,
                new KnownOrders());
        StartDue order = order(A, 50, keys);
        assertThat(tenants.call(A, () -> without.start(order))).isEqualTo(OrderStarter.Started.OPEN);
        assertThat(describe(order)
                        .getWorkflowExecutionInfo()
                        .getSearchAttributes()
                        .getIndexedFieldsMap())
                .doesNotContainKey("TenantId");
    }

    @Test
    void the_summary_fits_and_breaks_no_character() {
        assertThat(OrderTexts.truncated("a".repeat(200), 200)).hasSize(200);
        assertThat(OrderTexts.truncated("a".repeat(201), 200)).hasSize(200);
        assertThat(OrderTexts.truncated("a".repeat(199) + "é", 200)).isEqualTo("a".repeat(199));
        assertThat(OrderTexts.truncated("😀".repeat(51), 200)).isEqualTo("😀".repeat(50));
        assertThat(OrderTexts.summary(order(A, 90, keys)))
                .isEqualTo("E2E_CHECKOUT · shop · prod · priority 90 · ref-1 · words");
    }

    private void run() {
        gate.start();
        dispatcher.start();
    }

    private void question() {
        questions.incrementAndGet();
        if (away.get()) {
            throw new IllegalStateException("away");
        }
    }

    private OrderStarter.Started start(StartDue due) {
        return tenants.call(due.tenant(), () -> starter.start(due));
    }

    private static String idOf(StartDue order) {
        return WorkflowIds.of(order.tenant(), order.env(), order.idempotencyKey());
    }

    private static void awaitEnd(StartDue order) {
        client.newUntypedWorkflowStub(idOf(order)).getResult(String.class);
    }

    private static DescribeWorkflowExecutionResponse describe(StartDue order) {
        return client.getWorkflowServiceStubs()
                .blockingStub()
                .describeWorkflowExecution(DescribeWorkflowExecutionRequest.newBuilder()
                        .setNamespace(temporal.getNamespace())
                        .setExecution(WorkflowExecution.newBuilder().setWorkflowId(idOf(order)))
                        .build());
    }

    @WorkflowInterface
    public interface Order {
        @WorkflowMethod(name = "TaskOrder")
        String run(TaskOrderRef order);
    }

    /** Ends at once. */
    public static final class AtOnce implements Order {
        @Override
        public String run(TaskOrderRef order) {
            if (!Workflow.isReplaying()) {
                RUNS.add(order);
            }
            return "SUCCESS";
        }
    }
}
