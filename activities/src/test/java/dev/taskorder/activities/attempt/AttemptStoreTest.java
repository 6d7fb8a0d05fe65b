package dev.taskorder.activities.attempt;

import static dev.taskorder.activities.testing.Orders.anOrder;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.taskorder.activities.event.EventRelay;
import dev.taskorder.activities.execution.Answer;
import dev.taskorder.activities.execution.AttemptStore;
import dev.taskorder.activities.execution.AttemptStore.Begun;
import dev.taskorder.activities.execution.AttemptStore.Ended;
import dev.taskorder.activities.execution.AttemptStore.Reported;
import dev.taskorder.activities.testing.Application;
import dev.taskorder.activities.testing.Tenant;
import dev.taskorder.activities.testing.TestDatabase;
import dev.taskorder.api.event.Timeline;
import dev.taskorder.api.event.TimelineEvent;
import dev.taskorder.api.execution.ExecutionResult;
import dev.taskorder.api.execution.Money;
import dev.taskorder.api.ledger.Ledger;
import dev.taskorder.api.order.AttemptRef;
import dev.taskorder.api.order.OrderSteps.How;
import dev.taskorder.api.order.Status;
import dev.taskorder.api.order.TaskOrder;
import dev.taskorder.api.order.Verdict;
import dev.taskorder.api.page.PageRequest;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.dao.DataIntegrityViolationException;

class AttemptStoreTest {
    private final Tenant tenant = Tenant.fresh();

    @Test
    void the_next_attempt_gets_the_last_progress_that_any_attempt_before_it_told() {
        TaskOrder order = running();
        UUID first = begun(order, 1).request().attemptToken();
        report(order, 1, first, "{\"page\":1}");
        report(order, 1, first, "{\"page\":2}");
        tenant.concluded(order, 1, How.LOST);
        UUID second = begun(order, 2).request().attemptToken();
        report(order, 2, second, null, money("captcha", "1"));
        tenant.concluded(order, 2, How.LOST);

        assertThat(begun(order, 3).request().previousProgress()).isEqualTo(Map.of("page", 2));
    }

    @Test
    void progress_that_is_new_is_an_event_and_none_of_the_timeline() {
        TaskOrder order = running();
        UUID token = begun(order, 1).request().attemptToken();
        report(order, 1, token, "{\"page\":1}");
        report(order, 1, token, "{\"page\": 1}", money("captcha", "1"));
        report(order, 1, token, "{\"page\":2,\"text\":\"" + "x".repeat(2000) + "\"}");

        List<String> told = tenant.sql(jdbc -> jdbc.sql(
                        "SELECT data::text FROM task_event WHERE type = 'task_order.progress' ORDER BY event_no")
                .query(String.class)
                .list());
        assertThat(told).containsExactly("{\"attempt\": 1, \"progress\": {\"page\": 1}}", "{\"attempt\": 1}");
        assertThat(timeline(order)).extracting(TimelineEvent::type).doesNotContain("task_order.progress");
        tenant.as(() -> Application.shared().bean(EventRelay.class).seeNext());
        assertThat(timeline(order))
                .extracting(TimelineEvent::type)
                .contains("task_order.running")
                .doesNotContain("task_order.progress");
    }

    @Test
    void a_number_that_the_database_cannot_keep_is_refused_for_good() {
        TaskOrder order = running();
        UUID token = begun(order, 1).request().attemptToken();
        assertThatThrownBy(() -> report(order, 1, token, "{\"far\":1e200000}"))
                .isInstanceOf(DataIntegrityViolationException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "0.05"})
    void a_cost_once_told_is_posted_whatever_the_result_says_of_it(String said) {
        TaskOrder order = running();
        UUID token = begun(order, 1).request().attemptToken();
        report(order, 1, token, null, money("captcha", "0.10"));
        report(order, 1, token, null, money("captcha", "0.07"), money("sms", "0.01"));
        List<Money> costs = said.equals("0") ? List.of() : List.of(money("captcha", said));
        tenant.complete(order, 1, token, new ExecutionResult("OK", null, Map.of(), List.of(), costs, List.of()));
        tenant.concluded(order, 1, How.ANSWERED);

        assertThat(tenant.as(() -> Application.shared().bean(Ledger.class).ofOrder(order.taskId()))
                        .orElseThrow()
                        .totals()
                        .cost())
                .isEqualByComparingTo("0.11");
    }

    @Test
    void costs_that_an_answer_lowers_stand_and_the_order_says_so_once() {
        TaskOrder order = running();
        UUID token = begun(order, 1).request().attemptToken();
        report(order, 1, token, null, money("captcha", "0.10"));
        ExecutionResult result =
                new ExecutionResult("OK", null, Map.of(), List.of(), List.of(money("captcha", "0.10")), List.of());
        Answer answer = new Answer(
                result, List.of(new Answer.Lowered("captcha", new BigDecimal("0.10"), new BigDecimal("0.05"))));
        for (int time = 1; time <= 2; time++) {
            assertThat(tenant.as(() -> Application.shared()
                            .bean(AttemptStore.class)
                            .complete(ref(order, 1), token, answer, false)))
                    .isEqualTo(new Ended.Completed());
        }

        assertThat(timeline(order))
                .extracting(TimelineEvent::text)
                .containsOnlyOnce(
                        "Changed: costs of attempt 1 not lowered: captcha stays 0.1, which its executor had told,"
                                + " though it answered 0.05.");
    }

    @ParameterizedTest
    @ValueSource(strings = {"CANCELLED", "HARD_FAIL", "EXECUTOR_ERROR"})
    void an_executor_that_the_deadline_stopped_times_its_order_out_though_the_clock_is_behind(String code) {
        TaskOrder order = running();
        UUID token = begun(order, 1).request().attemptToken();
        tenant.as(() -> Application.shared()
                .bean(AttemptStore.class)
                .complete(ref(order, 1), token, Answer.of(ExecutionResult.of(code, null)), true));

        assertThat(tenant.concluded(order, 1, How.ANSWERED)).isEqualTo(new Verdict.Over("TIMEOUT"));
        assertThat(tenant.find(order.taskId()).state().status()).isEqualTo(Status.TIMEOUT);
    }

    @Test
    void a_late_answer_waits_for_its_order_so_that_events_keep_their_order() {
        TaskOrder order = running();
        UUID token = begun(order, 1).request().attemptToken();
        tenant.concluded(order, 1, How.LOST);
        List<CompletableFuture<Ended>> answers = new ArrayList<>();
        TestDatabase.get()
                .whileHeld(
                        jdbc -> jdbc.sql("SELECT 1 FROM task_order WHERE task_id = :task FOR UPDATE")
                                .param("task", order.taskId())
                                .query()
                                .singleRow(),
                        () -> {
                            CompletableFuture<Ended> answer = CompletableFuture.supplyAsync(
                                    () -> tenant.complete(order, 1, token, ExecutionResult.of("OK", null)));
                            answers.add(answer);
                            await().until(() -> answer.isDone() || someoneWaits());
                            assertThat(answer).isNotDone();
                            assertThat(attemptIsFree(order)).isTrue();
                        });

        assertThat(answers.get(0).orTimeout(10, TimeUnit.SECONDS).join()).isInstanceOf(Ended.Late.class);
        assertThat(lastEvent(order)).isEqualTo("task_order.updated");
    }

    /** Whether some session waits for a lock of the order's row. */
    private static boolean someoneWaits() {
        return TestDatabase.get().superuser().sql("""
                        SELECT EXISTS (SELECT FROM pg_stat_activity
                                        WHERE wait_event_type = 'Lock' AND query LIKE '%FROM task_order%FOR UPDATE%'
                                          AND pid <> pg_backend_pid())
                        """).query(Boolean.class).single();
    }

    private static boolean attemptIsFree(TaskOrder order) {
        return !TestDatabase.get()
                .superuser()
                .sql("SELECT 1 FROM attempt WHERE task_id = :task AND number = 1 FOR UPDATE SKIP LOCKED")
                .param("task", order.taskId())
                .query()
                .listOfRows()
                .isEmpty();
    }

    private TaskOrder running() {
        TaskOrder order = tenant.created(anOrder().spec());
        tenant.admitted(order);
        return order;
    }

    private Begun.Run begun(TaskOrder order, int attempt) {
        return (Begun.Run) tenant.begin(order, attempt);
    }

    private void report(TaskOrder order, int attempt, UUID token, String progress, Money... costs) {
        assertThat(tenant.as(() -> Application.shared()
                        .bean(AttemptStore.class)
                        .report(ref(order, attempt), token, progress, List.of(costs))))
                .isEqualTo(Reported.KEPT);
    }

    private AttemptRef ref(TaskOrder order, int attempt) {
        return new AttemptRef(tenant.id(), order.taskId(), attempt);
    }

    private static Money money(String kind, String amount) {
        return new Money(kind, new BigDecimal(amount));
    }

    private String lastEvent(TaskOrder order) {
        List<TimelineEvent> events = timeline(order);
        return events.get(events.size() - 1).type();
    }

    private List<TimelineEvent> timeline(TaskOrder order) {
        return tenant.as(() ->
                        Application.shared().bean(Timeline.class).ofOrder(order.taskId(), new PageRequest(50, null)))
                .orElseThrow()
                .items();
    }
}
