package dev.taskorder.workflows.order;

import static org.assertj.core.api.Assertions.assertThat;

import io.temporal.api.enums.v1.EventType;
import io.temporal.failure.ApplicationFailure;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/** What the workflow makes of the ways in which an attempt can end. */
class AttemptEndTest {
    @AutoClose
    private final Stage stage = new Stage();

    @Test
    void a_retryable_answer_leads_to_another_attempt_after_the_back_off() throws Exception {
        stage.executor.attempt(1, FakeExecutor.answering("RETRYABLE"));

        assertThat(stage.start().result()).isEqualTo("SUCCESS");
        assertThat(stage.book.calls()).containsExactly("admit", "conclude ANSWERED", "proceed", "conclude ANSWERED");
        assertThat(stage.executor.seen()).containsExactly("E2E_CHECKOUT tenant_a 1", "E2E_CHECKOUT tenant_a 2");
        assertThat(stage.events()).contains(EventType.EVENT_TYPE_TIMER_FIRED);
        stage.record_as("retried");
    }

    @Test
    void a_worker_that_gives_no_sign_of_life_is_lost() throws Exception {
        stage.executor.attempt(1, stage.executor.silent());

        assertThat(stage.start().result()).isEqualTo("SUCCESS");
        assertThat(stage.book.calls()).containsExactly("admit", "conclude LOST", "conclude ANSWERED");
        stage.record_as("lost");
    }

    @Test
    void a_worker_that_says_it_goes_away_is_lost() {
        stage.executor.attempt(
                1, FakeExecutor.throwing(ApplicationFailure.newFailure("shutting down", "EXECUTOR_LOST")));

        assertThat(stage.start().result()).isEqualTo("SUCCESS");
        assertThat(stage.book.calls()).containsExactly("admit", "conclude LOST", "conclude ANSWERED");
    }

    @Test
    void an_executor_that_works_past_deadline_and_grace_is_given_up() throws Exception {
        stage.book.with_time_left(200, 100);
        stage.executor.always(stage.executor.stubborn());

        assertThat(stage.start().result()).isEqualTo("TIMEOUT");
        assertThat(stage.book.calls()).containsExactly("admit", "conclude ABANDONED");
        assertThat(stage.book.settlements()).isOne();
        stage.record_as("timed_out");
    }

    @Test
    void an_attempt_that_nobody_picks_up_ends_with_the_deadline() {
        stage.book.with_time_left(200, 100);

        assertThat(stage.start_without_executors().result()).isEqualTo("TIMEOUT");
        assertThat(stage.book.calls()).containsExactly("admit", "conclude ABANDONED");
    }

    @Test
    void an_unexpected_failure_is_a_fault_with_its_message_and_is_not_tried_again_by_temporal() {
        stage.executor.always(FakeExecutor.throwing(new IllegalStateException("no row\0 for it")));

        assertThat(stage.start().result()).isEqualTo("DEAD_LETTER");
        assertThat(stage.book.ends())
                .containsExactly("FAULT null null java.lang.IllegalStateException: no row\uFFFD for it");
        assertThat(stage.executor.seen()).hasSize(1);
    }

    @Test
    void the_attempt_carries_priority_fairness_and_its_limits() {
        stage.book.with_weight(2.5f);
        stage.start().result();

        var scheduled = stage.history().getHistory().getEventsList().stream()
                .filter(event -> event.hasActivityTaskScheduledEventAttributes())
                .findFirst()
                .orElseThrow();
        var attributes = scheduled.getActivityTaskScheduledEventAttributes();
        assertThat(attributes.getTaskQueue().getName()).isEqualTo("taskorder");
        assertThat(attributes.getPriority().getPriorityKey()).isEqualTo(3);
        assertThat(attributes.getPriority().getFairnessKey()).isEqualTo("tenant_a");
        assertThat(attributes.getPriority().getFairnessWeight()).isEqualTo(2.5f);
        assertThat(attributes.getScheduleToCloseTimeout().getSeconds()).isEqualTo(67);
        assertThat(attributes.getHeartbeatTimeout().getSeconds()).isEqualTo(10);
        assertThat(attributes.getRetryPolicy().getMaximumAttempts()).isOne();
        assertThat(Stage.text(scheduled.getUserMetadata().getSummary())).isEqualTo("attempt 1");
    }
}
