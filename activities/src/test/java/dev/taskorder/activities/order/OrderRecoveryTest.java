package dev.taskorder.activities.order;

import static dev.taskorder.activities.testing.Orders.anOrder;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.taskorder.activities.order.OrderRecovery.CheckDue;
import dev.taskorder.activities.order.OrderRecovery.Loss;
import dev.taskorder.activities.order.OrderRecovery.Pace;
import dev.taskorder.activities.tenant.TenantTransactions;
import dev.taskorder.activities.testing.Application;
import dev.taskorder.activities.testing.Race;
import dev.taskorder.activities.testing.Tenant;
import dev.taskorder.api.execution.ExecutionResult;
import dev.taskorder.api.order.OrderSteps.How;
import dev.taskorder.api.order.Status;
import dev.taskorder.api.order.TaskOrder;
import dev.taskorder.api.order.Verdict;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class OrderRecoveryTest {
    private static final Offset<Double> A_WHILE = within(5.0);

    private final Tenant tenant = Tenant.fresh();
    private final OrderRecovery recovery = Application.shared().bean(OrderRecovery.class);

    /** Silence is the time since the order last changed. */
    @ParameterizedTest
    @CsvSource({
        "EVERY_MINUTE, 10, 55",
        "EVERY_MINUTE, 36000, 55",
        "EASING, 10, 55",
        "EASING, 220, 55",
        "EASING, 1200, 300",
        "EASING, 36000, 1800"
    })
    void an_order_is_asked_about_every_minute_or_the_rarer_the_longer_it_is_silent(
            Pace pace, int silentSeconds, double againInSeconds) {
        TaskOrder order = queued();
        set(order, "check_due_at = now(), updated_at = now() - interval '" + silentSeconds + " seconds'");
        assertThat(claim(pace)).extracting(CheckDue::taskId).containsExactly(order.taskId());
        assertThat(seconds(order, "check_due_at")).isCloseTo(againInSeconds, A_WHILE);
        assertThat(claim(pace)).isEmpty();
    }

    @Test
    void a_run_that_is_lost_again_and_again_comes_back_later_each_time() {
        TaskOrder order = queued();
        for (double wait : new double[] {0, 2, 6, 14, 30, 60, 60}) {
            int run = runNo(order);
            lost(order, run, Loss.UNKNOWN);
            assertThat(runNo(order)).isEqualTo(run + 1);
            assertThat(seconds(order, "start_due_at")).isCloseTo(wait, A_WHILE);
            set(order, "started_run_no = run_no");
        }
    }

    @ParameterizedTest
    @EnumSource(Loss.class)
    void a_loss_of_an_old_run_changes_nothing(Loss loss) {
        TaskOrder order = queued();
        assertThat(lost(order, 1, Loss.CLOSED)).isTrue();
        set(order, "started_run_no = run_no");
        assertThat(lost(order, 1, loss)).isFalse();
        assertThat(runNo(order)).isEqualTo(2);
        assertThat(tenant.find(order.taskId()).state().status()).isEqualTo(Status.QUEUED);
    }

    @ParameterizedTest
    @CsvSource({"TERMINATED, CANCELLED, TERMINATED", "FAILED, DEAD_LETTER, WORKFLOW_FAILED"})
    void a_loss_that_somebody_caused_ends_the_order(Loss loss, Status status, String code) {
        TaskOrder order = queued();
        assertThat(lost(order, 1, loss)).isTrue();
        assertThat(lost(order, 1, loss)).isFalse();
        assertThat(tenant.find(order.taskId()).state().status()).isEqualTo(status);
        assertThat(tenant.find(order.taskId()).state().resultCode()).isEqualTo(code);
        assertThat(found(order)).containsExactly("workflow." + loss.name().toLowerCase(Locale.ROOT));
    }

    @Test
    void what_could_not_be_mended_was_not_found_either() {
        TaskOrder order = queued();
        TenantTransactions transactions = tenant.bean(TenantTransactions.class);
        assertThatThrownBy(() -> tenant.as(() -> transactions.in(() -> {
                    assertThat(lost(order, 1, Loss.CLOSED)).isTrue();
                    throw new IllegalStateException("the process died");
                })))
                .hasMessage("the process died");
        assertThat(found(order)).isEmpty();
    }

    @Test
    void an_order_whose_workflow_failed_before_it_began_runs_again() {
        TaskOrder order = tenant.created(anOrder().spec());
        set(order, "started_run_no = run_no");
        lost(order, 1, Loss.FAILED);
        assertThat(runNo(order)).isEqualTo(2);
        assertThat(tenant.find(order.taskId()).state().status()).isEqualTo(Status.PENDING);
    }

    @Test
    void every_open_order_is_made_due_a_batch_at_a_time_but_for_those_that_somebody_holds() {
        List<TaskOrder> open =
                Stream.generate(() -> tenant.created(anOrder().spec())).limit(5).toList();
        open.forEach(tenant::admitted);
        int atOnce = tenant.sql(jdbc -> {
            jdbc.sql("SELECT task_id FROM task_order WHERE task_id = :task FOR UPDATE")
                    .param("task", open.get(0).taskId())
                    .query()
                    .singleRow();
            return CompletableFuture.supplyAsync(
                            () -> tenant.as(() -> recovery.makeMoreDue(3) + recovery.makeMoreDue(3)))
                    .join();
        });
        assertThat(atOnce).isEqualTo(4);
        assertThat(claim(Pace.EVERY_MINUTE))
                .extracting(CheckDue::taskId)
                .doesNotContain(open.get(0).taskId())
                .hasSize(4);
    }

    @Test
    void orders_are_made_due_granted_and_checked_at_the_same_moment_without_waiting_for_each_other() throws Exception {
        tenant.bannedAsset("away", "RAW_NET", "ip");
        List<TaskOrder> open = Stream.generate(() ->
                        tenant.created(anOrder().wanting("RAW_NET", "ip", 1).spec()))
                .limit(40)
                .toList();
        open.forEach(tenant::admitted);
        List<Boolean> done = Race.of(4, runner -> () -> {
            for (int i = 0; i < 10; i++) {
                if (runner == 0) {
                    tenant.asset("ip", "RAW_NET", "ip", 4 * i + 4, "1");
                } else if (runner == 1) {
                    tenant.as(() -> recovery.makeMoreDue(1000));
                } else {
                    claim(Pace.EASING);
                }
            }
            return true;
        });
        assertThat(done).containsOnly(true);
        assertThat(open)
                .allSatisfy(order ->
                        assertThat(tenant.find(order.taskId()).state().status()).isEqualTo(Status.RUNNING));
    }

    @Test
    void an_order_that_was_granted_and_does_not_begin_is_woken_again_once() {
        TaskOrder asleep = tenant.created(anOrder().spec());
        TaskOrder fresh = tenant.created(anOrder().spec());
        TaskOrder begun = tenant.created(anOrder().spec());
        TaskOrder queued = queued();
        List<TaskOrder> granted = List.of(asleep, fresh, begun);
        granted.forEach(tenant::admitted);
        tenant.begin(begun, 1);
        for (TaskOrder order : List.of(asleep, begun)) { // who has just begun is not asleep
            tenant.sql(jdbc -> jdbc.sql(
                            "UPDATE attempt SET granted_at = now() - interval '31 seconds' WHERE task_id = :task")
                    .param("task", order.taskId())
                    .update());
        }
        List<UUID> all = Stream.concat(granted.stream(), Stream.of(queued))
                .map(TaskOrder::taskId)
                .toList();
        assertThat(tenant.as(() -> recovery.wakeAsleep(all))).isEqualTo(1);
        assertThat(tenant.as(() -> recovery.wakeAsleep(all))).isZero();
        assertThat(tenant.count("outbox", asleep.taskId())).isEqualTo(1);
    }

    @Test
    void an_order_whose_workflow_rests_after_steps_that_the_database_has_forgotten_is_woken() {
        TaskOrder neverAdmitted = tenant.created(anOrder().spec());
        TaskOrder executing = tenant.running(anOrder());
        tenant.begin(executing, 1);
        TaskOrder notStarted = tenant.created(anOrder().spec());
        for (TaskOrder order : List.of(neverAdmitted, executing, notStarted)) {
            set(order, "updated_at = now() - interval '31 seconds', task_version = task_version + 1");
            tenant.sql(jdbc -> jdbc.sql("UPDATE attempt SET granted_at = now() - interval '31 seconds',"
                            + " started_at = now() - interval '31 seconds' WHERE task_id = :task")
                    .param("task", order.taskId())
                    .update());
        }
        set(neverAdmitted, "started_run_no = run_no");
        List<UUID> all = List.of(neverAdmitted.taskId(), executing.taskId(), notStarted.taskId());
        assertThat(tenant.as(() -> recovery.wakeAsleep(all))).isEqualTo(2);
        assertThat(tenant.count("outbox", notStarted.taskId())).isZero();
    }

    @Test
    void a_workflow_that_goes_on_with_an_order_that_fell_back_to_pending_has_it_queued_again() {
        TaskOrder order = tenant.created(anOrder().spec());
        tenant.step(steps -> steps.proceed(tenant.ref(order)));
        assertThat(tenant.find(order.taskId()).state().status()).isEqualTo(Status.RUNNING);
    }

    @Test
    void the_end_of_an_attempt_that_was_forgotten_leads_back_to_what_the_row_says() {
        TaskOrder pending = tenant.created(anOrder().spec());
        tenant.concluded(pending, 3, How.ANSWERED);
        assertThat(tenant.find(pending.taskId()).state().status()).isEqualTo(Status.RUNNING);

        TaskOrder behind = tenant.running(anOrder());
        tenant.begin(behind, 1);
        assertThat(tenant.concluded(behind, 2, How.ANSWERED)).isInstanceOf(Verdict.Execute.class);
    }

    @Test
    void an_order_whose_next_attempt_could_have_begun_half_a_minute_ago_is_woken_unless_it_waits_for_leases() {
        List<TaskOrder> between =
                Stream.generate(() -> tenant.running(anOrder())).limit(3).toList();
        for (TaskOrder order : between) {
            tenant.answered(order, 1, ExecutionResult.of("RETRYABLE", null));
            tenant.concluded(order, 1, How.ANSWERED);
        }
        TaskOrder asleep = between.get(0);
        TaskOrder waiting = between.get(1);
        tenant.sql(jdbc -> jdbc.sql("""
                UPDATE task_order
                   SET retry_at = now() - interval '31 seconds', updated_at = now() - interval '31 seconds',
                       waits_since = CASE WHEN task_id = :waiting THEN now() END
                 WHERE task_id IN (:asleep, :waiting)
                """)
                .param("asleep", asleep.taskId())
                .param("waiting", waiting.taskId())
                .update());
        List<UUID> all = between.stream().map(TaskOrder::taskId).toList();
        assertThat(tenant.as(() -> recovery.wakeAsleep(all))).isEqualTo(1);
        assertThat(tenant.count("outbox", asleep.taskId())).isEqualTo(1);
    }

    @Test
    void a_granted_order_is_asked_about_soon_however_long_it_waited() {
        tenant.bannedAsset("away", "RAW_NET", "ip");
        TaskOrder order = tenant.created(anOrder().wanting("RAW_NET", "ip", 1).spec());
        tenant.admitted(order);
        set(order, "check_due_at = now() + interval '30 minutes'");
        tenant.asset("ip", "RAW_NET", "ip", 1, "1");
        assertThat(tenant.find(order.taskId()).state().status()).isEqualTo(Status.RUNNING);
        assertThat(seconds(order, "check_due_at")).isCloseTo(40, A_WHILE);
    }

    @Test
    void what_a_lost_order_held_goes_to_the_next_at_once() {
        TaskOrder next = queued();
        TaskOrder holder = tenant.sql(jdbc ->
                jdbc.sql("SELECT task_id FROM task_order WHERE status = 'RUNNING'").query(UUID.class).list().stream()
                        .map(tenant::find)
                        .findFirst()
                        .orElseThrow());
        lost(holder, 1, Loss.TERMINATED);
        assertThat(tenant.find(next.taskId()).state().status()).isEqualTo(Status.RUNNING);
    }

    /** One that waits for an asset that somebody else has. */
    private TaskOrder queued() {
        tenant.asset("ip", "RAW_NET", "ip", 1, "1");
        tenant.admitted(tenant.created(anOrder().wanting("RAW_NET", "ip", 1).spec()));
        tenant.sql(jdbc -> jdbc.sql("UPDATE task_order SET check_due_at = NULL WHERE check_due_at IS NOT NULL")
                .update());
        TaskOrder order = tenant.created(anOrder().wanting("RAW_NET", "ip", 1).spec());
        tenant.admitted(order);
        return order;
    }

    private List<CheckDue> claim(Pace pace) {
        return tenant.as(() -> recovery.claimChecks(10, pace));
    }

    /** What stands of it in the audit log. */
    private List<String> found(TaskOrder order) {
        return tenant.sql(jdbc -> jdbc.sql("""
                        SELECT action FROM audit_entry
                         WHERE actor = 'maintenance' AND object_type = 'task_order' AND object_id = :task
                        """)
                .param("task", order.taskId().toString())
                .query(String.class)
                .list());
    }

    private boolean lost(TaskOrder order, int run, Loss loss) {
        return tenant.as(() -> recovery.lost(order.taskId(), run, loss));
    }

    private void set(TaskOrder order, String what) {
        tenant.sql(jdbc -> jdbc.sql("UPDATE task_order SET " + what + " WHERE task_id = :task")
                .param("task", order.taskId())
                .update());
    }

    private int runNo(TaskOrder order) {
        return tenant.sql(jdbc -> jdbc.sql("SELECT run_no FROM task_order WHERE task_id = :task")
                .param("task", order.taskId())
                .query(Integer.class)
                .single());
    }

    /** How far in the future a time of the order is. */
    private double seconds(TaskOrder order, String column) {
        return tenant.sql(jdbc -> jdbc.sql(
                        "SELECT extract(epoch FROM " + column + " - now()) FROM task_order WHERE task_id = :task")
                .param("task", order.taskId())
                .query(Double.class)
                .single());
    }
}
