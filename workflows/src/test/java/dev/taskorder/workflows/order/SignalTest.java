package dev.taskorder.workflows.order;

import static org.assertj.core.api.Assertions.assertThat;

import dev.taskorder.api.order.CancelSignal;
import dev.taskorder.api.order.ReprioritiseSignal;
import dev.taskorder.workflows.order.OrderBook.Fault;
import dev.taskorder.workflows.order.OrderBook.Step;
import io.temporal.api.enums.v1.EventType;
import io.temporal.failure.ApplicationFailure;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whoever may signal may send anything: what makes no sense changes nothing. */
class SignalTest {
    @AutoClose
    private final Stage stage = new Stage();

    private void assert_it_still_runs() {
        stage.book.free_resources();
        stage.signal("wake");
        assertThat(stage.result()).isEqualTo("SUCCESS");
    }

    @Test
    void priorities_are_changed_in_the_order_they_were_asked_for() throws Exception {
        stage.book.without_free_resources();
        stage.start().until_phase("waiting");
        Gate first = stage.book.holding_the_activity(Step.REPRIORITISE);
        stage.signal("reprioritise", new ReprioritiseSignal(10, "ann"));
        first.reached();
        stage.signal("reprioritise", new ReprioritiseSignal(100, "ann"));
        stage.signal("reprioritise", new ReprioritiseSignal(0, null));
        // answered once the two have been handled as far as they can be
        stage.state();
        first.open();

        assert_it_still_runs();
        assertThat(stage.book.priorities()).containsExactly(10, 100, 0);
        assertThat(stage.shown_priorities()).containsExactly(10, 100, 0);
        stage.record_as("reprioritised");
    }

    @Test
    void a_signal_without_a_priority_shows_the_one_that_the_row_has() {
        stage.book.without_free_resources().with_priority(90);
        stage.start().until_phase("waiting");
        Gate first = stage.book.holding_the_activity(Step.REPRIORITISE);
        stage.signal("reprioritise", ReprioritiseSignal.SHOW);
        first.reached();
        stage.book.with_priority(30);
        stage.signal("reprioritise", ReprioritiseSignal.SHOW);
        stage.state();
        first.open();

        assert_it_still_runs();
        assertThat(stage.book.priorities()).isEmpty();
        assertThat(stage.shown_priorities())
                .as("the later one, and what is shown already is not shown again")
                .containsExactly(30);
    }

    @Test
    void what_is_shown_is_what_the_row_has_and_not_what_was_asked_for() {
        stage.book.without_free_resources();
        stage.start().until_phase("waiting");
        Gate change = stage.book.holding_the_activity_after_work(Step.REPRIORITISE);
        stage.signal("reprioritise", new ReprioritiseSignal(90, "ann"));
        change.reached();
        stage.book.with_priority(30);
        stage.signal("reprioritise", ReprioritiseSignal.SHOW);
        change.open();

        assert_it_still_runs();
        assertThat(stage.shown_priorities()).last().isEqualTo(30);
    }

    @Test
    void the_priority_of_an_order_that_is_over_is_not_shown() {
        Gate change = stage.book.holding_the_activity(Step.REPRIORITISE);
        stage.executor.always(stage.executor.obedient());
        stage.start();
        stage.signal("reprioritise", new ReprioritiseSignal(90, "ann"));
        change.reached();
        Gate conclusion = stage.book.holding_after_work(Step.CONCLUDE);
        stage.executor.release();
        conclusion.reached();
        conclusion.open();
        change.open();

        assertThat(stage.result()).isEqualTo("SUCCESS");
        assertThat(stage.shown_priorities()).isEmpty();
        assertThat(stage.book.priorities()).isEmpty();
    }

    @Test
    void the_run_does_not_end_before_a_change_of_priority_is_done() {
        Gate change = stage.book.holding_the_activity(Step.REPRIORITISE);
        stage.executor.always(stage.executor.obedient());
        stage.start();
        stage.signal("reprioritise", new ReprioritiseSignal(90, "ann"));
        change.reached();
        Gate conclusion = stage.book.holding_after_work(Step.CONCLUDE);
        stage.executor.release();
        conclusion.reached();
        conclusion.open();
        assertThat(stage.events()).doesNotContain(EventType.EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED);
        change.open();

        assertThat(stage.result()).isEqualTo("SUCCESS");
        assertThat(stage.events())
                .filteredOn(EventType.EVENT_TYPE_ACTIVITY_TASK_COMPLETED::equals)
                .as("of the executor and of the change")
                .hasSize(2);
    }

    @Test
    void a_change_of_priority_that_is_refused_does_not_end_the_order() {
        stage.book
                .without_free_resources()
                .failing(
                        Step.REPRIORITISE,
                        Fault.FAILS_BEFORE,
                        1,
                        () -> ApplicationFailure.newNonRetryableFailure("no", "ORDER_UNKNOWN"));
        stage.start().until_phase("waiting");
        stage.signal("reprioritise", new ReprioritiseSignal(90, "ann"));

        assert_it_still_runs();
        assertThat(stage.book.priorities()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 101, Integer.MIN_VALUE, Integer.MAX_VALUE})
    void a_priority_out_of_range_is_dropped(int priority) {
        stage.book.without_free_resources();
        stage.start().until_phase("waiting");
        stage.signal("reprioritise", new ReprioritiseSignal(priority, "ann"));

        assert_it_still_runs();
        assertThat(stage.book.priorities()).isEmpty();
    }

    @Test
    void junk_is_dropped() throws Exception {
        stage.book.without_free_resources();
        stage.start().until_phase("waiting");
        for (Object junk : Arrays.asList(
                "text", 7, new byte[] {0, (byte) 0xff}, Map.of("priority", "high"), new int[] {1, 2, 3})) {
            stage.signal("reprioritise", junk);
            if (!(junk instanceof Map)) {
                stage.signal("cancel", junk);
            }
        }
        stage.signal("reprioritise");
        stage.signal("reprioritise", (Object) null);
        stage.signal("reprioritise", Map.of());
        stage.signal("no_such_signal", "text");
        stage.signal("wake", "text", 7);

        assert_it_still_runs();
        assertThat(stage.book.priorities()).isEmpty();
        stage.record_as("junk_signals");
    }

    @Test
    void a_cancel_without_a_payload_is_still_a_cancel() {
        stage.book.without_free_resources();
        stage.start().until_phase("waiting");
        stage.signal("cancel");

        assertThat(stage.result()).isEqualTo("CANCELLED");
        assertThat(stage.book.ends()).containsExactly("CANCELLED cancelled by signal null");
    }

    @Test
    void a_reason_that_no_row_can_hold_is_cut_and_cleaned() {
        stage.book.without_free_resources();
        stage.start().until_phase("waiting");
        stage.signal("cancel", new CancelSignal("a\0b" + "x".repeat(3000), "y".repeat(300)));

        assertThat(stage.result()).isEqualTo("CANCELLED");
        assertThat(stage.book.ends()).containsExactly("CANCELLED a\uFFFDb" + "x".repeat(1997) + " " + "y".repeat(255));
    }

    @Test
    void a_signal_that_comes_before_the_first_task_is_heard() {
        stage.start_with_signal("cancel", new CancelSignal("changed my mind", "ann"));

        assertThat(stage.result()).isEqualTo("CANCELLED");
        assertThat(stage.executor.seen()).isEmpty();
    }
}
