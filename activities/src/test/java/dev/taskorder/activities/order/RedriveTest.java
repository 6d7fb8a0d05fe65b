package dev.taskorder.activities.order;

import static dev.taskorder.activities.testing.Orders.anOrder;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import dev.taskorder.activities.dispatch.DispatchQueue;
import dev.taskorder.activities.dispatch.StartDue;
import dev.taskorder.activities.execution.AttemptStore.Begun;
import dev.taskorder.activities.invariant.Invariants;
import dev.taskorder.activities.order.OrderRecovery.Loss;
import dev.taskorder.activities.tenant.TenantTransactions;
import dev.taskorder.activities.testing.Orders;
import dev.taskorder.activities.testing.Race;
import dev.taskorder.activities.testing.Tenant;
import dev.taskorder.api.asset.AssetSpec;
import dev.taskorder.api.asset.AssetStatus;
import dev.taskorder.api.asset.Assets;
import dev.taskorder.api.budget.BudgetScope;
import dev.taskorder.api.execution.ExecutionResult;
import dev.taskorder.api.explain.Explanations;
import dev.taskorder.api.order.CreateResult;
import dev.taskorder.api.order.DeadLetters;
import dev.taskorder.api.order.DeadLetters.Reason;
import dev.taskorder.api.order.OrderSteps;
import dev.taskorder.api.order.OrderSteps.How;
import dev.taskorder.api.order.RedriveResult;
import dev.taskorder.api.order.Status;
import dev.taskorder.api.order.TaskOrder;
import dev.taskorder.api.order.TaskOrderRef;
import dev.taskorder.api.order.Verdict;
import dev.taskorder.api.tenant.Caller;
import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A dead letter goes on as the same order, with its next attempt, as if it had just been queued. */
class RedriveTest {
    private static final Caller PERSON = new Caller("person-7", null);

    private final Tenant tenant = Tenant.fresh();

    @Test
    void the_same_order_stands_in_the_queue_again_with_a_fresh_window() {
        tenant.asset("ip", "RAW_NET", "ip", 1, "0.5");
        TaskOrder dead = deadLetter(wanting());
        int version = dead.state().taskVersion();

        TaskOrder again = redriven(dead);

        assertThat(again.taskId()).isEqualTo(dead.taskId());
        assertThat(again.spec()).isEqualTo(dead.spec());
        assertThat(again.state().status()).isEqualTo(Status.QUEUED);
        assertThat(again.state().queuedAt()).isAfter(dead.state().queuedAt());
        assertThat(again.state().startedAt()).isNull();
        assertThat(again.state().finishedAt()).isNull();
        assertThat(again.state().resultCode()).isNull();
        assertThat(again.state().resultMessage()).isNull();
        assertThat(again.state().output()).isNull();
        assertThat(again.state().taskVersion()).isEqualTo(version + 1);
        assertThat(again.state().policyVersion()).isEqualTo(dead.state().policyVersion());
        assertThat(tenant.events(dead)).endsWith("task_order.dead_lettered", "task_order.redriven");
        assertThat(violations()).isEmpty();
    }

    @Test
    void its_next_attempt_has_new_leases_that_are_paid_for_and_the_books_keep_the_old_ones() {
        tenant.asset("ip", "RAW_NET", "ip", 1, "0.5");
        tenant.budget(BudgetScope.TENANT, "10");
        TaskOrder dead = deadLetter(wanting());
        redriven(dead);

        assertThat(attempt(admitted(dead, 2))).isEqualTo(2);
        answered(dead, 2, "OK");
        assertThat(concluded(dead, 2, 2)).isEqualTo(new Verdict.Over("SUCCESS"));

        assertThat(tenant.leases(dead.taskId())).hasSize(2).allMatch(lease -> lease.releasedAt() != null);
        assertThat(tenant.entries(dead))
                .containsExactly(
                        "HOLD grant 0.5",
                        "POST lease 0.5",
                        "POST execution 0",
                        "HOLD grant 0.5",
                        "POST lease 0.5",
                        "POST execution 0");
        assertThat(tenant.budgeted(BudgetScope.TENANT)).isEqualTo("1 0 0");
        assertThat(tenant.find(dead.taskId()).state().resultCode()).isEqualTo("OK");
        assertThat(violations()).isEmpty();
    }

    @Test
    void its_retries_count_from_there() {
        TaskOrder dead = deadLetter(anOrder().constraint("max_retries", 1), 2);
        redriven(dead);
        assertThat(attempt(admitted(dead, 2))).isEqualTo(3);
        answered(dead, 3, "RETRYABLE");
        assertThat(concluded(dead, 2, 3)).isNotInstanceOf(Verdict.Over.class);
    }

    /** What is granted has a deadline, and a TIMEOUT cannot be redriven. */
    @Test
    void nothing_is_granted_to_it_before_temporal_has_its_run() {
        tenant.asset("ip", "RAW_NET", "ip", 2, "0.5");
        TaskOrder dead = deadLetter(wanting());
        redriven(dead);
        tenant.running(wanting());
        assertThat(tenant.statusOf(dead)).isEqualTo(Status.QUEUED);
        assertThat(tenant.as(() -> tenant.bean(Explanations.class).of(dead.taskId()))
                        .orElseThrow()
                        .blockers())
                .singleElement()
                .satisfies(blocker -> assertThat(blocker.code()).isEqualTo("waiting_for_start"));
        assertThat(violations()).isEmpty();

        assertThat(started(dead)).satisfies(start -> {
            assertThat(start.runNo()).isEqualTo(2);
            assertThat(start.again()).isFalse();
        });
        tenant.waiting(anOrder().wanting("RAW_NET", null, 1).priority(1));
        assertThat(tenant.statusOf(dead)).isEqualTo(Status.RUNNING);
        assertThat(attempt(admitted(dead, 2))).isEqualTo(2);
    }

    @Test
    void a_step_of_the_run_before_changes_nothing() {
        TaskOrder dead = deadLetter(anOrder());
        redriven(dead);
        assertThat(tenant.proceed(dead)).isEqualTo(new Verdict.Over(Verdict.Over.SUPERSEDED));
        assertThat(tenant.admitted(dead)).isEqualTo(new Verdict.Over(Verdict.Over.SUPERSEDED));
        assertThat(tenant.concluded(dead, 1, How.ANSWERED)).isEqualTo(new Verdict.Over(Verdict.Over.SUPERSEDED));
        assertThat(tenant.statusOf(dead)).isEqualTo(Status.QUEUED);
    }

    /** Its start was told that there is a workflow already: the one that is about to end. */
    @Test
    void if_its_start_met_the_run_before_temporal_is_soon_asked_for_it_and_it_runs_again() {
        TaskOrder dead = deadLetter(anOrder());
        redriven(dead);
        started(dead);
        assertThat(secondsToLook(dead)).isGreaterThan(50);
        assertThat(tenant.proceed(dead)).isEqualTo(new Verdict.Over(Verdict.Over.SUPERSEDED));
        assertThat(secondsToLook(dead)).isBetween(0.0, 2.0);
        assertThat(tenant.as(() -> tenant.bean(OrderRecovery.class).lost(dead.taskId(), 2, Loss.CLOSED)))
                .isTrue();
        assertThat(attempt(admitted(dead, 3))).isEqualTo(2);
    }

    @Test
    void who_redrives_again_while_it_is_open_is_told_its_state_and_changes_nothing() {
        TaskOrder dead = deadLetter(anOrder());
        TaskOrder again = redriven(dead);
        assertThat(redrive(dead)).isEqualTo(new RedriveResult.IllegalTransition(again));
        admitted(dead, 2);
        assertThat(redrive(dead)).isEqualTo(new RedriveResult.IllegalTransition(tenant.find(dead.taskId())));
        assertThat(tenant.events(dead)).containsOnlyOnce("task_order.redriven");
    }

    @Test
    void of_many_who_redrive_at_once_one_does() throws Exception {
        TaskOrder dead = deadLetter(anOrder());
        long open = openOrders();
        List<RedriveResult> answers = Race.of(16, runner -> () -> redrive(dead));
        assertThat(answers).hasOnlyElementsOfTypes(RedriveResult.Redriven.class, RedriveResult.IllegalTransition.class);
        assertThat(answers).filteredOn(RedriveResult.Redriven.class::isInstance).hasSize(1);
        assertThat(tenant.events(dead)).containsOnlyOnce("task_order.redriven");
        assertThat(openOrders()).isEqualTo(open + 1);
        assertThat(runNo(dead)).isEqualTo(2);
    }

    @ParameterizedTest
    @ValueSource(strings = {"PENDING", "RUNNING", "SUCCESS", "FAILED", "CANCELLED", "QUEUED"})
    void what_is_no_dead_letter_stays_as_it_is(String status) {
        TaskOrder order = in(status);
        assertThat(redrive(order)).isEqualTo(new RedriveResult.IllegalTransition(tenant.find(order.taskId())));
        assertThat(tenant.statusOf(order).name()).isEqualTo(status);
    }

    @Test
    void an_order_that_succeeded_after_its_redrive_is_not_redriven_again() {
        TaskOrder dead = deadLetter(anOrder());
        redriven(dead);
        admitted(dead, 2);
        answered(dead, 2, "OK");
        concluded(dead, 2, 2);
        assertThat(redrive(dead)).isInstanceOf(RedriveResult.IllegalTransition.class);
        assertThat(tenant.as(() -> letters().redrive(UUID.randomUUID(), null, PERSON)))
                .isEqualTo(new RedriveResult.NotFound());
    }

    @Test
    void it_counts_as_open_again_and_the_last_room_is_given_once() throws Exception {
        tenant.withQuotas("{\"open_orders\": 4}");
        List<TaskOrder> dead =
                IntStream.range(0, 4).mapToObj(i -> deadLetter(anOrder())).toList();
        tenant.created(anOrder().spec());
        List<RedriveResult> answers = Race.of(4, runner -> () -> redrive(dead.get(runner)));
        assertThat(answers).filteredOn(RedriveResult.Redriven.class::isInstance).hasSize(3);
        assertThat(answers)
                .filteredOn(RedriveResult.Refused.class::isInstance)
                .containsExactly(new RedriveResult.Refused(new CreateResult.QuotaExceeded(4, 4)));
        assertThat(tenant.create(List.of(anOrder().spec())).get(0)).isInstanceOf(CreateResult.QuotaExceeded.class);
        assertThat(openOrders()).isEqualTo(4);
        assertThat(violations()).isEmpty();
    }

    @Test
    void what_the_pool_could_never_serve_stays_a_dead_letter() {
        tenant.asset("ip", "RAW_NET", "ip", 1, "0.5");
        TaskOrder dead = deadLetter(wanting());
        AssetSpec retired = new AssetSpec(
                "ip",
                "prod",
                "RAW_NET",
                "ip",
                Map.of(),
                AssetStatus.RETIRED,
                null,
                1,
                BigDecimal.ONE,
                "USD",
                null,
                null);
        tenant.as(() -> tenant.bean(Assets.class).put(List.of(retired), PERSON));
        assertThat(redrive(dead))
                .isInstanceOfSatisfying(RedriveResult.Refused.class, refused -> assertThat(refused.because())
                        .isInstanceOf(CreateResult.NeverSatisfiable.class));
        assertThat(tenant.statusOf(dead)).isEqualTo(Status.DEAD_LETTER);
    }

    /** A cancel was asked for, and then its workflow failed. */
    @Test
    void a_cancel_of_the_time_before_is_forgotten_with_its_signal() {
        tenant.bannedAsset("away", "RAW_NET", "ip");
        TaskOrder order = tenant.waiting(wanting());
        tenant.cancel(order.taskId());
        lost(order);
        assertThat(redriven(order).state().cancelRequestedAt()).isNull();
        assertThat(tenant.count("outbox", order.taskId())).isZero();
        assertThat(admitted(order, 2)).isInstanceOf(Verdict.Await.class);
    }

    /** Its demand was a line of its own while it waited for other leases. */
    @Test
    void who_died_between_two_attempts_stands_with_those_again_who_want_the_same() {
        tenant.asset("ip", "RAW_NET", "ip", 1, "0.5");
        TaskOrder order = tenant.running(wanting());
        TaskOrder other = tenant.waiting(wanting());
        answered(order, 1, "BANNED");
        tenant.concluded(order, 1, How.ANSWERED);
        lost(order);
        redriven(order);
        assertThat(demand(order)).isEqualTo(demand(other)).doesNotStartWith("~");
    }

    @Test
    void if_its_transaction_fails_it_is_a_dead_letter_still_and_nothing_was_told() {
        TaskOrder dead = deadLetter(anOrder());
        long open = openOrders();
        TenantTransactions transactions = tenant.bean(TenantTransactions.class);
        assertThatThrownBy(() -> tenant.as(() -> transactions.in(() -> {
                    redrive(dead);
                    throw new IllegalStateException("the process died");
                })))
                .hasMessage("the process died");
        assertThat(tenant.find(dead.taskId())).isEqualTo(dead);
        assertThat(tenant.events(dead)).doesNotContain("task_order.redriven");
        assertThat(openOrders()).isEqualTo(open);
        assertThat(redriven(dead).state().status()).isEqualTo(Status.QUEUED);
    }

    @Test
    void each_step_of_its_new_run_may_be_taken_twice() {
        tenant.asset("ip", "RAW_NET", "ip", 1, "0.5");
        TaskOrder dead = deadLetter(wanting());
        redriven(dead);
        assertThat(attempt(admitted(dead, 2))).isEqualTo(attempt(admitted(dead, 2)));
        answered(dead, 2, "RETRYABLE");
        concluded(dead, 2, 2);
        concluded(dead, 2, 2);
        assertThat(tenant.leases(dead.taskId())).hasSize(2);
        assertThat(tenant.entries(dead)).filteredOn("HOLD grant 0.5"::equals).hasSize(2);
        assertThat(violations()).isEmpty();
    }

    @Test
    void its_run_may_be_lost_like_any_other_before_and_after_it_stands_in_line() {
        TaskOrder dead = deadLetter(anOrder());
        redriven(dead);
        OrderRecovery recovery = tenant.bean(OrderRecovery.class);
        assertThat(tenant.as(() -> recovery.lost(dead.taskId(), 2, Loss.UNKNOWN)))
                .isFalse();
        admitted(dead, 2);
        assertThat(tenant.as(() -> recovery.lost(dead.taskId(), 2, Loss.UNKNOWN)))
                .isTrue();
        assertThat(attempt(admitted(dead, 3))).isEqualTo(2);
    }

    @Test
    void dead_letters_are_told_by_reason_the_most_frequent_first() {
        TaskOrder one = deadLetter(anOrder(), "shop 17 is closed since 12:30");
        TaskOrder two = deadLetter(anOrder(), "shop 4 is closed since 9:05");
        deadLetter(anOrder(), "shop " + UUID.randomUUID() + " is gone");
        deadLetter(anOrder().env("dev"), "elsewhere");
        DeadLetters.Summary summary = tenant.as(() -> letters().summary("prod"));
        assertThat(summary.total()).isEqualTo(3);
        assertThat(summary.reasons())
                .extracting(Reason::resultCode, Reason::reason, Reason::count)
                .containsExactly(
                        tuple("RETRYABLE", "shop # is closed since #", 2L), tuple("RETRYABLE", "shop # is gone", 1L));
        Reason first = summary.reasons().get(0);
        assertThat(first.example()).isEqualTo(two.taskId());
        assertThat(first.firstAt()).isEqualTo(one.state().finishedAt());
        assertThat(first.lastAt()).isEqualTo(two.state().finishedAt());
        assertThat(tenant.as(() -> letters().summary(null)).total()).isEqualTo(4);
        assertThat(Tenant.fresh().as(() -> letters().summary(null))).isEqualTo(new DeadLetters.Summary(0, List.of()));
    }

    private static Orders wanting() {
        return anOrder().wanting("RAW_NET", null, 1);
    }

    private TaskOrder deadLetter(Orders order) {
        return deadLetter(order.constraint("max_retries", 0), 1);
    }

    private TaskOrder deadLetter(Orders order, String message) {
        TaskOrder running = tenant.running(order.constraint("max_retries", 0));
        tenant.answered(running, 1, ExecutionResult.of("RETRYABLE", message));
        tenant.concluded(running, 1, How.ANSWERED);
        return tenant.find(running.taskId());
    }

    private TaskOrder deadLetter(Orders order, int attempts) {
        TaskOrder running = tenant.running(order);
        for (int attempt = 1; attempt <= attempts; attempt++) {
            answered(running, attempt, "RETRYABLE");
            tenant.concluded(running, attempt, How.ANSWERED);
            tenant.sql(jdbc -> jdbc.sql(
                            "UPDATE task_order SET retry_at = now() WHERE task_id = :task AND retry_at > now()")
                    .param("task", running.taskId())
                    .update());
            tenant.proceed(running);
        }
        TaskOrder dead = tenant.find(running.taskId());
        assertThat(dead.state().status()).isEqualTo(Status.DEAD_LETTER);
        return dead;
    }

    private TaskOrder in(String status) {
        tenant.bannedAsset("away", "RAW_NET", "ip");
        return switch (status) {
            case "PENDING" -> tenant.created(anOrder().spec());
            case "QUEUED" -> tenant.waiting(wanting());
            case "RUNNING" -> tenant.running(anOrder());
            case "SUCCESS" -> tenant.finish(tenant.running(anOrder()));
            case "CANCELLED" -> {
                TaskOrder order = tenant.created(anOrder().spec());
                tenant.cancel(order.taskId());
                yield order;
            }
            default -> {
                TaskOrder order = tenant.running(anOrder());
                answered(order, 1, "HARD_FAIL");
                tenant.concluded(order, 1, How.ANSWERED);
                yield order;
            }
        };
    }

    /** Its workflow failed in Temporal. */
    private void lost(TaskOrder order) {
        assertThat(tenant.as(() -> tenant.bean(OrderRecovery.class).lost(order.taskId(), 1, Loss.FAILED)))
                .isTrue();
    }

    private DeadLetters letters() {
        return tenant.bean(DeadLetters.class);
    }

    private DispatchQueue queue() {
        return tenant.bean(DispatchQueue.class);
    }

    private RedriveResult redrive(TaskOrder order) {
        return tenant.as(() -> letters().redrive(order.taskId(), "mended", PERSON));
    }

    private TaskOrder redriven(TaskOrder order) {
        return ((RedriveResult.Redriven) redrive(order)).order();
    }

    private Verdict admitted(TaskOrder order, int run) {
        return tenant.step(steps -> steps.admit(new TaskOrderRef(tenant.id(), order.taskId(), run)));
    }

    private Verdict concluded(TaskOrder order, int run, int attempt) {
        return tenant.step(steps -> steps.conclude(
                new OrderSteps.AttemptEnd(tenant.id(), order.taskId(), run, attempt, How.ANSWERED, null, null, null)));
    }

    private void answered(TaskOrder order, int attempt, String code) {
        Begun.Run run = (Begun.Run) tenant.begin(order, attempt);
        tenant.complete(order, attempt, run.request().attemptToken(), ExecutionResult.of(code, null));
    }

    /** Of which attempt the verdict is. */
    private static int attempt(Verdict verdict) {
        return ((Verdict.Execute) verdict).attempt();
    }

    private void due(TaskOrder order) {
        tenant.sql(jdbc -> jdbc.sql("UPDATE task_order SET start_due_at = now() WHERE task_id = :task")
                .param("task", order.taskId())
                .update());
    }

    /** As the dispatcher does it. */
    private StartDue started(TaskOrder order) {
        due(order);
        List<StartDue> starts = tenant.as(() -> queue().claimStarts(10)).stream()
                .filter(start -> start.taskId().equals(order.taskId()))
                .toList();
        assertThat(starts).hasSize(1);
        tenant.as(() -> {
            queue().started(starts);
            return true;
        });
        return starts.get(0);
    }

    private double secondsToLook(TaskOrder order) {
        return tenant.sql(jdbc -> jdbc.sql(
                        "SELECT extract(epoch FROM check_due_at - clock_timestamp()) FROM task_order WHERE task_id = :task")
                .param("task", order.taskId())
                .query(Double.class)
                .single());
    }

    private String demand(TaskOrder order) {
        return tenant.sql(jdbc -> jdbc.sql("SELECT demand FROM task_order WHERE task_id = :task")
                .param("task", order.taskId())
                .query(String.class)
                .single());
    }

    private int runNo(TaskOrder order) {
        return tenant.sql(jdbc -> jdbc.sql("SELECT run_no FROM task_order WHERE task_id = :task")
                .param("task", order.taskId())
                .query(Integer.class)
                .single());
    }

    private long openOrders() {
        return tenant.sql(jdbc -> jdbc.sql("SELECT sum(open_orders) FROM tenant_usage")
                .query(Long.class)
                .single());
    }

    private List<?> violations() {
        return tenant.as(() -> tenant.bean(Invariants.class).look());
    }
}
