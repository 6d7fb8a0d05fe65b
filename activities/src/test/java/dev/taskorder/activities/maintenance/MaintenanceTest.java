package dev.taskorder.activities.maintenance;

import static dev.taskorder.activities.testing.Orders.anOrder;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.taskorder.activities.dispatch.DispatchQueue;
import dev.taskorder.activities.dispatch.SignalDue;
import dev.taskorder.activities.maintenance.Due.Kind;
import dev.taskorder.activities.order.OrderRecovery;
import dev.taskorder.activities.testing.Application;
import dev.taskorder.activities.testing.Race;
import dev.taskorder.activities.testing.Tenant;
import dev.taskorder.api.execution.ExecutionResult;
import dev.taskorder.api.lease.Lease;
import dev.taskorder.api.matching.MatchTrigger;
import dev.taskorder.api.order.OrderSteps.How;
import dev.taskorder.api.order.Status;
import dev.taskorder.api.order.TaskOrder;
import dev.taskorder.api.order.Verdict;
import java.util.List;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What nobody asked about is found, and mended. */
class MaintenanceTest {
    private static final int ROUNDS = 30;
    private static final int SETTLERS = 7;

    private final Tenant tenant = Tenant.fresh();
    private final DueWork due = Application.shared().bean(DueWork.class);
    private final OrderRecovery recovery = Application.shared().bean(OrderRecovery.class);

    @Test
    void a_mark_that_nobody_served_is_found_after_a_second_and_served() {
        tenant.bannedAsset("away", "RAW_NET", "ip");
        TaskOrder waiting = tenant.created(anOrder().wanting("RAW_NET", "ip", 1).spec());
        tenant.admitted(waiting);
        pool(1);
        assertThat(kindsDue()).doesNotContain(Kind.MATCH);
        tenant.sql(jdbc -> jdbc.sql(
                        "INSERT INTO match_wanted (env, marked_at) VALUES ('prod', now() - interval '2 seconds')")
                .update());
        assertThat(kindsDue()).containsOnlyOnce(Kind.MATCH);
        run(() -> Application.shared().bean(MatchTrigger.class).run("prod"));
        assertThat(kindsDue()).doesNotContain(Kind.MATCH);
    }

    @Test
    void an_order_a_minute_past_its_deadline_is_settled_its_slot_given_on_and_its_workflow_woken() {
        pool(1);
        TaskOrder late = running();
        TaskOrder next = tenant.created(anOrder().wanting("RAW_NET", "ip", 1).spec());
        tenant.admitted(next);
        deadlineAgo(late, 50);
        assertThat(settledOverdue()).isZero();
        deadlineAgo(late, 61);
        assertThat(kindsDue()).contains(Kind.OVERDUE);
        assertThat(settledOverdue()).isEqualTo(1);
        assertThat(settledOverdue()).isZero();
        assertThat(statusOf(late)).isEqualTo(Status.TIMEOUT);
        assertThat(statusOf(next)).isEqualTo(Status.RUNNING);
        assertThat(wakes()).containsExactlyInAnyOrder(late.taskId(), next.taskId());
    }

    @Test
    void an_order_that_cannot_be_settled_does_not_keep_the_next_one_from_it() {
        pool(2);
        TaskOrder stuck = running();
        TaskOrder late = running();
        tenant.sql(jdbc -> jdbc.sql("UPDATE attempt SET costs = '7' WHERE task_id = :task")
                .param("task", stuck.taskId())
                .update());
        deadlineAgo(stuck, 90);
        deadlineAgo(late, 70);
        assertThat(settledOverdue()).isEqualTo(1);
        assertThat(statusOf(stuck)).isEqualTo(Status.RUNNING);
        assertThat(statusOf(late)).isEqualTo(Status.TIMEOUT);
    }

    @Test
    void a_lease_past_its_expiry_is_ended_once_and_its_slot_goes_to_the_next() {
        pool(1);
        TaskOrder holder = running();
        TaskOrder next = tenant.created(anOrder().wanting("RAW_NET", "ip", 1).spec());
        tenant.admitted(next);
        run(due::expireLeases);
        assertThat(statusOf(next)).isEqualTo(Status.QUEUED);
        expire(holder);
        assertThat(kindsDue()).contains(Kind.EXPIRED);
        run(due::expireLeases);
        run(due::expireLeases);
        assertThat(tenant.leases(holder.taskId())).extracting(Lease::state).containsExactly(Lease.State.EXPIRED);
        assertThat(tenant.find(holder.taskId()).state().leaseIds()).isEmpty();
        assertThat(events("lease.expired")).isEqualTo(1);
        assertThat(statusOf(next)).isEqualTo(Status.RUNNING);
        assertThat(kindsDue()).doesNotContain(Kind.EXPIRED);
    }

    @Test
    void the_slot_of_an_expired_lease_rests_while_its_attempt_may_still_be_at_work() {
        pool(1);
        TaskOrder holder = running();
        tenant.begin(holder, 1);
        TaskOrder next = tenant.created(anOrder().wanting("RAW_NET", "ip", 1).spec());
        tenant.admitted(next);
        expire(holder);
        run(due::expireLeases);
        assertThat(statusOf(next)).isEqualTo(Status.QUEUED);
        double restsSeconds =
                tenant.sql(jdbc -> jdbc.sql("SELECT extract(epoch FROM rests_until - now()) FROM asset_slot")
                        .query(Double.class)
                        .single());
        assertThat(restsSeconds).isCloseTo(30, within(5.0));

        tenant.sql(jdbc -> jdbc.sql("UPDATE asset_slot SET rests_until = now()").update());
        assertThat(kindsDue()).contains(Kind.RESTED);
        run(due::wakeRestedSlots);
        assertThat(statusOf(next)).isEqualTo(Status.RUNNING);
        assertThat(kindsDue()).doesNotContain(Kind.RESTED);
    }

    @Test
    void expiring_and_settling_at_the_same_moment_end_each_lease_once() throws Exception {
        pool(ROUNDS * SETTLERS);
        for (int round = 0; round < ROUNDS; round++) {
            List<TaskOrder> orders =
                    IntStream.range(0, SETTLERS).mapToObj(i -> running()).toList();
            orders.forEach(order -> tenant.begin(order, 1));
            orders.forEach(this::expire);
            List<Boolean> done = Race.of(SETTLERS + 1, runner -> () -> {
                if (runner == SETTLERS) {
                    run(due::expireLeases);
                } else {
                    tenant.concluded(orders.get(runner), 1, How.ABANDONED);
                }
                return true;
            });
            assertThat(done).containsOnly(true);
            assertThat(orders).allSatisfy(order -> assertThat(statusOf(order)).isEqualTo(Status.TIMEOUT));
        }
        assertThat(events("lease.expired") + events("lease.released")).isEqualTo(ROUNDS * SETTLERS);
        long active = tenant.sql(jdbc -> jdbc.sql("SELECT count(*) FROM lease WHERE state = 'ACTIVE'")
                .query(Long.class)
                .single());
        assertThat(active).isZero();
    }

    @Test
    void a_tenant_is_looked_after_as_long_as_one_of_its_orders_has_a_workflow() {
        TaskOrder order = tenant.created(anOrder().spec());
        assertThat(due.tenantsWithChecks()).doesNotContain(tenant.id());
        tenant.admitted(order);
        assertThat(due.tenantsWithChecks()).containsOnlyOnce(tenant.id());
        tenant.answered(order, 1, ExecutionResult.of("OK", ""));
        tenant.concluded(order, 1, How.ANSWERED);
        assertThat(due.tenantsWithChecks()).doesNotContain(tenant.id());
    }

    private void pool(int slots) {
        tenant.asset("ip", "RAW_NET", "ip", slots, "1");
    }

    private TaskOrder running() {
        TaskOrder order = tenant.created(anOrder().wanting("RAW_NET", "ip", 1).spec());
        assertThat(tenant.admitted(order)).isInstanceOf(Verdict.Execute.class);
        return order;
    }

    private void deadlineAgo(TaskOrder order, int seconds) {
        tenant.sql(jdbc -> jdbc.sql(
                        "UPDATE task_order SET deadline = now() - :ago * interval '1 second' WHERE task_id = :task")
                .param("ago", seconds)
                .param("task", order.taskId())
                .update());
    }

    private void expire(TaskOrder order) {
        tenant.sql(jdbc -> jdbc.sql("UPDATE lease SET expires_at = now() - interval '6 seconds' WHERE task_id = :task")
                .param("task", order.taskId())
                .update());
    }

    private int settledOverdue() {
        return tenant.as(() -> recovery.settleOverdue(10));
    }

    private void run(Runnable chore) {
        tenant.as(() -> {
            chore.run();
            return true;
        });
    }

    private List<Kind> kindsDue() {
        return due.look().stream()
                .filter(one -> one.tenant().equals(tenant.id()))
                .map(Due::kind)
                .toList();
    }

    private List<UUID> wakes() {
        return tenant.as(() -> Application.shared().bean(DispatchQueue.class).claimSignals(10)).stream()
                .filter(due -> due.signal() instanceof SignalDue.Signal.Wake)
                .map(SignalDue::taskId)
                .toList();
    }

    private long events(String type) {
        return tenant.sql(jdbc -> jdbc.sql("SELECT count(*) FROM task_event WHERE type = :type")
                .param("type", type)
                .query(Long.class)
                .single());
    }

    private Status statusOf(TaskOrder order) {
        return tenant.find(order.taskId()).state().status();
    }
}
