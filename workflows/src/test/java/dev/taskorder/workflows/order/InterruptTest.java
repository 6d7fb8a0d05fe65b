package dev.taskorder.workflows.order;

import static org.assertj.core.api.Assertions.assertThat;

import dev.taskorder.api.order.CancelSignal;
import dev.taskorder.api.order.Status;
import dev.taskorder.workflows.order.OrderBook.Fault;
import dev.taskorder.workflows.order.OrderBook.Step;
import io.temporal.api.enums.v1.EventType;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A wake while an executor works: the order may have gone on without the attempt. */
class InterruptTest {
    @AutoClose
    private final Stage stage = new Stage();

    private void an_executor_works() {
        stage.start().until_phase("executing");
        stage.executor.seen_at_least(1);
    }

    @Test
    void an_executor_whose_attempt_was_given_up_is_stopped_and_the_next_attempt_runs() throws Exception {
        stage.executor.attempt(1, stage.executor.obedient());
        an_executor_works();
        stage.book.revoke_a_lease();
        stage.signal("wake");

        assertThat(stage.result()).isEqualTo("SUCCESS");
        assertThat(stage.book.calls()).containsExactly("admit", "proceed", "proceed", "conclude ANSWERED");
        assertThat(stage.executor.seen()).containsExactly("E2E_CHECKOUT tenant_a 1", "E2E_CHECKOUT tenant_a 2");
        assertThat(stage.events()).contains(EventType.EVENT_TYPE_TIMER_CANCELED);
        stage.record_as("interrupted");
    }

    @Test
    void one_that_does_not_listen_is_left_behind_after_the_grace() throws Exception {
        stage.book.with_time_left(60_000, 300);
        stage.executor.attempt(1, stage.executor.stubborn());
        an_executor_works();
        stage.book.revoke_a_lease();
        stage.signal("wake");

        assertThat(stage.result()).isEqualTo("SUCCESS");
        assertThat(stage.book.calls()).containsExactly("admit", "proceed", "proceed", "conclude ANSWERED");
        assertThat(stage.events()).contains(EventType.EVENT_TYPE_TIMER_FIRED);
        stage.record_as("interrupted_stubborn");
    }

    @Test
    void the_query_tells_that_its_executor_is_being_stopped() {
        stage.book.with_time_left(60_000, 3_000);
        stage.executor.attempt(1, stage.executor.stubborn());
        an_executor_works();
        stage.book.revoke_a_lease();
        stage.signal("wake");
        stage.until_phase("stopping");

        assertThat(stage.state().cancelRequested()).isFalse();
        stage.executor.release();
        assertThat(stage.result()).isEqualTo("SUCCESS");
    }

    @Test
    void an_attempt_that_nobody_has_picked_up_is_taken_back() {
        stage.book.without_free_resources();
        stage.start_without_executors().until_phase("waiting");
        stage.book.free_resources();
        stage.signal("wake");
        stage.until_phase("executing");
        stage.book.without_free_resources().revoke_a_lease();
        stage.signal("wake");
        stage.until_phase("waiting");
        stage.signal("cancel", new CancelSignal("enough", "ann"));

        assertThat(stage.result()).isEqualTo("CANCELLED");
        assertThat(stage.events()).contains(EventType.EVENT_TYPE_ACTIVITY_TASK_CANCELED);
        assertThat(stage.executor.seen()).isEmpty();
    }

    @Test
    void an_order_that_lacks_a_place_waits_for_it_and_then_goes_on() throws Exception {
        stage.executor.attempt(1, stage.executor.obedient());
        an_executor_works();
        stage.book.without_free_resources().revoke_a_lease();
        stage.signal("wake");
        stage.until_phase("waiting");
        stage.book.free_resources();
        stage.signal("wake");

        assertThat(stage.result()).isEqualTo("SUCCESS");
        assertThat(stage.book.calls()).containsExactly("admit", "proceed", "proceed", "proceed", "conclude ANSWERED");
        stage.record_as("interrupted_and_waited");
    }

    @Test
    void a_spare_wake_changes_nothing_and_costs_one_step() throws Exception {
        stage.executor.always(stage.executor.obedient());
        an_executor_works();
        Gate look = stage.book.holding_after_work(Step.PROCEED);
        stage.signal("wake");
        look.reached();
        look.open();
        stage.state();
        stage.executor.release();

        assertThat(stage.result()).isEqualTo("SUCCESS");
        assertThat(stage.book.calls()).containsExactly("admit", "proceed", "conclude ANSWERED");
        assertThat(stage.events())
                .doesNotContain(EventType.EVENT_TYPE_TIMER_STARTED)
                .doesNotContain(EventType.EVENT_TYPE_ACTIVITY_TASK_CANCEL_REQUESTED)
                .filteredOn(EventType.EVENT_TYPE_MARKER_RECORDED::equals)
                .hasSize(3);
        stage.record_as("woken_executing");
    }

    @Test
    void a_wake_that_comes_before_its_executor_is_called_makes_it_look_before_it_calls_it() {
        Gate admission = stage.book.holding_the_activity_after_work(Step.ADMIT);
        stage.start();
        admission.reached();
        stage.book.revoke_a_lease();
        stage.signal("wake");
        admission.open();

        assertThat(stage.result()).isEqualTo("SUCCESS");
        assertThat(stage.executor.seen()).containsExactly("E2E_CHECKOUT tenant_a 2");
    }

    @Test
    void an_answer_that_came_before_stands() {
        Gate conclusion = stage.book.holding(Step.CONCLUDE);
        stage.start();
        conclusion.reached();
        stage.book.revoke_a_lease();
        stage.signal("wake");
        conclusion.open();

        assertThat(stage.result()).isEqualTo("SUCCESS");
        assertThat(stage.book.attempts()).isOne();
        // twice where the server, which has a new signal, does not take the end that the first call led to
        assertThat(stage.book.calls()).startsWith("admit").doesNotContain("proceed");
    }

    @Test
    void an_answer_that_came_as_the_row_was_read_stands_too() {
        stage.executor.always(stage.executor.obedient());
        an_executor_works();
        Gate look = stage.book.holding_the_activity_after_work(Step.PROCEED);
        stage.signal("wake");
        look.reached();
        stage.executor.release();
        stage.until_event(EventType.EVENT_TYPE_ACTIVITY_TASK_COMPLETED);
        stage.book.revoke_a_lease();
        stage.signal("wake");
        look.open();

        assertThat(stage.result()).isEqualTo("SUCCESS");
        assertThat(stage.book.attempts()).isOne();
        assertThat(stage.book.calls()).endsWith("proceed", "conclude ANSWERED");
    }

    @Test
    void an_answer_that_came_after_the_attempt_was_given_up_does_not_count() {
        stage.executor.attempt(1, stage.executor.obedient());
        an_executor_works();
        Gate look = stage.book.holding_the_activity(Step.PROCEED);
        stage.signal("wake");
        look.reached();
        stage.book.revoke_a_lease();
        stage.executor.stop(1);
        stage.until_event(EventType.EVENT_TYPE_ACTIVITY_TASK_FAILED);
        look.open();

        assertThat(stage.result()).isEqualTo("SUCCESS");
        assertThat(stage.book.attempts()).isEqualTo(2);
        assertThat(stage.book.calls()).endsWith("proceed", "proceed", "conclude ANSWERED");
        assertThat(stage.events()).doesNotContain(EventType.EVENT_TYPE_ACTIVITY_TASK_CANCEL_REQUESTED);
    }

    @Test
    void an_answer_that_does_not_count_is_no_end_of_the_attempt_if_the_wake_comes_after_it() {
        stage.executor.always(stage.executor.obedient());
        an_executor_works();
        stage.book.revoke_a_lease();
        stage.executor.stop(1);
        stage.executor.seen_at_least(2);
        Gate look = stage.book.holding(Step.PROCEED);
        stage.signal("wake");
        look.reached();
        look.open();
        stage.state();
        stage.executor.release();

        assertThat(stage.result()).isEqualTo("SUCCESS");
        assertThat(stage.book.calls()).containsExactly("admit", "conclude LOST", "proceed", "conclude ANSWERED");
        assertThat(stage.book.ends()).containsExactly("ANSWERED null null null");
    }

    @Test
    void a_cancel_that_comes_as_the_row_is_read_wins() {
        stage.executor.attempt(1, stage.executor.obedient());
        an_executor_works();
        Gate look = stage.book.holding_the_activity(Step.PROCEED);
        stage.signal("wake");
        look.reached();
        stage.book.revoke_a_lease();
        stage.signal("cancel", new CancelSignal("enough", "ann"));
        look.open();

        assert_cancelled("CANCELLED enough ann");
    }

    @Test
    void a_cancel_that_comes_with_the_wake_wins() {
        stage.executor.attempt(1, stage.executor.obedient());
        an_executor_works();
        Gate priority = stage.book.holding(Step.REPRIORITISE);
        stage.signal("reprioritise");
        priority.reached();
        stage.book.revoke_a_lease();
        stage.signal("wake");
        stage.signal("cancel", new CancelSignal("enough", "ann"));
        priority.open();

        assertThat(stage.result()).isEqualTo("CANCELLED");
        assertThat(stage.book.attempts()).isOne();
        assertThat(stage.book.settlements()).isOne();
    }

    @Test
    void a_cancel_that_comes_while_its_executor_is_being_stopped_wins() throws Exception {
        stage.book.with_time_left(60_000, 1_000);
        stage.executor.attempt(1, stage.executor.stubborn());
        an_executor_works();
        stage.book.revoke_a_lease();
        stage.signal("wake");
        stage.until_phase("stopping");
        stage.signal("cancel", new CancelSignal("enough", "ann"));

        assert_cancelled("CANCELLED enough ann");
        stage.record_as("interrupted_and_cancelled");
    }

    private void assert_cancelled(String end) {
        assertThat(stage.result()).isEqualTo("CANCELLED");
        assertThat(stage.book.ends()).containsExactly(end);
        assertThat(stage.book.settlements()).isOne();
        assertThat(stage.executor.seen()).hasSize(1);
    }

    @Test
    void an_order_that_somebody_else_has_ended_stops_its_executor_and_is_over() {
        stage.executor.always(stage.executor.obedient());
        an_executor_works();
        stage.book.settle_elsewhere(Status.TIMEOUT);
        stage.signal("wake");

        assertThat(stage.result()).isEqualTo("TIMEOUT");
        assertThat(stage.book.settlements()).isOne();
        assertThat(stage.events()).contains(EventType.EVENT_TYPE_ACTIVITY_TASK_CANCEL_REQUESTED);
    }

    @Test
    void a_run_that_a_newer_one_has_overtaken_stops_its_executor_and_ends() {
        stage.executor.always(stage.executor.obedient());
        an_executor_works();
        stage.book.in_run(2);
        stage.signal("wake");

        assertThat(stage.result()).isEqualTo("SUPERSEDED");
        assertThat(stage.book.status()).isEqualTo(Status.RUNNING);
    }

    @Test
    void a_wake_in_a_back_off_makes_it_look_and_sleep_for_the_rest() {
        stage.executor.attempt(1, FakeExecutor.answering("RETRYABLE"));
        stage.start().until_phase("backing_off");
        Gate look = stage.book.holding_after_work(Step.PROCEED);
        stage.signal("wake");
        look.reached();
        look.open();

        assertThat(stage.result()).isEqualTo("SUCCESS");
        assertThat(stage.book.calls())
                .containsExactly("admit", "conclude ANSWERED", "proceed", "proceed", "conclude ANSWERED");
        assertThat(stage.events()).contains(EventType.EVENT_TYPE_TIMER_CANCELED, EventType.EVENT_TYPE_TIMER_FIRED);
    }

    @ParameterizedTest
    @EnumSource
    void the_look_that_finds_the_attempt_given_up_may_fail(Fault fault) {
        stage.book.failing(Step.PROCEED, fault, 1);
        interrupted();
    }

    @ParameterizedTest
    @EnumSource
    void the_look_when_its_executor_has_stopped_may_fail(Fault fault) {
        stage.book.failing(Step.PROCEED, fault, 1).sparing(Step.PROCEED, 1);
        interrupted();
    }

    private void interrupted() {
        stage.executor.attempt(1, stage.executor.obedient());
        an_executor_works();
        stage.book.revoke_a_lease();
        stage.signal("wake");

        assertThat(stage.result()).isEqualTo("SUCCESS");
        assertThat(stage.book.hasFailed(Step.PROCEED)).isTrue();
        assertThat(stage.book.attempts()).isEqualTo(2);
        assertThat(stage.book.settlements()).isOne();
        assertThat(stage.events()).doesNotContain(EventType.EVENT_TYPE_WORKFLOW_TASK_FAILED);
    }
}
