package dev.taskorder.activities.matching;

import static dev.taskorder.activities.testing.Orders.anOrder;
import static org.assertj.core.api.Assertions.assertThat;

import dev.taskorder.activities.testing.Application;
import dev.taskorder.activities.testing.Orders;
import dev.taskorder.activities.testing.Tenant;
import dev.taskorder.api.budget.BudgetScope;
import dev.taskorder.api.event.Timeline;
import dev.taskorder.api.event.TimelineEvent;
import dev.taskorder.api.explain.Blocker;
import dev.taskorder.api.explain.Explanations;
import dev.taskorder.api.lease.Lease;
import dev.taskorder.api.lease.LeaseDecision.Downgrade;
import dev.taskorder.api.order.Status;
import dev.taskorder.api.order.TaskOrder;
import dev.taskorder.api.page.PageRequest;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What is written when money runs short, who waits for whom then, and what is offered to those that wait. */
class DowngradedGrantTest {
    private static final String HELPS = "; that alone is not enough, see the other blockers";

    private final Tenant tenant = Tenant.fresh();

    @BeforeEach
    void mobile_for_residential() {
        tenant.withSubstitutes("[{\"from\": \"res.*\", \"to\": \"mob.*\", \"min_health_score\": 70}]");
    }

    @Test
    void the_lease_the_hold_and_the_timeline_tell_what_was_taken_in_place_of_what() {
        pool();
        TaskOrder order = tenant.running(urgent().maxTotalCost("1"));
        Lease lease = tenant.leases(order.taskId()).get(0);
        assertThat(lease.assetId()).isEqualTo("mobile");
        assertThat(lease.decision().downgrade())
                .isEqualTo(new Downgrade(
                        "dear",
                        new BigDecimal("3"),
                        new BigDecimal("0.25"),
                        new BigDecimal("2.75"),
                        "what is left, 1 USD, does not cover up to 3 attempts at 1"));
        assertThat(tenant.entries(order)).containsExactly("HOLD grant 0.25");
        assertThat(timeline(order))
                .filteredOn(event -> event.type().equals("lease.acquired"))
                .extracting(TimelineEvent::text)
                .containsExactly(
                        "Leased mobile for 0.25 USD: cheapest first, then healthiest, with substitutes that the"
                                + " policy allows, so that what may be spent does for its retries too; downgraded from dear, which"
                                + " saves 2.75 USD; 3 assets considered.");
    }

    @Test
    void what_a_project_has_left_decides_too() {
        pool();
        tenant.budget(BudgetScope.PROJECT, "3");
        assertThat(assetOf(tenant.running(urgent()))).isEqualTo("cheap");
        assertThat(assetOf(tenant.running(urgent().project("other")))).isEqualTo("dear");
        assertThat(tenant.budgeted(BudgetScope.PROJECT)).isEqualTo("0 1 0");
    }

    @Test
    void an_order_that_may_not_be_downgraded_ends_if_it_can_never_pay_what_it_prefers() {
        pool();
        TaskOrder order = tenant.created(
                urgent().constraint("no_downgrade", true).maxTotalCost("2").spec());
        tenant.admitted(order);
        assertThat(tenant.find(order.taskId()).state().resultCode()).isEqualTo("BUDGET_EXCEEDED");
        assertThat(tenant.find(order.taskId()).state().resultMessage())
                .isEqualTo("what it prefers needs 3 USD, max_total_cost is 2, and it may not be downgraded");
    }

    @Test
    void who_prefers_the_dear_keeps_none_waiting_that_prefers_the_cheap_however_many_they_are() {
        pool();
        tenant.budget(BudgetScope.PROJECT, "2");
        List<TaskOrder> urgent = IntStream.range(0, 40)
                .mapToObj(i -> tenant.waiting(urgent().constraint("no_downgrade", true)))
                .toList();
        TaskOrder ordinary = tenant.running(urgent().priority(10).constraint("no_downgrade", true));
        assertThat(assetOf(ordinary)).isEqualTo("cheap");
        assertThat(urgent).allMatch(order -> tenant.statusOf(order) == Status.QUEUED);
    }

    @Test
    void who_takes_only_what_it_prefers_gets_what_is_left_when_others_took_that() {
        tenant.bannedAsset("dear", "RAW_NET", "res.1");
        tenant.bannedAsset("cheap", "RAW_NET", "res.2");
        tenant.budget(BudgetScope.PROJECT, "2");
        TaskOrder bound = tenant.waiting(urgent().constraint("no_downgrade", true));
        tenant.sql(jdbc -> jdbc.sql("""
                UPDATE asset SET status = 'AVAILABLE', unit_cost = CASE asset_id WHEN 'dear' THEN 3 ELSE 1 END,
                       health_score = CASE asset_id WHEN 'dear' THEN 100 ELSE 90 END
                """).update());
        assertThat(assetOf(tenant.running(urgent().project("other")))).isEqualTo("dear");
        assertThat(assetOf(bound)).isEqualTo("cheap");
    }

    @Test
    void who_could_pay_a_substitute_that_is_held_is_told_to_wait_for_it_and_then_gets_it() {
        pool();
        TaskOrder holder = tenant.running(anOrder().wanting("RAW_NET", "mob.*", 1));
        TaskOrder order = tenant.waiting(urgent().maxTotalCost("0.5"));
        Instant until = tenant.leases(holder.taskId()).get(0).expiresAt();
        assertThat(offered(order))
                .containsExactly(
                        "order_budget: Raise its max_total_cost to 1 or more; or wait for mobile, which is free by "
                                + until + " at the latest",
                        "capacity_held: Raise max_concurrency of mobile to 2, or wait until one of its slots comes free");
        tenant.finish(holder);
        assertThat(assetOf(order)).isEqualTo("mobile");
    }

    @Test
    void who_could_pay_substitutes_only_waits_for_what_meets_its_hints_and_then_gets_the_substitute() {
        tenant.asset("res", "RAW_NET", "res.1", 1, "1");
        tenant.asset("mobile", "RAW_NET", "mob.1", 1, "0.25");
        TaskOrder holder = tenant.running(anOrder().wanting("RAW_NET", "res.*", 1));
        TaskOrder order = tenant.waiting(urgent().maxTotalCost("0.5"));
        assertThat(offered(order))
                .containsExactly(
                        "order_budget: Raise its max_total_cost to 1 or more, or keep a substitute free that it can pay"
                                + HELPS,
                        "capacity_held: Raise max_concurrency of res to 2, or wait until one of its slots comes free");
        tenant.finish(holder);
        assertThat(assetOf(order)).isEqualTo("mobile");
    }

    @Test
    void a_substitute_below_its_floor_is_not_offered_though_it_may_come_back() {
        pool();
        tenant.sql(jdbc -> jdbc.sql("UPDATE asset SET health_score = 69 WHERE asset_id = 'mobile'")
                .update());
        TaskOrder order = tenant.waiting(urgent().maxTotalCost("0.5"));
        assertThat(offered(order)).containsExactly("order_budget: Raise its max_total_cost to 1 or more; or cancel it");
    }

    @Test
    void who_takes_only_what_it_prefers_is_told_of_that_alone() {
        pool();
        tenant.sql(jdbc -> jdbc.sql("UPDATE asset SET max_concurrency = 1").update());
        tenant.asset("best", "RAW_NET", "res.0", 1, "2");
        tenant.sql(jdbc -> jdbc.sql("UPDATE asset SET health_score = 99 WHERE asset_id = 'dear'")
                .update());
        TaskOrder holder = tenant.running(anOrder().wanting("RAW_NET", "res.0", 1));
        TaskOrder order =
                tenant.waiting(urgent().constraint("no_downgrade", true).maxTotalCost("2.5"));
        Instant until = tenant.leases(holder.taskId()).get(0).expiresAt();
        assertThat(offered(order))
                .containsExactly(
                        "order_budget: Raise its max_total_cost to 3 or more; or wait for best, which is free by "
                                + until + " at the latest",
                        "capacity_held: Raise max_concurrency of best to 2, or wait until one of its slots comes free");
        assertThat(explain(order).get(0).message())
                .isEqualTo(
                        "what it prefers of what is free takes 3 USD, more than its max_total_cost allows, and it may not"
                                + " be downgraded");
        tenant.finish(holder);
        assertThat(assetOf(order)).isEqualTo("best");
    }

    @Test
    void who_waits_for_a_budget_under_no_downgrade_is_told_what_that_has_to_be() {
        pool();
        tenant.budget(BudgetScope.PROJECT, "2");
        TaskOrder order = tenant.waiting(urgent().constraint("no_downgrade", true));
        assertThat(offered(order)).singleElement().asString().startsWith("project_budget: Raise it to 3 or more");
        tenant.budget(BudgetScope.PROJECT, "3");
        assertThat(assetOf(order)).isEqualTo("dear");
    }

    private static Orders urgent() {
        return anOrder().wanting("RAW_NET", "res.*", 1).priority(80);
    }

    private void pool() {
        tenant.asset("dear", "RAW_NET", "res.1", 1, "3");
        tenant.asset("cheap", "RAW_NET", "res.2", 1, "1");
        tenant.asset("mobile", "RAW_NET", "mob.1", 1, "0.25");
        tenant.sql(jdbc -> jdbc.sql("UPDATE asset SET health_score = 90 WHERE asset_id <> 'dear'")
                .update());
    }

    private String assetOf(TaskOrder order) {
        return tenant.leases(order.taskId()).get(0).assetId();
    }

    private List<TimelineEvent> timeline(TaskOrder order) {
        return tenant.as(() -> tenant.bean(Timeline.class).ofOrder(order.taskId(), new PageRequest(200, null)))
                .orElseThrow()
                .items();
    }

    private List<String> offered(TaskOrder order) {
        return explain(order).stream()
                .map(blocker -> blocker.code() + ": " + blocker.change())
                .toList();
    }

    private List<Blocker> explain(TaskOrder order) {
        return tenant.as(() -> Application.shared().bean(Explanations.class).of(order.taskId()))
                .orElseThrow()
                .blockers();
    }
}
