package dev.taskorder.activities.matching;

import static dev.taskorder.activities.testing.Orders.anOrder;
import static org.assertj.core.api.Assertions.assertThat;

import dev.taskorder.activities.maintenance.DueWork;
import dev.taskorder.activities.testing.Application;
import dev.taskorder.activities.testing.Orders;
import dev.taskorder.activities.testing.Tenant;
import dev.taskorder.api.asset.Assets;
import dev.taskorder.api.explain.Blocker;
import dev.taskorder.api.explain.Explanations;
import dev.taskorder.api.lease.Lease;
import dev.taskorder.api.lease.LeaseDecision;
import dev.taskorder.api.lease.LeaseRelease;
import dev.taskorder.api.order.Status;
import dev.taskorder.api.order.TaskOrder;
import java.util.List;
import org.junit.jupiter.api.Test;

/** An order with lease_policy RETAIN leaves its assets to the next order of its key (policy: for an hour, below priority 80). */
class RetentionTest {
    private final Tenant tenant = Tenant.fresh();

    @Test
    void the_next_order_of_the_key_gets_the_same_assets_under_new_leases() {
        assets("ip-1", "ip-2", "ip-3");
        TaskOrder first = finished(retaining("monitor-7").wanting("RAW_NET", null, 2));
        // were it chosen anew, the one that was never leased would be next
        TaskOrder next = tenant.running(retaining("monitor-7").wanting("RAW_NET", null, 2));
        assertThat(assetsOf(next)).isEqualTo(assetsOf(first));
        assertThat(tenant.leases(next.taskId()))
                .extracting(Lease::leaseId)
                .doesNotContainAnyElementsOf(tenant.leases(first.taskId()).stream()
                        .map(Lease::leaseId)
                        .toList());
    }

    @Test
    void who_has_another_key_or_none_does_not_get_them() {
        assets("ip-1");
        finished(retaining("monitor-7").wanting("RAW_NET", null, 1));
        assertThat(tenant.waiting(retaining("monitor-8").wanting("RAW_NET", null, 1)))
                .isNotNull();
        assertThat(tenant.waiting(anOrder().wanting("RAW_NET", null, 1))).isNotNull();
    }

    @Test
    void without_a_number_of_the_caller_the_key_is_project_and_task_type() {
        assets("ip-1", "ip-2");
        TaskOrder first = finished(retaining(null).wanting("RAW_NET", null, 1));
        TaskOrder next = tenant.running(retaining(null).wanting("RAW_NET", null, 1));
        assertThat(assetsOf(next)).isEqualTo(assetsOf(first));
    }

    @Test
    void whoever_gets_them_uses_the_reservation_up_until_it_ends_itself() {
        assets("ip-1");
        finished(retaining("m").wanting("RAW_NET", null, 1));
        assertThat(reserved("ip-1")).isEqualTo(1);
        TaskOrder next = tenant.running(retaining("m").wanting("RAW_NET", null, 1));
        assertThat(reserved("ip-1")).isZero();
        tenant.finish(next);
        assertThat(reserved("ip-1")).isEqualTo(1);
    }

    @Test
    void when_the_time_is_up_others_get_them_and_those_who_wait_at_once() {
        assets("ip-1");
        finished(retaining("m").wanting("RAW_NET", null, 1));
        TaskOrder other = tenant.waiting(anOrder().wanting("RAW_NET", null, 1));
        tenant.sql(
                jdbc -> jdbc.sql("UPDATE asset_slot SET reserved_until = now()").update());
        tenant.as(() -> {
            Application.shared().bean(DueWork.class).wakeRestedSlots();
            return true;
        });
        assertThat(tenant.statusOf(other)).isEqualTo(Status.RUNNING);
        assertThat(reserved("ip-1")).isZero();
    }

    @Test
    void the_urgent_get_what_is_kept_before_they_wait_but_only_then() {
        assets("ip-1", "ip-2");
        finished(retaining("m").wanting("RAW_NET", "ip-1", 1));
        TaskOrder urgent = tenant.running(anOrder().wanting("RAW_NET", null, 1).priority(80));
        assertThat(assetsOf(urgent)).containsExactly("ip-2");
        TaskOrder second = tenant.running(anOrder().wanting("RAW_NET", null, 1).priority(80));
        assertThat(assetsOf(second)).containsExactly("ip-1");
        assertThat(reserved("ip-1")).isZero();
    }

    @Test
    void one_below_the_policys_priority_waits() {
        assets("ip-1");
        finished(retaining("m").wanting("RAW_NET", null, 1));
        tenant.waiting(anOrder().wanting("RAW_NET", null, 1).priority(79));
    }

    @Test
    void the_lease_of_an_order_that_reclaims_says_so_of_what_it_took() {
        assets("ip-1", "ip-2");
        finished(retaining("m").wanting("RAW_NET", "ip-1", 1));
        tenant.running(anOrder().wanting("RAW_NET", "ip-2", 1));
        TaskOrder urgent = tenant.running(anOrder().wanting("RAW_NET", null, 1).priority(80));
        LeaseDecision decision = tenant.lease(urgent, "ip-1").decision();
        assertThat(decision.reason()).isEqualTo("healthiest first, then cheapest, reclaiming what is kept for others");
        assertThat(decision.considered().stream().map(one -> one.assetId() + " " + one.excludedBy()))
                .containsExactly("ip-1 null", "ip-2 no_free_slot");
    }

    @Test
    void of_the_same_assets_only_those_that_still_fit_are_given() {
        assets("ip-1", "ip-2");
        finished(retaining("m").wanting("RAW_NET", "ip-1", 1));
        tenant.sql(jdbc -> jdbc.sql("UPDATE asset SET health_score = 10 WHERE asset_id = 'ip-1'")
                .update());
        TaskOrder next =
                tenant.running(retaining("m").wanting("RAW_NET", null, 1).constraint("min_health_score", 50));
        assertThat(assetsOf(next)).containsExactly("ip-2");
    }

    @Test
    void a_lowered_concurrency_leaves_nothing_to_keep() {
        tenant.asset("ip-1", "RAW_NET", "ip-1", 2, "1");
        TaskOrder holder = tenant.running(anOrder().wanting("RAW_NET", null, 1));
        finished(retaining("m").wanting("RAW_NET", null, 1));
        tenant.asset("ip-1", "RAW_NET", "ip-1", 1, "1");
        TaskOrder next = tenant.waiting(retaining("m").wanting("RAW_NET", null, 1));
        tenant.finish(holder);
        assertThat(tenant.statusOf(next)).isEqualTo(Status.RUNNING);
    }

    @Test
    void an_urgent_order_that_cannot_pay_what_is_free_gets_what_is_kept() {
        assets("ip-1");
        finished(retaining("m").wanting("RAW_NET", null, 1));
        tenant.asset("dear", "RAW_NET", "ip.9", 1, "50");
        TaskOrder urgent = tenant.running(
                anOrder().wanting("RAW_NET", null, 1).priority(80).maxTotalCost("1"));
        assertThat(assetsOf(urgent)).containsExactly("ip-1");
    }

    @Test
    void keeping_costs_nothing_and_the_next_pays_for_its_leases() {
        assets("ip-1");
        TaskOrder first = finished(retaining("m").wanting("RAW_NET", null, 1));
        TaskOrder next = finished(retaining("m").wanting("RAW_NET", null, 1));
        for (TaskOrder order : List.of(first, next)) {
            assertThat(tenant.<Long>sql(jdbc -> jdbc.sql(
                                    "SELECT count(*) FROM ledger_entry WHERE task_id = :task AND kind = 'lease' AND phase = 'POST'")
                            .param("task", order.taskId())
                            .query(Long.class)
                            .single()))
                    .isEqualTo(1);
        }
    }

    @Test
    void who_waits_for_what_is_kept_is_told_for_whom_and_until_when() {
        assets("ip-1");
        finished(retaining("monitor-7").wanting("RAW_NET", null, 1));
        TaskOrder other = tenant.waiting(anOrder().wanting("RAW_NET", null, 1));
        Blocker blocker = tenant.as(
                        () -> Application.shared().bean(Explanations.class).of(other.taskId()))
                .orElseThrow()
                .blockers()
                .get(0);
        assertThat(blocker.code()).isEqualTo("slots_reserved");
        assertThat(blocker.message())
                .startsWith("asset ip-1 keeps a slot for the next order of external_ref monitor-7 until 20");
        assertThat(blocker.facts().toString()).contains("retained=[{key=external_ref monitor-7, until=");
    }

    @Test
    void released_by_call_it_goes_to_whoever_waits() {
        assets("ip-1");
        TaskOrder monitor = finished(retaining("m").wanting("RAW_NET", null, 1));
        TaskOrder other = tenant.waiting(anOrder().wanting("RAW_NET", null, 1));
        Lease left = tenant.lease(monitor, "ip-1");
        TaskOrder before = tenant.find(monitor.taskId());
        for (int times = 0; times < 2; times++) {
            assertThat(tenant.release(left.leaseId(), left.fencingToken()))
                    .isEqualTo(new LeaseRelease.Result.Ended(left));
        }
        assertThat(assetsOf(other)).containsExactly("ip-1");
        assertThat(tenant.find(monitor.taskId())).isEqualTo(before);
        assertThat(tenant.events(monitor)).containsOnlyOnce("task_order.updated");
    }

    private void assets(String... ids) {
        for (String id : ids) {
            tenant.asset(id, "RAW_NET", id, 1, "1");
        }
    }

    private static Orders retaining(@org.jspecify.annotations.Nullable String externalRef) {
        return anOrder().externalRef(externalRef).constraint("lease_policy", "RETAIN");
    }

    private TaskOrder finished(Orders order) {
        return tenant.finish(tenant.running(order));
    }

    private List<String> assetsOf(TaskOrder order) {
        return tenant.leases(order.taskId()).stream()
                .map(Lease::assetId)
                .sorted()
                .toList();
    }

    private int reserved(String asset) {
        return tenant.as(() -> Application.shared().bean(Assets.class).find(asset))
                .orElseThrow()
                .reserved();
    }
}
