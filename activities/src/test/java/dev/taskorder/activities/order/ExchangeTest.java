package dev.taskorder.activities.order;

import static dev.taskorder.activities.testing.Orders.anOrder;
import static org.assertj.core.api.Assertions.assertThat;

import dev.taskorder.activities.testing.Application;
import dev.taskorder.activities.testing.Orders;
import dev.taskorder.activities.testing.Tenant;
import dev.taskorder.api.execution.ExecutionResult;
import dev.taskorder.api.execution.LeaseOutcome;
import dev.taskorder.api.explain.Blocker;
import dev.taskorder.api.explain.Explanations;
import dev.taskorder.api.lease.Lease;
import dev.taskorder.api.lease.LeaseDecision;
import dev.taskorder.api.order.OrderSteps.How;
import dev.taskorder.api.order.Status;
import dev.taskorder.api.order.TaskOrder;
import dev.taskorder.api.order.Verdict;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** A retry after BANNED exchanges the leases that were bad, and no others. */
class ExchangeTest {
    private final Tenant tenant = Tenant.fresh();

    @Test
    void the_bad_lease_is_given_back_and_another_asset_taken_at_once_and_the_good_one_kept() {
        assets("ip-1", "ip-2", "card-1", "card-2");
        TaskOrder order = tenant.running(wantingBoth());
        Lease address = live(order, "ip-1");
        Lease card = live(order, "card-1");

        assertThat(banned(order, card)).isInstanceOf(Verdict.BackOff.class);

        assertThat(liveAssets(order)).containsExactlyInAnyOrder("ip-1", "card-2");
        assertThat(live(order, "ip-1").leaseId()).isEqualTo(address.leaseId());
        assertThat(lease(order, card).state()).isEqualTo(Lease.State.RELEASED);
        assertThat(tenant.find(order.taskId()).state().leaseIds())
                .containsExactlyInAnyOrder(
                        address.leaseId(), live(order, "card-2").leaseId());
    }

    @Test
    void the_next_attempt_begins_with_the_exchanged_leases_and_each_is_charged_once() {
        assets("ip-1", "card-1", "card-2");
        TaskOrder order = tenant.running(wantingBoth());
        banned(order, live(order, "card-1"));
        succeed(order);

        assertThat(tenant.statusOf(order)).isEqualTo(Status.SUCCESS);
        assertThat(tenant.<Long>sql(jdbc -> jdbc.sql(
                                "SELECT count(*) FROM ledger_entry WHERE task_id = :task AND kind = 'lease' AND phase = 'POST'")
                        .param("task", order.taskId())
                        .query(Long.class)
                        .single()))
                .isEqualTo(3);
    }

    @Test
    void if_none_is_named_bad_all_are_exchanged() {
        assets("ip-1", "ip-2", "card-1", "card-2");
        TaskOrder order = tenant.running(wantingBoth());
        banned(order);
        assertThat(liveAssets(order)).containsExactlyInAnyOrder("ip-2", "card-2");
    }

    @Test
    void only_a_place_that_nothing_else_could_fill_gets_the_same_asset_again() {
        assets("ip-1", "ip-2", "card-1");
        TaskOrder order = tenant.running(wantingBoth());
        banned(order);
        assertThat(liveAssets(order)).containsExactlyInAnyOrder("ip-2", "card-1");
        assertThat(live(order, "ip-2").decision().considered())
                .filteredOn(one -> one.assetId().equals("ip-1"))
                .extracting(LeaseDecision.Considered::excludedBy)
                .containsExactly("given_back");
    }

    @Test
    void an_outcome_that_the_policy_does_not_call_bad_exchanges_nothing_by_itself() {
        assets("ip-1", "ip-2", "card-1", "card-2");
        TaskOrder order = tenant.running(wantingBoth());
        Lease address = live(order, "ip-1");
        Lease card = live(order, "card-1");
        answer(order, new LeaseOutcome(address.leaseId(), "LATENCY", Map.of()), bad(card));
        assertThat(liveAssets(order)).containsExactlyInAnyOrder("ip-1", "card-2");
    }

    @Test
    void a_retry_for_another_reason_keeps_all_leases_whatever_their_outcomes() {
        assets("ip-1", "ip-2", "card-1", "card-2");
        TaskOrder order = tenant.running(wantingBoth());
        ExecutionResult result = new ExecutionResult(
                "RETRYABLE", null, Map.of(), List.of(bad(live(order, "card-1"))), List.of(), List.of());
        tenant.answered(order, 1, result);
        tenant.concluded(order, 1, How.ANSWERED);
        assertThat(liveAssets(order)).containsExactlyInAnyOrder("ip-1", "card-1");
    }

    @Test
    void with_nothing_else_free_it_waits_with_its_good_leases_and_is_told_why() {
        assets("ip-1", "card-1", "card-2");
        TaskOrder other = tenant.running(anOrder().wanting("RAW_FUND", "card-2", 1));
        TaskOrder order = tenant.running(wantingBoth());

        assertThat(banned(order, live(order, "card-1"))).isInstanceOf(Verdict.Await.class);

        assertThat(liveAssets(order)).containsExactly("ip-1");
        assertThat(tenant.statusOf(order)).isEqualTo(Status.RUNNING);
        assertThat(explainedCodes(order)).contains("capacity_held");
        tenant.finish(other);
        assertThat(liveAssets(order)).containsExactlyInAnyOrder("ip-1", "card-2");
    }

    @Test
    void the_asset_that_was_bad_serves_it_again_only_when_no_other_could() {
        assets("ip-1", "card-1", "card-2");
        TaskOrder other = tenant.running(anOrder().wanting("RAW_FUND", "card-2", 1));
        TaskOrder order = tenant.running(wantingBoth());
        banned(order, live(order, "card-1"));
        recovered("card-1");
        assertThat(liveAssets(order)).as("card-2 is busy, but could").containsExactly("ip-1");
        tenant.sql(jdbc -> jdbc.sql("UPDATE asset SET status = 'BANNED' WHERE asset_id = 'card-2'")
                .update());
        recovered("card-1");
        assertThat(liveAssets(order)).containsExactlyInAnyOrder("ip-1", "card-1");
        assertThat(tenant.statusOf(other)).isEqualTo(Status.RUNNING);
    }

    @Test
    void after_its_hold_it_gives_the_good_ones_back_and_waits_for_all_at_once() {
        assets("ip-1", "card-1", "card-2");
        tenant.running(anOrder().wanting("RAW_FUND", "card-2", 1));
        TaskOrder order = tenant.running(wantingBoth());
        banned(order, live(order, "card-1"));
        holdIsOver(order);

        assertThat(tenant.proceed(order)).isInstanceOf(Verdict.Await.class);

        assertThat(liveAssets(order)).isEmpty();
        assertThat(tenant.statusOf(order)).isEqualTo(Status.RUNNING);
        // what it gave back, others may have
        tenant.running(anOrder().wanting("RAW_NET", null, 1));
    }

    @Test
    void at_the_end_of_its_hold_what_came_free_a_moment_ago_is_taken_before_anything_is_given_back() {
        assets("ip-1", "card-1");
        tenant.bannedAsset("card-2", "RAW_FUND", "card-2");
        TaskOrder order = tenant.running(wantingBoth());
        Lease address = live(order, "ip-1");
        banned(order, live(order, "card-1"));
        tenant.sql(jdbc -> jdbc.sql("UPDATE asset SET status = 'AVAILABLE' WHERE asset_id = 'card-2'")
                .update());
        holdIsOver(order);

        tenant.proceed(order);

        assertThat(liveAssets(order)).containsExactlyInAnyOrder("ip-1", "card-2");
        assertThat(live(order, "ip-1").leaseId()).isEqualTo(address.leaseId());
    }

    @Test
    void two_orders_that_hold_what_the_other_waits_for_both_come_to_their_end() {
        assets("ip-1", "ip-2", "card-1", "card-2");
        TaskOrder one = tenant.running(wantingBoth());
        TaskOrder other = tenant.running(wantingBoth());
        assertThat(banned(one, live(one, "card-1"))).isInstanceOf(Verdict.Await.class);
        assertThat(banned(other, live(other, "ip-2"))).isInstanceOf(Verdict.Await.class);
        assertThat(liveAssets(one)).containsExactly("ip-1");
        assertThat(liveAssets(other)).containsExactly("card-2");

        holdIsOver(one);
        assertThat(tenant.proceed(one)).isInstanceOf(Verdict.Await.class);

        assertThat(liveAssets(one)).isEmpty();
        assertThat(liveAssets(other)).containsExactlyInAnyOrder("ip-1", "card-2");
        succeed(other);
        assertThat(liveAssets(one)).hasSize(2).contains("card-2");
        succeed(one);
        assertThat(List.of(tenant.statusOf(one), tenant.statusOf(other))).containsOnly(Status.SUCCESS);
    }

    private void succeed(TaskOrder order) {
        backOffIsOver(order);
        assertThat(tenant.proceed(order)).isInstanceOf(Verdict.Execute.class);
        tenant.answered(order, 2, ExecutionResult.of("OK", null));
        tenant.concluded(order, 2, How.ANSWERED);
    }

    @Test
    void among_those_who_wait_it_ranks_by_its_priority_and_age_as_ever() {
        assets("card-1", "card-2");
        TaskOrder holder = tenant.running(anOrder().wanting("RAW_FUND", "card-2", 1));
        TaskOrder order = tenant.running(anOrder().wanting("RAW_FUND", null, 1).priority(50));
        TaskOrder urgent =
                tenant.waiting(anOrder().wanting("RAW_FUND", "card-2", 1).priority(90));
        banned(order, live(order, "card-1"));
        tenant.finish(holder);
        assertThat(tenant.statusOf(urgent)).isEqualTo(Status.RUNNING);
        assertThat(liveAssets(order)).isEmpty();
        tenant.finish(urgent);
        assertThat(liveAssets(order)).containsExactly("card-2");
    }

    @Test
    void when_nothing_could_serve_it_any_more_it_fails_for_that() {
        assets("ip-1", "card-1", "card-2");
        tenant.running(anOrder().wanting("RAW_FUND", "card-2", 1));
        TaskOrder order = tenant.running(wantingBoth());
        banned(order, live(order, "card-1"));
        tenant.sql(jdbc -> jdbc.sql(
                        "UPDATE asset SET status = 'RETIRED', cool_until = NULL WHERE sku_category = 'RAW_FUND'")
                .update());
        recovered("ip-1");

        assertThat(tenant.proceed(order)).isEqualTo(new Verdict.Over("FAILED"));

        assertThat(tenant.find(order.taskId()).state().resultCode()).isEqualTo("NO_RESOURCE");
        assertThat(liveAssets(order)).isEmpty();
    }

    @Test
    void a_cancel_while_it_waits_ends_it_and_gives_all_back() {
        assets("ip-1", "card-1", "card-2");
        tenant.running(anOrder().wanting("RAW_FUND", "card-2", 1));
        TaskOrder order = tenant.running(wantingBoth());
        banned(order, live(order, "card-1"));
        tenant.cancel(order.taskId());
        assertThat(tenant.proceed(order)).isEqualTo(new Verdict.Over("CANCELLED"));
        assertThat(liveAssets(order)).isEmpty();
        tenant.running(anOrder().wanting("RAW_NET", null, 1));
    }

    @Test
    void concluding_twice_exchanges_once() {
        assets("ip-1", "card-1", "card-2", "card-3");
        TaskOrder order = tenant.running(wantingBoth());
        banned(order, live(order, "card-1"));
        tenant.concluded(order, 1, How.ANSWERED);
        assertThat(liveAssets(order)).containsExactlyInAnyOrder("ip-1", "card-2");
    }

    private static Orders wantingBoth() {
        return anOrder().wanting("RAW_NET", null, 1).wanting("RAW_FUND", null, 1);
    }

    private void assets(String... ids) {
        for (String id : ids) {
            tenant.asset(id, id.startsWith("ip") ? "RAW_NET" : "RAW_FUND", id, 1, "1");
        }
    }

    private Verdict banned(TaskOrder order, Lease... bad) {
        return answer(order, Stream.of(bad).map(ExchangeTest::bad).toArray(LeaseOutcome[]::new));
    }

    private Verdict answer(TaskOrder order, LeaseOutcome... outcomes) {
        tenant.answered(
                order, 1, new ExecutionResult("BANNED", "blocked", Map.of(), List.of(outcomes), List.of(), List.of()));
        return tenant.concluded(order, 1, How.ANSWERED);
    }

    private static LeaseOutcome bad(Lease lease) {
        return new LeaseOutcome(lease.leaseId(), "IP_BLOCKED", Map.of());
    }

    /** And the matcher looks. */
    private void recovered(String asset) {
        tenant.sql(jdbc -> jdbc.sql("UPDATE asset SET status = 'AVAILABLE', cool_until = NULL WHERE asset_id = :asset")
                .param("asset", asset)
                .update());
        tenant.asset("unrelated-" + asset, "OTHER", "x", 1, "1");
        tenant.asset("unrelated-" + asset, "OTHER", "x", 2, "1");
    }

    private void holdIsOver(TaskOrder order) {
        tenant.sql(jdbc -> jdbc.sql("UPDATE task_order SET hold_until = now() WHERE task_id = :task")
                .param("task", order.taskId())
                .update());
    }

    private void backOffIsOver(TaskOrder order) {
        tenant.sql(jdbc -> jdbc.sql("UPDATE task_order SET retry_at = now() WHERE task_id = :task")
                .param("task", order.taskId())
                .update());
    }

    private Lease live(TaskOrder order, String asset) {
        return tenant.leases(order.taskId()).stream()
                .filter(lease ->
                        lease.state() == Lease.State.ACTIVE && lease.assetId().equals(asset))
                .findFirst()
                .orElseThrow();
    }

    private Lease lease(TaskOrder order, Lease lease) {
        return tenant.leases(order.taskId()).stream()
                .filter(one -> one.leaseId().equals(lease.leaseId()))
                .findFirst()
                .orElseThrow();
    }

    private List<String> liveAssets(TaskOrder order) {
        return tenant.leases(order.taskId()).stream()
                .filter(lease -> lease.state() == Lease.State.ACTIVE)
                .map(Lease::assetId)
                .toList();
    }

    private List<String> explainedCodes(TaskOrder order) {
        return tenant
                .as(() -> Application.shared().bean(Explanations.class).of(order.taskId()))
                .orElseThrow()
                .blockers()
                .stream()
                .map(Blocker::code)
                .toList();
    }
}
