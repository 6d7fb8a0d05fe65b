package dev.taskorder.activities.execution;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.taskorder.api.execution.ExecutionResult;
import io.temporal.client.WorkflowStub;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class AttemptStopsTest extends AttemptHarness {
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
}
