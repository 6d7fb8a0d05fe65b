package dev.taskorder.workflows.order;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.taskorder.api.order.CancelSignal;
import dev.taskorder.api.order.ReprioritiseSignal;
import dev.taskorder.workflows.order.OrderBook.Fault;
import dev.taskorder.workflows.order.OrderBook.Step;
import io.temporal.api.enums.v1.EventType;
import io.temporal.api.history.v1.HistoryEvent;
import io.temporal.client.WorkflowFailedException;
import io.temporal.failure.ApplicationFailure;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Each step fails before its work, fails after it, and runs twice: the order goes its way and is settled once. */
class EveryStepFailsTest {
    @AutoClose
    private final Stage stage = new Stage();

    static Stream<Arguments> every_fault_of_every_step() {
        return Arrays.stream(Step.values())
                .flatMap(step -> Arrays.stream(Fault.values()).map(fault -> Arguments.of(step, fault)));
    }

    @ParameterizedTest
    @MethodSource("every_fault_of_every_step")
    void a_step_that_fails_once_is_done_by_its_next_try(Step step, Fault fault) {
        stage.book.failing(step, fault, 1);
        take_a_way_past(step);

        assertThat(steps_run_as_activities()).isEmpty();
    }

    @ParameterizedTest
    @EnumSource
    void a_step_whose_short_retries_are_used_up_waits_as_a_regular_activity(Step step) throws Exception {
        stage.book.failing(step, Fault.FAILS_BEFORE, OrderBook.LOCAL_TRIES + 1);
        take_a_way_past(step);

        assertThat(steps_run_as_activities()).hasSize(1);
        if (step == Step.CONCLUDE) {
            stage.record_as("concluded_late");
        }
    }

    /** Of the two calls of conclude that a retried order makes, the second settles it. */
    @ParameterizedTest
    @EnumSource
    void a_settling_that_fails_once_is_done_by_its_next_try(Fault fault) {
        stage.book.failing(Step.CONCLUDE, fault, 1).sparing(Step.CONCLUDE, 1);
        take_a_way_past(Step.CONCLUDE);

        assertThat(stage.book.hasFailed(Step.CONCLUDE)).isTrue();
        assertThat(steps_run_as_activities()).isEmpty();
    }

    @ParameterizedTest
    @EnumSource
    void a_settling_of_a_cancelled_attempt_that_fails_once_is_done_by_its_next_try(Fault fault) {
        stage.book.failing(Step.CONCLUDE, fault, 1);
        stage.executor.attempt(1, stage.executor.obedient());
        stage.start();
        stage.executor.seen_at_least(1);
        stage.signal("cancel", new CancelSignal("no longer wanted", "ann"));

        assertThat(stage.result()).isEqualTo("CANCELLED");
        assertThat(stage.book.ends()).containsExactly("ANSWERED no longer wanted ann null");
        assertThat(stage.book.settlements()).isOne();
        assertThat(stage.book.hasFailed(Step.CONCLUDE)).isTrue();
    }

    @ParameterizedTest
    @EnumSource
    void a_lost_worker_that_is_told_of_twice_leads_to_one_next_attempt(Fault fault) {
        stage.book.failing(Step.CONCLUDE, fault, 1);
        stage.executor.attempt(
                1, FakeExecutor.throwing(ApplicationFailure.newFailure("shutting down", "EXECUTOR_LOST")));

        assertThat(stage.start().result()).isEqualTo("SUCCESS");
        assertThat(stage.book.attempts()).isEqualTo(2);
        assertThat(stage.book.settlements()).isOne();
        assertThat(stage.book.hasFailed(Step.CONCLUDE)).isTrue();
    }

    /** A retried order passes all steps but END, which a cancelled one passes. */
    private void take_a_way_past(Step step) {
        stage.executor.attempt(1, FakeExecutor.answering("RETRYABLE"));
        if (step == Step.END) {
            stage.start().until_phase("backing_off");
            stage.signal("cancel", new CancelSignal("no longer wanted", "ann"));
            assertThat(stage.result()).isEqualTo("CANCELLED");
        } else {
            stage.start();
            stage.signal("reprioritise", new ReprioritiseSignal(90, "ann"));
            assertThat(stage.result()).isEqualTo("SUCCESS");
            assertThat(stage.book.attempts()).isEqualTo(2);
            assertThat(stage.book.priorities()).containsOnly(90);
        }
        assertThat(stage.book.settlements()).isOne();
        assertThat(stage.events()).doesNotContain(EventType.EVENT_TYPE_WORKFLOW_TASK_FAILED);
    }

    private Stream<String> steps_run_as_activities() {
        return stage.history().getHistory().getEventsList().stream()
                .filter(HistoryEvent::hasActivityTaskScheduledEventAttributes)
                .map(event -> event.getActivityTaskScheduledEventAttributes()
                        .getActivityType()
                        .getName())
                .filter(type -> !type.equals(OrderBook.TASK_TYPE));
    }

    @Test
    void a_step_that_no_retry_mends_fails_the_workflow_at_once() {
        stage.book.failing(
                Step.ADMIT,
                Fault.FAILS_BEFORE,
                100,
                () -> ApplicationFailure.newFailure("not its own", "NOT_OF_ORDER"));

        assertThatThrownBy(() -> stage.start().result())
                .isInstanceOf(WorkflowFailedException.class)
                .cause()
                .isInstanceOfSatisfying(ApplicationFailure.class, failure -> assertThat(failure.getType())
                        .isEqualTo("NOT_OF_ORDER"));
        assertThat(stage.book.calls()).containsExactly("admit");
    }

    @Test
    void a_workflow_whose_order_is_not_there_ends_and_says_so() {
        stage.book.failing(
                Step.ADMIT,
                Fault.FAILS_BEFORE,
                100,
                () -> ApplicationFailure.newFailure("no such order", "ORDER_UNKNOWN"));

        assertThat(stage.start().result()).isEqualTo("ORDER_UNKNOWN");
        assertThat(stage.book.calls()).containsExactly("admit");
    }

    @Test
    void a_step_refused_as_a_regular_activity_fails_the_workflow_too() {
        int[] tries = {0};
        stage.book.failing(
                Step.ADMIT,
                Fault.FAILS_BEFORE,
                100,
                () -> ++tries[0] <= OrderBook.LOCAL_TRIES
                        ? new IllegalStateException("connection refused")
                        : ApplicationFailure.newNonRetryableFailure("another tenant", "TENANT_MISMATCH"));

        assertThatThrownBy(() -> stage.start().result())
                .isInstanceOf(WorkflowFailedException.class)
                .hasRootCauseMessage("message='another tenant', type='TENANT_MISMATCH', nonRetryable=true");
        assertThat(stage.book.calls()).hasSize(OrderBook.LOCAL_TRIES + 1);
    }
}
