package dev.taskorder.workflows.order;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.taskorder.api.order.CancelSignal;
import dev.taskorder.api.order.Status;
import dev.taskorder.workflows.order.OrderBook.Step;
import io.temporal.api.enums.v1.EventType;
import io.temporal.client.WorkflowFailedException;
import io.temporal.failure.CanceledFailure;
import java.util.Locale;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** In every state, by signal and by Temporal's own cancel, the order is settled once and as CANCELLED. */
class CancelTest {
    @AutoClose
    private final Stage stage = new Stage();

    enum By {
        SIGNAL("too late by now ann"),
        TEMPORAL("from the Web UI temporal");

        private final String said;

        By(String said) {
            this.said = said;
        }
    }

    private void cancel(By by) {
        if (by == By.SIGNAL) {
            stage.signal("cancel", new CancelSignal("too late by now", "ann"));
        } else {
            stage.cancel_in_temporal();
        }
    }

    /** Temporal closes a run that it cancelled as cancelled, whatever the run returns. */
    private void assert_cancelled_once(By by, String end) {
        assert_cancelled_once(by);
        assertThat(stage.book.ends()).last().isEqualTo(end);
    }

    private void assert_cancelled_once(By by) {
        if (by == By.SIGNAL) {
            assertThat(stage.result()).isEqualTo("CANCELLED");
        } else {
            assertThatThrownBy(stage::result)
                    .isInstanceOf(WorkflowFailedException.class)
                    .hasCauseInstanceOf(CanceledFailure.class);
        }
        assertThat(stage.book.status()).isEqualTo(Status.CANCELLED);
        assertThat(stage.book.settlements()).isOne();
        assertThat(stage.events()).contains(EventType.EVENT_TYPE_UPSERT_WORKFLOW_SEARCH_ATTRIBUTES);
    }

    @ParameterizedTest
    @EnumSource
    void while_it_is_being_admitted_to_the_queue(By by) {
        stage.book.without_free_resources();
        Gate admission = stage.book.holding(Step.ADMIT);
        stage.start();
        admission.reached();
        cancel(by);
        admission.open();

        assert_cancelled_once(by, "CANCELLED " + by.said);
        assertThat(stage.book.calls()).containsExactly("admit", "end");
    }

    @ParameterizedTest
    @EnumSource
    void while_it_waits_in_the_queue(By by) throws Exception {
        stage.book.without_free_resources();
        stage.start().until_phase("waiting");
        cancel(by);

        assert_cancelled_once(by, "CANCELLED " + by.said);
        stage.record_as("cancelled_waiting_by_" + by.name().toLowerCase(Locale.ROOT));
    }

    @ParameterizedTest
    @EnumSource
    void while_it_waits_in_the_queue_for_a_limited_time(By by) {
        stage.book.without_free_resources().in_queue_for_at_most(3_600_000);
        stage.start().until_phase("waiting");
        cancel(by);

        assert_cancelled_once(by, "CANCELLED " + by.said);
        assertThat(stage.events()).contains(EventType.EVENT_TYPE_TIMER_CANCELED);
    }

    @ParameterizedTest
    @EnumSource
    void while_an_obedient_executor_works(By by) throws Exception {
        stage.executor.always(stage.executor.obedient());
        stage.start().until_phase("executing");
        stage.executor.seen_at_least(1);
        cancel(by);

        assert_cancelled_once(by, "ANSWERED " + by.said + " null");
        stage.record_as("cancelled_executing_by_" + by.name().toLowerCase(Locale.ROOT));
    }

    @ParameterizedTest
    @EnumSource
    void while_a_stubborn_executor_works_it_is_given_up_after_the_grace(By by) throws Exception {
        stage.book.with_time_left(60_000, 300);
        stage.executor.always(stage.executor.stubborn());
        stage.start().until_phase("executing");
        stage.executor.seen_at_least(1);
        cancel(by);

        assert_cancelled_once(by, "ABANDONED " + by.said + " null");
        stage.record_as("cancelled_stubborn_by_" + by.name().toLowerCase(Locale.ROOT));
    }

    @ParameterizedTest
    @EnumSource
    void while_nobody_polls_for_the_attempt(By by) {
        stage.start_without_executors().until_phase("executing");
        cancel(by);

        assert_cancelled_once(by, "ABANDONED " + by.said + " null");
    }

    @ParameterizedTest
    @EnumSource
    void while_it_backs_off(By by) throws Exception {
        stage.executor.always(FakeExecutor.answering("RETRYABLE"));
        stage.start().until_phase("backing_off");
        cancel(by);

        assert_cancelled_once(by, "CANCELLED " + by.said);
        assertThat(stage.book.attempts()).isOne();
        stage.record_as("cancelled_backing_off_by_" + by.name().toLowerCase(Locale.ROOT));
    }

    @ParameterizedTest
    @EnumSource
    void between_the_answer_of_an_attempt_and_the_next_one(By by) {
        stage.executor.always(FakeExecutor.answering("RETRYABLE"));
        Gate conclusion = stage.book.holding_after_work(Step.CONCLUDE);
        stage.start();
        conclusion.reached();
        cancel(by);
        conclusion.open();

        assert_cancelled_once(by, "CANCELLED " + by.said);
        assertThat(stage.book.calls()).doesNotContain("proceed");
    }

    @ParameterizedTest
    @EnumSource
    void between_the_grant_and_the_start_of_the_attempt_which_then_never_starts(By by) {
        Gate admission = stage.book.holding_the_activity(Step.ADMIT);
        stage.start();
        admission.reached();
        cancel(by);
        admission.open();

        assert_cancelled_once(by, "CANCELLED " + by.said);
        assertThat(stage.executor.seen()).isEmpty();
    }

    @ParameterizedTest
    @EnumSource
    void in_the_task_that_starts_the_attempt_which_is_then_stopped(By by) {
        stage.book.without_free_resources();
        stage.executor.always(stage.executor.obedient());
        stage.start().until_phase("waiting");
        stage.book.free_resources();
        Gate look = stage.book.holding_after_work(Step.PROCEED);
        stage.signal("wake");
        look.reached();
        cancel(by);
        look.open();

        // the executor may not have begun yet, so whether there is an answer is left open
        assert_cancelled_once(by);
    }

    @ParameterizedTest
    @EnumSource
    void after_the_order_was_settled_its_own_end_stands(By by) {
        Gate conclusion = stage.book.holding_after_work(Step.CONCLUDE);
        stage.start();
        conclusion.reached();
        cancel(by);
        conclusion.open();
        try {
            stage.result();
        } catch (WorkflowFailedException closedAsCancelled) {
            assertThat(by).isEqualTo(By.TEMPORAL);
        }

        assertThat(stage.book.status()).isEqualTo(Status.SUCCESS);
        assertThat(stage.book.settlements()).isOne();
    }

    @Test
    void the_first_wish_counts_and_a_second_one_changes_nothing() {
        stage.book.without_free_resources();
        stage.start().until_phase("waiting");
        Gate end = stage.book.holding(Step.END);
        stage.signal("cancel", new CancelSignal("first", "ann"));
        end.reached();
        stage.signal("cancel", new CancelSignal("second", "bob"));
        stage.cancel_in_temporal();
        end.open();

        assertThatThrownBy(stage::result).isInstanceOf(WorkflowFailedException.class);
        assertThat(stage.book.ends()).containsExactly("CANCELLED first ann");
        assertThat(stage.book.settlements()).isOne();
    }

    @Test
    void the_query_tells_that_it_is_being_cancelled() {
        stage.book.with_time_left(60_000, 3_000);
        stage.executor.always(stage.executor.stubborn());
        stage.start().until_phase("executing");
        stage.executor.seen_at_least(1);
        stage.signal("cancel", new CancelSignal(null, null));
        stage.until_phase("cancelling");

        assertThat(stage.state().cancelRequested()).isTrue();
        stage.executor.release();
        assertThat(stage.result()).isEqualTo("CANCELLED");
        assertThat(stage.book.ends()).containsExactly("ANSWERED cancelled by signal null null");
    }
}
