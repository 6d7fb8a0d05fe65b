package dev.taskorder.activities.control;

import static dev.taskorder.activities.testing.Orders.anOrder;
import static org.assertj.core.api.Assertions.assertThat;

import dev.taskorder.activities.event.EventRelay;
import dev.taskorder.activities.maintenance.Due;
import dev.taskorder.activities.maintenance.DueWork;
import dev.taskorder.activities.testing.Application;
import dev.taskorder.activities.testing.Tenant;
import dev.taskorder.activities.testing.TestDatabase;
import dev.taskorder.api.control.ControlAdmin;
import dev.taskorder.api.control.Pause;
import dev.taskorder.api.control.Pause.Mode;
import dev.taskorder.api.control.Pause.What;
import dev.taskorder.api.execution.ExecutionResult;
import dev.taskorder.api.explain.Blocker;
import dev.taskorder.api.explain.Explanation;
import dev.taskorder.api.explain.Explanations;
import dev.taskorder.api.matching.MatchTrigger;
import dev.taskorder.api.order.OrderSteps.How;
import dev.taskorder.api.order.Status;
import dev.taskorder.api.order.TaskOrder;
import dev.taskorder.api.order.Verdict;
import dev.taskorder.api.tenant.Caller;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What a pause of one tenant's orders holds, lets go on, and loses nothing of. */
class PausedTenantTest {
    private static final Caller ADA = new Caller("ada", null);

    private final Tenant tenant = Tenant.fresh();

    @Test
    void on_hold_no_order_is_granted_anything_until_it_is_resumed() {
        tenant.asset("ip", "RAW_NET", "ip", 1, "1");
        pause(Mode.HOLD, "stock-taking");
        TaskOrder order = tenant.created(anOrder().wanting("RAW_NET", null, 1).spec());
        assertThat(tenant.admitted(order)).isInstanceOf(Verdict.Await.class);
        look();
        assertThat(tenant.statusOf(order)).isEqualTo(Status.QUEUED);

        resume();

        assertThat(tenant.statusOf(order)).isEqualTo(Status.RUNNING);
        assertThat(tenant.proceed(order)).isInstanceOf(Verdict.Execute.class);
    }

    @Test
    void an_order_that_wants_no_assets_is_held_too() {
        pause(Mode.HOLD, null);
        TaskOrder order = tenant.waiting(anOrder());
        resume();
        assertThat(tenant.statusOf(order)).isEqualTo(Status.RUNNING);
    }

    @Test
    void why_an_order_waits_names_the_pause_first_with_who_since_when_and_why() {
        tenant.asset("ip", "RAW_NET", "ip", 1, "1");
        tenant.running(anOrder().wanting("RAW_NET", null, 1));
        TaskOrder order = tenant.waiting(anOrder().wanting("RAW_NET", null, 1));
        TaskOrder pending = tenant.created(anOrder().spec());
        Pause pause = pause(Mode.HOLD, "stock-taking").pause();

        Explanation why = explained(order);
        assertThat(why.blockers().stream().map(Blocker::code))
                .containsExactly(Blocker.TENANT_PAUSED, Blocker.CAPACITY_HELD);
        assertThat(why.blockers().get(0).facts())
                .containsEntry("mode", "hold")
                .containsEntry("paused_by", "ada")
                .containsEntry("since", pause.at())
                .containsEntry("reason", "stock-taking");
        assertThat(why.summary()).contains("paused by ada").contains("(stock-taking)");
        assertThat(codes(pending)).containsExactly(Blocker.TENANT_PAUSED, Blocker.WAITING_FOR_START);
    }

    @Test
    void on_hold_an_order_that_runs_has_its_next_attempts() {
        tenant.asset("ip", "RAW_NET", "ip", 1, "1");
        TaskOrder order = tenant.running(anOrder().wanting("RAW_NET", null, 1));
        pause(Mode.HOLD, null);
        assertThat(codes(order)).doesNotContain(Blocker.TENANT_PAUSED);
        fails(order);
        assertThat(((Verdict.Execute) tenant.proceed(order)).attempt()).isEqualTo(2);
    }

    @Test
    void on_hold_who_waits_between_two_attempts_is_served_and_who_stands_in_the_queue_is_not() {
        tenant.asset("one", "RAW_NET", "ip", 1, "1");
        TaskOrder runs = tenant.running(anOrder().priority(1).wanting("RAW_NET", null, 1));
        TaskOrder urgent = tenant.waiting(anOrder().priority(100).wanting("RAW_NET", null, 1));
        pause(Mode.HOLD, null);
        tenant.revoked(runs, "one");
        tenant.asset("another", "RAW_NET", "ip", 1, "1");
        look();
        assertThat(((Verdict.Execute) tenant.proceed(runs)).attempt()).isEqualTo(2);
        assertThat(tenant.statusOf(urgent)).isEqualTo(Status.QUEUED);
    }

    @Test
    void what_runs_ends_and_is_settled_and_lets_nobody_in() {
        tenant.asset("ip", "RAW_NET", "ip", 1, "1");
        TaskOrder order = tenant.running(anOrder().wanting("RAW_NET", null, 1));
        TaskOrder next = tenant.waiting(anOrder().wanting("RAW_NET", null, 1));
        pause(Mode.DRAIN, null);
        tenant.finish(order);
        assertThat(tenant.statusOf(order)).isEqualTo(Status.SUCCESS);
        assertThat(tenant.statusOf(next)).isEqualTo(Status.QUEUED);
        resume();
        assertThat(tenant.statusOf(next)).isEqualTo(Status.RUNNING);
    }

    @Test
    void drained_a_retry_waits_and_begins_when_it_is_resumed() {
        tenant.asset("ip", "RAW_NET", "ip", 1, "1");
        TaskOrder order = tenant.running(anOrder().wanting("RAW_NET", null, 1));
        pause(Mode.DRAIN, "the site is down");
        fails(order);

        assertThat(tenant.proceed(order)).isInstanceOf(Verdict.Await.class);
        look();
        assertThat(tenant.proceed(order)).isInstanceOf(Verdict.Await.class);
        assertThat(tenant.count("attempt", order.taskId())).isEqualTo(1);
        assertThat(codes(order)).containsExactly(Blocker.TENANT_PAUSED);
        assertThat(explained(order).summary())
                .startsWith("It waits between two attempts: orders of this tenant are paused");

        resume();

        assertThat(((Verdict.Execute) tenant.proceed(order)).attempt()).isEqualTo(2);
    }

    @Test
    void drained_a_retry_whose_time_is_up_ends_on_time() {
        TaskOrder order = tenant.running(anOrder());
        pause(Mode.DRAIN, null);
        fails(order);
        assertThat(tenant.proceed(order)).isInstanceOf(Verdict.Await.class);
        TestDatabase.get()
                .superuser()
                .sql("UPDATE task_order SET deadline = now() WHERE task_id = :id")
                .param("id", order.taskId())
                .update();
        assertThat(tenant.proceed(order)).isEqualTo(new Verdict.Over("TIMEOUT"));
    }

    @Test
    void a_hold_in_place_of_a_drain_lets_retries_go_on_and_the_queue_wait() {
        tenant.asset("ip", "RAW_NET", "ip", 1, "1");
        TaskOrder order = tenant.running(anOrder().wanting("RAW_NET", null, 1));
        pause(Mode.DRAIN, null);
        TaskOrder queued = tenant.waiting(anOrder());
        fails(order);
        assertThat(tenant.proceed(order)).isInstanceOf(Verdict.Await.class);

        pause(Mode.HOLD, null);

        assertThat(((Verdict.Execute) tenant.proceed(order)).attempt()).isEqualTo(2);
        assertThat(tenant.statusOf(queued)).isEqualTo(Status.QUEUED);
        resume();
        assertThat(tenant.statusOf(queued)).isEqualTo(Status.RUNNING);
    }

    @Test
    void a_waiting_order_can_be_cancelled_and_changed() {
        pause(Mode.HOLD, null);
        TaskOrder pending = tenant.created(anOrder().spec());
        tenant.cancel(pending.taskId());
        assertThat(tenant.statusOf(pending)).isEqualTo(Status.CANCELLED);
        TaskOrder queued = tenant.waiting(anOrder());
        tenant.cancel(queued.taskId());
        assertThat(tenant.proceed(queued)).isEqualTo(new Verdict.Over("CANCELLED"));
    }

    @Test
    void another_tenant_is_not_touched() {
        pause(Mode.DRAIN, null);
        Tenant other = Tenant.fresh();
        assertThat(other.statusOf(other.running(anOrder()))).isEqualTo(Status.RUNNING);
    }

    @Test
    void a_process_that_starts_later_holds_what_is_paused_and_any_may_resume_it() {
        pause(Mode.HOLD, null);
        try (Application later = new Application(4)) {
            Tenant there = tenant.in(later);
            TaskOrder order = there.waiting(anOrder());
            there.as(() -> later.bean(ControlAdmin.class).resume(What.ORDERS, null, ADA));
            assertThat(tenant.statusOf(order)).isEqualTo(Status.RUNNING);
        }
    }

    @Test
    void what_a_pause_left_is_due_to_maintenance_when_it_is_over_and_not_before() {
        pause(Mode.HOLD, null);
        TaskOrder order = tenant.waiting(anOrder());
        marksAreOld();
        assertThat(due()).isEmpty();
        // as a resume whose process died after its commit
        tenant.sql(jdbc -> jdbc.sql("DELETE FROM pause").update());
        assertThat(due()).hasSize(1);
        look();
        assertThat(tenant.statusOf(order)).isEqualTo(Status.RUNNING);
        assertThat(due()).isEmpty();
        assertThat(tenant.<Long>sql(jdbc -> jdbc.sql("SELECT count(*) FROM match_wanted")
                        .query(Long.class)
                        .single()))
                .isZero();
    }

    @Test
    void however_many_wait_one_mark_stands() {
        pause(Mode.HOLD, null);
        for (int i = 0; i < 5; i++) {
            tenant.waiting(anOrder());
        }
        assertThat(tenant.<Long>sql(jdbc -> jdbc.sql("SELECT count(*) FROM match_wanted WHERE held_for = 1")
                        .query(Long.class)
                        .single()))
                .isEqualTo(1);
    }

    @Test
    void a_repeat_changes_nothing_and_tells_nothing() {
        ControlAdmin.Shown first = pause(Mode.HOLD, "stock-taking");
        assertThat(pause(null, "another").pause()).isEqualTo(first.pause());
        assertThat(pause(Mode.HOLD, "another").pause()).isEqualTo(first.pause());
        Pause drained = pause(Mode.DRAIN, null).pause();
        assertThat(drained)
                .isEqualTo(new Pause(
                        tenant.id(),
                        What.ORDERS,
                        Mode.DRAIN,
                        "stock-taking",
                        "ada",
                        first.pause().at()));
        assertThat(pause(null, null).pause().mode()).isEqualTo(Mode.DRAIN);
        assertThat(resume()).isTrue();
        assertThat(resume()).isFalse();
        assertThat(told()).containsExactly("tenant.paused", "tenant.paused", "tenant.resumed");
    }

    @Test
    void who_goes_further_may_say_why() {
        pause(Mode.HOLD, null);
        assertThat(pause(Mode.DRAIN, "the site is down").pause().reason()).isEqualTo("the site is down");
        assertThat(pause(Mode.HOLD, null).pause().reason()).isEqualTo("the site is down");
    }

    @Test
    void how_much_waits_is_counted() {
        TaskOrder order = tenant.running(anOrder());
        assertThat(pause(Mode.HOLD, null).waiting()).isZero();
        tenant.created(anOrder().spec());
        tenant.waiting(anOrder());
        fails(order);
        assertThat(pause(null, null).waiting()).isEqualTo(2);
        pause(Mode.DRAIN, null);
        tenant.proceed(order);
        assertThat(pause(null, null).waiting()).isEqualTo(3);
        assertThat(tenant.as(() -> admin().pause(What.WEBHOOKS, null, null, ADA))
                        .waiting())
                .isZero();
    }

    @Test
    void orders_events_and_webhooks_are_paused_apart() {
        tenant.as(() -> admin().pause(What.EVENTS, null, null, ADA));
        tenant.as(() -> admin().pause(What.WEBHOOKS, null, null, ADA));
        assertThat(tenant.statusOf(tenant.running(anOrder()))).isEqualTo(Status.RUNNING);
    }

    @Test
    void events_wait_in_their_order_while_they_are_paused() {
        tenant.created(anOrder().spec());
        assertThat(seen()).isEqualTo(1);
        tenant.as(() -> admin().pause(What.EVENTS, null, null, ADA));
        tenant.created(anOrder().spec());
        assertThat(seen()).isZero();
        // the pause's own event waits too
        assertThat(tenant.as(() -> admin().pause(What.EVENTS, null, null, ADA)).waiting())
                .isEqualTo(2);
        tenant.as(() -> admin().resume(What.EVENTS, null, ADA));
        assertThat(seen()).isEqualTo(3);
    }

    private int seen() {
        return tenant.as(() -> tenant.bean(EventRelay.class).seeNext());
    }

    private ControlAdmin admin() {
        return tenant.bean(ControlAdmin.class);
    }

    private ControlAdmin.Shown pause(@Nullable Mode mode, @Nullable String reason) {
        return tenant.as(() -> admin().pause(What.ORDERS, mode, reason, ADA));
    }

    private boolean resume() {
        return tenant.as(() -> admin().resume(What.ORDERS, null, ADA)).isPresent();
    }

    private void fails(TaskOrder order) {
        tenant.answered(order, 1, ExecutionResult.of("RETRYABLE", null));
        tenant.concluded(order, 1, How.ANSWERED);
        TestDatabase.get()
                .superuser()
                .sql("UPDATE task_order SET retry_at = now() WHERE task_id = :id")
                .param("id", order.taskId())
                .update();
    }

    private void look() {
        tenant.as(() -> {
            tenant.bean(MatchTrigger.class).run("prod");
            return true;
        });
    }

    private List<String> codes(TaskOrder order) {
        return explained(order).blockers().stream().map(Blocker::code).toList();
    }

    private Explanation explained(TaskOrder order) {
        return tenant.as(
                () -> tenant.bean(Explanations.class).of(order.taskId()).orElseThrow());
    }

    private void marksAreOld() {
        TestDatabase.get()
                .superuser()
                .sql("UPDATE match_wanted SET marked_at = now() - interval '1 minute' WHERE tenant_id = :t")
                .param("t", tenant.id().value())
                .update();
    }

    private List<Due> due() {
        return tenant.bean(DueWork.class).look().stream()
                .filter(one -> one.tenant().equals(tenant.id()) && one.kind() == Due.Kind.MATCH)
                .toList();
    }

    private List<String> told() {
        return tenant.sql(jdbc -> jdbc.sql(
                        "SELECT type FROM task_event WHERE tenant_id = current_tenant() AND object_type = 'tenant' "
                                + "ORDER BY event_no")
                .query(String.class)
                .list());
    }
}
