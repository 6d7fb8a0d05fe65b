package dev.taskorder.workflows.order;

import static org.assertj.core.api.Assertions.assertThat;

import dev.taskorder.api.order.CancelSignal;
import dev.taskorder.workflows.order.OrderBook.Fault;
import dev.taskorder.workflows.order.OrderBook.Step;
import io.temporal.api.enums.v1.EventType;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** An order that must end while its executor works: its money has run out. */
class RefusedTest {
    @AutoClose
    private final Stage stage = new Stage();

    private void an_executor_works_when_it_is_refused() {
        stage.start().until_phase("executing");
        stage.executor.seen_at_least(1);
        stage.book.refuse();
        stage.signal("wake");
    }

    @Test
    void its_executor_is_stopped_and_what_it_says_no_longer_counts() throws Exception {
        stage.executor.always(stage.executor.obedient());
        an_executor_works_when_it_is_refused();

        assertThat(stage.result()).isEqualTo("FAILED");
        assertThat(stage.book.calls()).containsExactly("admit", "proceed", "conclude ANSWERED");
        assertThat(stage.executor.seen()).hasSize(1);
        stage.record_as("refused");
    }

    @Test
    void one_that_does_not_listen_is_left_behind_after_the_grace() throws Exception {
        stage.book.with_time_left(60_000, 300);
        stage.executor.always(stage.executor.stubborn());
        an_executor_works_when_it_is_refused();

        assertThat(stage.result()).isEqualTo("FAILED");
        assertThat(stage.book.calls()).containsExactly("admit", "proceed", "conclude ABANDONED");
        assertThat(stage.events()).contains(EventType.EVENT_TYPE_TIMER_FIRED);
        stage.record_as("refused_stubborn");
    }

    @Test
    void a_cancel_that_comes_while_its_executor_is_being_stopped_wins() {
        stage.book.with_time_left(60_000, 3_000);
        stage.executor.always(stage.executor.stubborn());
        an_executor_works_when_it_is_refused();
        stage.until_phase("stopping");
        stage.signal("cancel", new CancelSignal("enough", "ann"));
        stage.executor.release();

        assertThat(stage.result()).isEqualTo("CANCELLED");
    }

    @Test
    void a_run_that_takes_over_from_one_that_was_lost_ends_it_too() {
        stage.book.refuse();
        stage.start();

        assertThat(stage.result()).isEqualTo("FAILED");
    }

    @ParameterizedTest
    @EnumSource
    void the_conclusion_may_fail_or_be_drawn_twice(Fault fault) {
        stage.executor.always(stage.executor.obedient());
        stage.book.failing(Step.CONCLUDE, fault, 1);
        an_executor_works_when_it_is_refused();

        assertThat(stage.result()).isEqualTo("FAILED");
    }
}
