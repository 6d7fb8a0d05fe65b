package dev.taskorder.workflows.order;

import static org.assertj.core.api.Assertions.assertThat;

import dev.taskorder.workflows.order.OrderBook.Step;
import io.temporal.api.enums.v1.EventType;
import java.time.Duration;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/** Waiting: nothing polls, and no wake is lost. */
class QueueTest {
    @AutoClose
    private final Stage stage = new Stage();

    @Test
    void an_order_waits_without_a_timer_until_it_is_woken() throws Exception {
        stage.book.without_free_resources();
        stage.start().until_phase("waiting");
        stage.book.free_resources();
        stage.signal("wake");

        assertThat(stage.result()).isEqualTo("SUCCESS");
        assertThat(stage.book.calls()).containsExactly("admit", "proceed", "conclude ANSWERED");
        assertThat(stage.events()).doesNotContain(EventType.EVENT_TYPE_TIMER_STARTED);
        stage.record_as("waited");
    }

    @Test
    void a_wake_for_nothing_makes_it_look_and_wait_again() {
        stage.book.without_free_resources();
        stage.start().until_phase("waiting");
        Gate look = stage.book.holding(Step.PROCEED);
        stage.signal("wake");
        look.reached();
        look.open();
        stage.until_phase("waiting");
        stage.book.free_resources();
        stage.signal("wake");

        assertThat(stage.result()).isEqualTo("SUCCESS");
        assertThat(stage.book.calls()).containsExactly("admit", "proceed", "proceed", "conclude ANSWERED");
    }

    @Test
    void a_wake_that_comes_while_it_is_being_admitted_is_not_lost() {
        stage.book.without_free_resources();
        Gate admission = stage.book.holding_after_work(Step.ADMIT);
        stage.start();
        admission.reached();
        stage.book.free_resources();
        stage.signal("wake");
        admission.open();

        assertThat(stage.result()).isEqualTo("SUCCESS");
        assertThat(stage.book.calls()).containsExactly("admit", "proceed", "conclude ANSWERED");
    }

    @Test
    void a_wake_that_comes_while_it_looks_makes_it_look_once_more() {
        stage.book.without_free_resources();
        stage.start().until_phase("waiting");
        Gate look = stage.book.holding_after_work(Step.PROCEED);
        stage.signal("wake");
        look.reached();
        stage.book.free_resources();
        stage.signal("wake");
        look.open();

        assertThat(stage.result()).isEqualTo("SUCCESS");
        assertThat(stage.book.calls()).containsExactly("admit", "proceed", "proceed", "conclude ANSWERED");
    }

    @Test
    void a_wake_that_comes_while_a_slow_look_answers_what_was_true_before_is_not_lost() {
        stage.book.without_free_resources();
        stage.start().until_phase("waiting");
        Gate look = stage.book.holding_the_activity_after_work(Step.PROCEED);
        stage.signal("wake");
        look.reached();
        stage.book.free_resources();
        stage.signal("wake");
        look.open();

        assertThat(stage.result()).isEqualTo("SUCCESS");
        assertThat(stage.book.calls()).endsWith("proceed", "proceed", "conclude ANSWERED");
    }

    @Test
    void an_order_that_waited_too_long_is_ended() throws Exception {
        stage.book.without_free_resources().in_queue_for_at_most(3_600_000);

        assertThat(stage.start().result()).isEqualTo("FAILED");
        assertThat(stage.book.calls()).containsExactly("admit", "proceed");
        stage.record_as("queue_expired");
    }

    @Test
    void an_order_that_was_granted_as_its_time_ran_out_runs() {
        stage.book.without_free_resources().in_queue_for_at_most(60_000);
        stage.start().until_phase("waiting");
        stage.book.free_resources();

        assertThat(stage.result()).isEqualTo("SUCCESS");
        assertThat(stage.book.calls()).containsExactly("admit", "proceed", "conclude ANSWERED");
    }

    @Test
    void a_wake_for_nothing_leaves_it_no_more_time_than_it_had() {
        stage.book.without_free_resources().in_queue_for_at_most(3_600_000);
        stage.start().until_phase("waiting");
        Gate look = stage.book.holding(Step.PROCEED);
        stage.signal("wake");
        look.reached();
        look.open();

        assertThat(stage.result()).isEqualTo("FAILED");
        assertThat(stage.book.calls()).containsExactly("admit", "proceed", "proceed");
        assertThat(stage.lifetime()).isBetween(Duration.ofSeconds(3_600), Duration.ofSeconds(3_605));
    }

    /** As when the clock of Temporal's machine is ahead of the database's. */
    @Test
    void a_timer_that_fires_too_early_makes_it_look_and_wait_for_the_rest() {
        stage.book.without_free_resources().in_queue_for_at_most(60_000);
        stage.start().until_phase("waiting");
        stage.book.with_clock(() -> stage.now() - 7_000);

        assertThat(stage.result()).isEqualTo("FAILED");
        assertThat(stage.book.calls()).containsExactly("admit", "proceed", "proceed");
    }

    @Test
    void the_timer_of_the_queue_does_not_outlive_the_wait() {
        stage.book.without_free_resources().in_queue_for_at_most(3_600_000);
        stage.start().until_phase("waiting");
        stage.book.free_resources();
        stage.signal("wake");

        assertThat(stage.result()).isEqualTo("SUCCESS");
        assertThat(stage.events()).contains(EventType.EVENT_TYPE_TIMER_CANCELED);
    }
}
