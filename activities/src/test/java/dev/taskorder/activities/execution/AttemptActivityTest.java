package dev.taskorder.activities.execution;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.taskorder.api.execution.ExecutionRequest;
import dev.taskorder.api.execution.ExecutionResult;
import dev.taskorder.api.execution.Executor;
import dev.taskorder.api.execution.Heartbeat;
import dev.taskorder.api.execution.LeaseOutcome;
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
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;
import org.springframework.dao.DataIntegrityViolationException;

class AttemptActivityTest {
    private static final ExecutionResult OK = ExecutionResult.of("OK", null);

    private final MemoryStore store = new MemoryStore();
    private final Timers timers = new Timers();
    private final RunningAttempts running = new RunningAttempts(timers);
    private final CountDownLatch executing = new CountDownLatch(1);
    private volatile Behaviour behaviour = (request, heartbeat) -> OK;
    private static final AtomicReference<AttemptActivity> ACTIVITY = new AtomicReference<>();
    private static TestWorkflowEnvironment temporal;

    private interface Behaviour {
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
        ACTIVITY.set(new AttemptActivity(store, List.of(new Probe()), running, AttemptActivityTest::bound, timers));
    }

    @AfterEach
    void stop() {
        timers.close();
    }

    @Test
    void the_result_is_stored_and_only_its_code_is_answered() {
        behaviour = (request, heartbeat) -> new ExecutionResult(
                "SOFT_FAIL", "no tickets", Map.of("a", 1), List.of(), money("k", 1, "k", 2), money("sale", 3));
        assertThat(run()).isEqualTo("SOFT_FAIL");
        assertThat(store.results)
                .containsExactly(new ExecutionResult(
                        "SOFT_FAIL", "no tickets", Map.of("a", 1), List.of(), money("k", 3), money("sale", 3)));
    }

    @Test
    void an_attempt_that_was_begun_before_is_lost_and_its_executor_is_not_called() {
        store.instead = new AttemptStore.Begun.AlreadyBegun();
        assertThatLost(this::run);
        assertThat(executing.getCount()).isEqualTo(1);
    }

    @Test
    void an_attempt_that_the_order_has_left_behind_is_lost() {
        store.instead = new AttemptStore.Begun.NotCurrent();
        assertThatLost(this::run);
    }

    @Test
    void an_attempt_that_has_ended_answers_its_code_again() {
        store.instead = new AttemptStore.Begun.AlreadyEnded("RETRYABLE");
        assertThat(run()).isEqualTo("RETRYABLE");
        assertThat(executing.getCount()).isEqualTo(1);
    }

    @Test
    void a_late_answer_is_told_to_the_store_and_is_lost_to_the_workflow() {
        store.late = true;
        assertThatLost(this::run);
        assertThat(store.results).containsExactly(OK);
    }

    @Test
    void an_unexpected_exception_is_an_executor_error_with_its_message_and_the_costs_told() {
        behaviour = (request, heartbeat) -> {
            heartbeat.report(Map.of("step", 1), money("k", 1));
            throw new IllegalStateException("bo\0om" + "x".repeat(3000));
        };
        assertThat(run()).isEqualTo("EXECUTOR_ERROR");
        assertThat(store.result().resultMessage()).startsWith("bo\uFFFDom").hasSize(2000);
        assertThat(store.result().costs()).isEqualTo(money("k", 1));
    }

    @Test
    void an_executor_that_is_not_there_is_an_executor_error() {
        store.executor = "other";
        assertThat(run()).isEqualTo("EXECUTOR_ERROR");
        assertThat(store.result().resultMessage()).isEqualTo("no executor named 'other' in this worker");
    }

    @Test
    void a_bad_result_is_an_executor_error_in_words() {
        assertThatBad(null, "the executor gave no result");
        assertThatBad(ExecutionResult.of("a b", null), "result_code must match");
        assertThatBad(output(Map.of("a", "x".repeat(64 * 1024))), "output must have at most 65536 bytes, has 65544");
        assertThatBad(output(Map.of("a", "\0")), "output has a NUL");
        assertThatBad(output(Map.of("\0", 1)), "output has a NUL");
        Map<String, Object> endless = new HashMap<>();
        endless.put("a", endless);
        assertThatBad(output(endless), "output cannot be written as JSON");
        assertThatBad(
                new ExecutionResult("OK", null, Map.of(), List.of(), many(65), List.of()),
                "costs must have at most 64 items, has 65");
        assertThatBad(outcomes(1601), "lease_outcomes must have at most 1600 items, has 1601");
        assertThatBad(outcomes(1), "lease_outcomes names ");
    }

    @Test
    void a_result_at_every_limit_passes() {
        Map<String, Object> output = Map.of("a", "x".repeat(64 * 1024 - 8));
        behaviour = (request, heartbeat) ->
                new ExecutionResult("OK", "m".repeat(2000), output, List.of(), many(64), many(64));
        assertThat(run()).isEqualTo("OK");
        assertThat(store.result().output()).isEqualTo(output);
    }

    @Test
    void store_faults_are_waited_out() {
        store.faults.set(2);
        behaviour = (request, heartbeat) -> {
            store.faults.set(2);
            return OK;
        };
        assertThat(run()).isEqualTo("OK");
        assertThat(store.calls).hasSize(6);
    }

    @Test
    void a_store_that_stays_away_past_deadline_and_grace_loses_the_attempt() {
        store.leftMs = 300;
        store.graceMs = 100;
        behaviour = (request, heartbeat) -> {
            store.faults.set(Integer.MAX_VALUE);
            return OK;
        };
        assertThatLost(this::run);
    }

    @Test
    void a_result_that_the_store_refuses_is_kept_as_an_executor_error() {
        store.fault = new DataIntegrityViolationException("no");
        behaviour = (request, heartbeat) -> {
            store.faults.set(1);
            return new ExecutionResult("OK", null, Map.of(), List.of(), money("k", 1), List.of());
        };
        assertThat(run()).isEqualTo("EXECUTOR_ERROR");
        assertThat(store.result().costs()).isEqualTo(money("k", 1));
    }

    @Test
    void the_last_report_wins_and_is_written_before_the_result_and_for_the_tenant() {
        behaviour = (request, heartbeat) -> {
            for (int i = 1; i <= 100; i++) {
                heartbeat.report(Map.of("i", i), money("k", i));
            }
            return OK;
        };
        assertThat(run()).isEqualTo("OK");
        assertThat(store.calls.size()).isLessThanOrEqualTo(4);
        assertThat(store.progress.get(store.progress.size() - 1)).containsEntry("i", 100);
        assertThat(store.calls.get(store.calls.size() - 1)).startsWith("complete");
    }

    @Test
    void reports_are_written_while_the_executor_works_on_threads_bound_to_the_tenant() {
        behaviour = (request, heartbeat) -> {
            heartbeat.report(Map.of("i", 1), List.of());
            await().until(() -> store.calls.contains("report@tenant_a"));
            return OK;
        };
        assertThat(run()).isEqualTo("OK");
    }

    @Test
    void what_an_executor_does_to_what_it_told_is_not_told() {
        behaviour = (request, heartbeat) -> {
            Map<String, Object> progress = new HashMap<>(Map.of("i", 1));
            heartbeat.report(progress, List.of());
            progress.put("endless", progress);
            return OK;
        };
        assertThat(run()).isEqualTo("OK");
        assertThat(store.progress).last().isEqualTo(Map.of("i", 1));
    }

    @Test
    void a_report_that_the_store_refuses_for_good_leaves_the_result_and_its_costs_as_they_are() {
        store.fault = new DataIntegrityViolationException("value overflows numeric format");
        behaviour = (request, heartbeat) -> {
            store.faults.set(1);
            heartbeat.report(Map.of("far", 1), money("captcha", 1));
            return OK;
        };
        assertThat(run()).isEqualTo("OK");
        assertThat(store.result().costs()).isEqualTo(money("captcha", 1));
    }

    @Test
    void a_report_that_takes_a_cost_back_fails_the_executor_and_the_cost_stands() {
        behaviour = (request, heartbeat) -> {
            heartbeat.report(Map.of(), money("captcha", 2));
            heartbeat.report(Map.of(), money("proxy", 1, "captcha", 1));
            return OK;
        };
        assertThat(run()).isEqualTo("EXECUTOR_ERROR");
        assertThat(store.result().resultMessage())
                .isEqualTo("costs of 'captcha' are a running total and were 2, now 1");
        assertThat(store.result().costs()).isEqualTo(money("captcha", 2));
    }

    @Test
    void costs_that_a_later_report_or_the_result_leaves_out_or_lowers_stand() {
        behaviour = (request, heartbeat) -> {
            heartbeat.report(Map.of(), money("captcha", 2));
            heartbeat.report(Map.of(), money("proxy", 3));
            return new ExecutionResult("OK", null, Map.of(), List.of(), money("proxy", 1, "sms", 1), List.of());
        };
        assertThat(run()).isEqualTo("OK");
        assertThat(store.result().costs()).isEqualTo(money("captcha", 2, "proxy", 3, "sms", 1));
    }

    @Test
    void a_report_past_its_limit_fails_the_executor() {
        behaviour = (request, heartbeat) -> {
            heartbeat.report(Map.of("a", "x".repeat(70_000)), List.of());
            return OK;
        };
        assertThat(run()).isEqualTo("EXECUTOR_ERROR");
    }

    @Test
    void the_deadline_interrupts_the_executor_and_its_answer_is_stored() {
        store.leftMs = 150;
        behaviour = (request, heartbeat) -> {
            untilInterrupted();
            return ExecutionResult.of("CANCELLED", "stopped " + heartbeat.cancelled());
        };
        assertThat(run()).isEqualTo("CANCELLED");
        assertThat(store.result().resultMessage()).isEqualTo("stopped true");
        assertThat(store.overdue).isTrue();
    }

    @Test
    void an_executor_that_was_done_when_the_deadline_came_is_judged_by_the_database() {
        store.leftMs = 150;
        behaviour = (request, heartbeat) -> {
            untilInterrupted();
            return OK;
        };
        assertThat(run()).isEqualTo("OK");
        assertThat(store.overdue).isFalse();
    }

    @Test
    void the_lines_of_every_thread_name_tenant_and_trace() {
        ListAppender<ILoggingEvent> lines = new ListAppender<>() {
            @Override
            protected void append(ILoggingEvent line) {
                line.prepareForDeferredProcessing(); // else it would be asked later who wrote it
                super.append(line);
            }
        };
        lines.list = new CopyOnWriteArrayList<>();
        lines.start();
        Logger logger = (Logger) LoggerFactory.getLogger(RunningAttempt.class.getPackageName());
        logger.addAppender(lines);
        logger.setLevel(Level.INFO);
        logger.setAdditive(false);
        AtomicInteger begun = new AtomicInteger();
        try {
            behaviour = (request, heartbeat) -> {
                begun.incrementAndGet();
                store.faults.set(1);
                heartbeat.report(Map.of(), List.of());
                untilInterrupted();
                return OK;
            };
            store.leftMs = 1000;
            assertThat(run()).isEqualTo("OK");
            store.leftMs = 60_000;
            WorkflowStub workflow = started();
            await().until(() -> begun.get() == 2);
            workflow.cancel();
            await().until(() -> store.results.size() == 2);
        } finally {
            logger.detachAppender(lines);
            logger.setLevel(null);
            logger.setAdditive(true);
        }
        assertThat(lines.list)
                .extracting(ILoggingEvent::getThreadName)
                .contains("taskorder-deadline", "taskorder-report", "taskorder-beat");
        assertThat(lines.list).allSatisfy(line -> assertThat(line.getMDCPropertyMap())
                .as(line.getFormattedMessage())
                .containsEntry("tenant", "tenant_a")
                .containsEntry("trace_id", "trace_a"));
    }

    @Test
    void after_the_deadline_the_executor_is_not_called() {
        store.leftMs = 0;
        assertThat(run()).isEqualTo("EXECUTOR_ERROR");
        assertThat(executing.getCount()).isEqualTo(1);
    }

    @Test
    void an_interrupt_for_the_executor_never_reaches_the_store() {
        store.leftMs = 100;
        behaviour = (request, heartbeat) -> {
            await().until(heartbeat::cancelled);
            return OK;
        };
        assertThat(run()).isEqualTo("OK");
    }

    @Test
    void a_cancel_from_temporal_reaches_the_executor_within_two_beats() throws Exception {
        behaviour = (request, heartbeat) -> {
            untilInterrupted();
            return ExecutionResult.of("CANCELLED", null);
        };
        WorkflowStub workflow = started();
        executing.await();
        long asked = System.nanoTime();
        workflow.cancel();
        await().until(() -> !store.results.isEmpty());
        assertThat(Duration.ofNanos(System.nanoTime() - asked)).isLessThan(Duration.ofSeconds(4));
        assertThat(store.results).containsExactly(ExecutionResult.of("CANCELLED", null));
    }

    @Test
    void an_attempt_that_temporal_forgot_is_stopped_and_what_it_says_then_is_no_answer() {
        CountDownLatch ended = new CountDownLatch(1);
        behaviour = (request, heartbeat) -> {
            heartbeat.report(Map.of("percent", 50), money("captcha", 1));
            untilInterrupted();
            ended.countDown();
            return new ExecutionResult("CANCELLED", null, Map.of(), List.of(), money("captcha", 2), List.of());
        };
        WorkflowStub workflow = started();
        await().until(() -> executing.getCount() == 0);
        workflow.terminate("forgotten");
        await().until(() -> ended.getCount() == 0);
        await().untilAsserted(() -> assertThat(store.costs).last().isEqualTo(money("captcha", 2)));
        assertThat(store.progress).last().isEqualTo(Map.of("percent", 50));
        assertThat(store.results).isEmpty();
    }

    @Test
    void an_attempt_that_temporal_forgot_may_still_have_done_its_work() {
        behaviour = (request, heartbeat) -> {
            untilInterrupted();
            return OK;
        };
        WorkflowStub workflow = started();
        await().until(() -> executing.getCount() == 0);
        workflow.terminate("forgotten");
        await().until(() -> store.results.equals(List.of(OK)));
    }

    @Test
    void an_order_that_has_gone_on_stops_the_executor_at_its_next_report() {
        store.current = false;
        store.late = true;
        behaviour = (request, heartbeat) -> {
            heartbeat.report(Map.of(), List.of());
            untilInterrupted();
            return OK;
        };
        assertThatLost(this::run);
    }

    @Test
    void drain_waits_for_what_ends_in_time() throws Exception {
        CountDownLatch go = new CountDownLatch(1);
        behaviour = (request, heartbeat) -> {
            go.await();
            return OK;
        };
        WorkflowStub workflow = started();
        executing.await();
        Thread release = new Thread(go::countDown);
        release.start();
        running.drain(Duration.ofSeconds(20));
        assertThat(workflow.getResult(String.class)).isEqualTo("OK");
        assertThatLost(this::run);
    }

    @Test
    void drain_loses_at_once_what_does_not_listen() throws Exception {
        CountDownLatch go = new CountDownLatch(1);
        behaviour = (request, heartbeat) -> {
            while (go.getCount() > 0) {
                try {
                    go.await();
                } catch (InterruptedException ignored) {
                    // deaf on purpose
                }
            }
            return OK;
        };
        WorkflowStub workflow = started();
        executing.await();
        running.drain(Duration.ZERO);
        assertThatLost(() -> workflow.getResult(String.class));
        assertThat(store.results).isEmpty();
        go.countDown();
        running.drain(Duration.ofSeconds(5));
        assertThat(store.results).isEmpty();
    }

    private static void bound(TenantId tenant, Runnable work) {
        TenantContext.bind(tenant);
        try {
            work.run();
        } finally {
            TenantContext.clear();
        }
    }

    private String run() {
        return started().getResult(String.class);
    }

    private WorkflowStub started() {
        WorkflowClient client = temporal.getWorkflowClient();
        WorkflowStub stub = client.newUntypedWorkflowStub(
                "OneAttempt", WorkflowOptions.newBuilder().setTaskQueue("q").build());
        stub.start(MemoryStore.REF);
        return stub;
    }

    private void assertThatBad(ExecutionResult result, String words) {
        behaviour = (request, heartbeat) -> result;
        assertThat(run()).isEqualTo("EXECUTOR_ERROR");
        assertThat(store.result().resultMessage()).startsWith(words);
    }

    private static void assertThatLost(org.assertj.core.api.ThrowableAssert.ThrowingCallable call) {
        assertThatThrownBy(call).isInstanceOf(WorkflowFailedException.class).satisfies(failure -> {
            ApplicationFailure cause = (ApplicationFailure) failure.getCause().getCause();
            assertThat(cause.getType()).isEqualTo("EXECUTOR_LOST");
            assertThat(cause.isNonRetryable()).isTrue();
        });
    }

    private static void untilInterrupted() {
        try {
            new CountDownLatch(1).await();
        } catch (InterruptedException expected) {
            assertThat(Thread.currentThread().isInterrupted()).isFalse();
        }
    }

    private static ExecutionResult output(Map<String, Object> output) {
        return new ExecutionResult("OK", null, output, List.of(), List.of(), List.of());
    }

    private static ExecutionResult outcomes(int count) {
        return new ExecutionResult(
                "OK",
                null,
                Map.of(),
                Collections.nCopies(count, new LeaseOutcome(UUID.randomUUID(), "OK", Map.of())),
                List.of(),
                List.of());
    }

    private static List<Money> many(int count) {
        return java.util.stream.IntStream.range(0, count)
                .mapToObj(i -> new Money("k" + i, BigDecimal.ONE))
                .toList();
    }

    private static List<Money> money(Object... kindsAndAmounts) {
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
