package dev.taskorder.workflows.order;

import static io.temporal.api.enums.v1.EventType.*;
import static org.assertj.core.api.Assertions.assertThat;

import dev.taskorder.api.order.Status;
import dev.taskorder.api.order.WorkflowState;
import io.temporal.api.enums.v1.EventType;
import io.temporal.api.history.v1.HistoryEvent;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

class PlainOrderTest {
    @AutoClose
    private final Stage stage = new Stage();

    @Test
    void a_plain_order_is_admitted_executed_and_concluded_at_little_cost() throws Exception {
        assertThat(stage.start().result()).isEqualTo("SUCCESS");

        assertThat(stage.book.calls()).containsExactly("admit", "conclude ANSWERED");
        assertThat(stage.executor.seen()).containsExactly("E2E_CHECKOUT tenant_a 1");
        assertThat(stage.events())
                .containsExactly(
                        EVENT_TYPE_WORKFLOW_EXECUTION_STARTED,
                        EVENT_TYPE_WORKFLOW_TASK_SCHEDULED,
                        EVENT_TYPE_WORKFLOW_TASK_STARTED,
                        EVENT_TYPE_WORKFLOW_TASK_COMPLETED,
                        EVENT_TYPE_MARKER_RECORDED,
                        EVENT_TYPE_ACTIVITY_TASK_SCHEDULED,
                        EVENT_TYPE_ACTIVITY_TASK_STARTED,
                        EVENT_TYPE_ACTIVITY_TASK_COMPLETED,
                        EVENT_TYPE_WORKFLOW_TASK_SCHEDULED,
                        EVENT_TYPE_WORKFLOW_TASK_STARTED,
                        EVENT_TYPE_WORKFLOW_TASK_COMPLETED,
                        EVENT_TYPE_MARKER_RECORDED,
                        EVENT_TYPE_UPSERT_WORKFLOW_SEARCH_ATTRIBUTES,
                        EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED);
        assertThat(stage.history().getHistory().getSerializedSize()).isLessThanOrEqualTo(4 * 1024);
        assertThat(billable_actions()).isLessThanOrEqualTo(5);
        stage.record_as("plain");
    }

    /** The start, each activity, each workflow task with local activities in it, each upsert, timer and signal. */
    private long billable_actions() {
        Set<EventType> billed = Set.of(
                EVENT_TYPE_WORKFLOW_EXECUTION_STARTED,
                EVENT_TYPE_ACTIVITY_TASK_SCHEDULED,
                EVENT_TYPE_UPSERT_WORKFLOW_SEARCH_ATTRIBUTES,
                EVENT_TYPE_TIMER_STARTED,
                EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED);
        List<HistoryEvent> events = stage.history().getHistory().getEventsList();
        long tasksWithLocalActivities = events.stream()
                .filter(HistoryEvent::hasMarkerRecordedEventAttributes)
                .map(event -> event.getMarkerRecordedEventAttributes().getWorkflowTaskCompletedEventId())
                .distinct()
                .count();
        return tasksWithLocalActivities
                + stage.events().stream().filter(billed::contains).count();
    }

    @Test
    void the_final_status_is_set_as_search_attribute() {
        stage.start().result();

        assertThat(upserted_status()).isEqualTo("SUCCESS");
    }

    private String upserted_status() {
        return stage.history().getHistory().getEventsList().stream()
                .filter(HistoryEvent::hasUpsertWorkflowSearchAttributesEventAttributes)
                .map(event -> Stage.text(event.getUpsertWorkflowSearchAttributesEventAttributes()
                        .getSearchAttributes()
                        .getIndexedFieldsOrThrow("TaskStatus")))
                .reduce("", (before, after) -> before + after);
    }

    @Test
    void a_server_without_our_search_attributes_is_not_told_the_status() {
        stage.book.without_free_resources().in_queue_for_at_most(1);

        assertThat(stage.start_as(OrderBook.ORDER, false).result()).isEqualTo("FAILED");
        assertThat(stage.events()).doesNotContain(EVENT_TYPE_UPSERT_WORKFLOW_SEARCH_ATTRIBUTES);
    }

    @Test
    void a_run_that_a_newer_one_has_overtaken_ends_without_a_word() {
        stage.book.in_run(2);

        assertThat(stage.start().result()).isEqualTo("SUPERSEDED");
        assertThat(stage.book.calls()).containsExactly("admit");
        assertThat(stage.events()).doesNotContain(EVENT_TYPE_UPSERT_WORKFLOW_SEARCH_ATTRIBUTES);
    }

    @Test
    void a_later_run_of_an_order_that_is_over_only_reports_how_it_ended() {
        stage.book.already_over(Status.CANCELLED);

        assertThat(stage.start().result()).isEqualTo("CANCELLED");
        assertThat(stage.book.calls()).containsExactly("admit");
    }

    @Test
    void the_details_say_in_words_what_it_is_doing() {
        stage.book.without_free_resources();
        stage.start().until_phase("waiting");
        assertThat(stage.details())
                .startsWith("**waiting** · waits in the queue")
                .contains("- attempt: none yet");

        stage.book.free_resources();
        stage.signal("wake");
        stage.result();
        assertThat(stage.details()).startsWith("**over** · is over: SUCCESS").contains("- attempt: 1", "- since: 20");
        assertThat(stage.state()).isEqualTo(new WorkflowState("over", 1, false));
    }
}
