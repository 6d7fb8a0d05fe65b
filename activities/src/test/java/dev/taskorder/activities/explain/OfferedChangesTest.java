package dev.taskorder.activities.explain;

import static dev.taskorder.activities.testing.Orders.anOrder;
import static org.assertj.core.api.Assertions.assertThat;

import dev.taskorder.activities.testing.Application;
import dev.taskorder.activities.testing.Orders;
import dev.taskorder.activities.testing.Tenant;
import dev.taskorder.api.asset.AssetSpec;
import dev.taskorder.api.asset.AssetStatus;
import dev.taskorder.api.asset.Assets;
import dev.taskorder.api.execution.ExecutionResult;
import dev.taskorder.api.execution.LeaseOutcome;
import dev.taskorder.api.explain.Blocker;
import dev.taskorder.api.explain.Explanation;
import dev.taskorder.api.explain.Explanations;
import dev.taskorder.api.lease.Lease;
import dev.taskorder.api.order.OrderSteps.How;
import dev.taskorder.api.order.Status;
import dev.taskorder.api.order.TaskOrder;
import dev.taskorder.api.order.TaskOrderChange;
import dev.taskorder.api.order.UpdateResult;
import dev.taskorder.api.order.Verdict;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What a blocker says would help is done: the order starts, or what is left in its way was told before. */
class OfferedChangesTest {
    private static final String NOT_ENOUGH = "; that alone is not enough, see the other blockers";
    private static final String FIRST = "; do that first: it alone is not enough, see the other blockers";
    private static final String OTHERS_FIRST = "; that alone is not enough, as orders before it are served first";

    private final Tenant tenant = Tenant.fresh();

    @Test
    void an_asset_that_rests_and_is_unhealthy_needs_both() {
        put("hd1", "ip", AssetStatus.AVAILABLE, 70, 1, null);
        rests("hd1");
        TaskOrder order = tenant.waiting(wanting(1).constraint("min_health_score", 80));
        assertThat(offered(order))
                .containsExactly(
                        "assets_cooling_down: Wait for hd1 until 2099-01-02T03:04:05Z, or set it AVAILABLE"
                                + NOT_ENOUGH,
                        "assets_unhealthy: Bring the health_score of hd1 to 80 or more" + NOT_ENOUGH);

        put("hd1", "ip", AssetStatus.AVAILABLE, null, 1, null);
        assertThat(offered(order)).containsExactly("assets_unhealthy: Bring the health_score of hd1 to 80 or more");
        put("hd1", "ip", null, 80, 1, null);
        assertStarted(order);
    }

    @Test
    void an_asset_that_is_banned_and_unhealthy_needs_both() {
        put("hd1", "ip", AssetStatus.BANNED, 10, 1, null);
        TaskOrder order = tenant.waiting(wanting(1).constraint("min_health_score", 80));
        assertThat(codes(order)).containsExactly("assets_unhealthy", "assets_banned");

        put("hd1", "ip", null, 80, 1, null);
        assertThat(offered(order)).containsExactly("assets_banned: Set hd1 AVAILABLE");
        put("hd1", "ip", AssetStatus.AVAILABLE, null, 1, null);
        assertStarted(order);
    }

    @Test
    void each_kind_of_obstacle_names_what_would_have_to_change_even_if_another_alone_is_enough() {
        put("r1", "ip", AssetStatus.AVAILABLE, 10, 1, null);
        put("r2", "ip", AssetStatus.AVAILABLE, 100, 1, null);
        rests("r2");
        put("r3", "ip", AssetStatus.BANNED, 100, 1, null);
        put("r4", "ip", AssetStatus.BANNED, 100, 1, null);
        TaskOrder order = tenant.waiting(wanting(2).constraint("min_health_score", 50));
        Blocker cooling = explain(order).blockers().get(0);
        assertThat(cooling.facts()).containsEntry("until", Instant.parse("2099-01-02T03:04:05Z"));
        assertThat(offered(order))
                .containsExactly(
                        "assets_cooling_down: Wait for r2 until 2099-01-02T03:04:05Z, or set it AVAILABLE" + NOT_ENOUGH,
                        "assets_unhealthy: Bring the health_score of r1 to 50 or more" + NOT_ENOUGH,
                        "assets_banned: Set r3, r4 AVAILABLE");

        put("r1", "ip", null, 50, 1, null);
        assertThat(offered(order))
                .containsExactly(
                        "assets_cooling_down: Wait for r2 until 2099-01-02T03:04:05Z, or set it AVAILABLE",
                        "assets_banned: Set r3 AVAILABLE");
        put("r3", "ip", AssetStatus.AVAILABLE, null, 1, null);
        assertStarted(order);
    }

    @Test
    void of_four_obstacles_of_which_two_have_to_go_each_says_that_it_is_not_enough() {
        put("a-held", "ip", AssetStatus.AVAILABLE, 100, 1, null);
        tenant.running(wanting(1));
        put("b-weak", "ip", AssetStatus.AVAILABLE, 10, 1, null);
        put("c-banned", "ip", AssetStatus.BANNED, 100, 1, null);
        put("d-rests", "ip", AssetStatus.AVAILABLE, 100, 1, null);
        rests("d-rests");
        TaskOrder order = tenant.waiting(wanting(2).constraint("min_health_score", 50));
        assertThat(codes(order))
                .containsExactly("assets_cooling_down", "assets_unhealthy", "assets_banned", "capacity_held");
        assertThat(explain(order).blockers()).allSatisfy(blocker -> assertThat(blocker.change())
                .endsWith(NOT_ENOUGH)
                .containsPattern("[abcd]-(held|weak|banned|rests)"));

        put("d-rests", "ip", AssetStatus.AVAILABLE, null, 1, null);
        assertThat(explain(order).blockers()).hasSize(3).allSatisfy(blocker -> assertThat(blocker.change())
                .doesNotContain("not enough"));
        put("b-weak", "ip", null, 50, 1, null);
        assertStarted(order);
    }

    @Test
    void after_a_lowered_concurrency_the_one_is_named_that_leaves_a_slot_free() {
        put("ip-1", "ip", null, null, 3, null);
        TaskOrder first = tenant.running(wanting(1));
        TaskOrder second = tenant.running(wanting(1));
        TaskOrder third = tenant.running(wanting(1).timeoutMs(600_000));
        put("ip-1", "ip", null, null, 1, null);
        TaskOrder order = tenant.waiting(wanting(1));
        Instant last = tenant.leases(third.taskId()).get(0).expiresAt();
        assertThat(explain(order).blockers().get(0).message())
                .isEqualTo("asset ip-1 has no free slot; the next slot comes free by " + last + " at the latest");
        assertThat(offered(order))
                .containsExactly("capacity_held: Raise max_concurrency of ip-1 to 4, or wait until 3 of its leases have"
                        + " ended");

        tenant.finish(first);
        tenant.finish(second);
        assertThat(offered(order))
                .containsExactly(
                        "capacity_held: Raise max_concurrency of ip-1 to 2, or wait until one of its slots comes free");
        put("ip-1", "ip", null, null, 2, null);
        assertStarted(order);
    }

    @Test
    void an_asset_whose_last_use_is_leased_needs_another_use_as_well_as_a_slot() {
        put("ip-1", "ip", null, null, 1, 1);
        tenant.running(wanting(1));
        TaskOrder order = tenant.waiting(wanting(1));
        assertThat(offered(order))
                .containsExactly(
                        "capacity_held: Raise max_uses of ip-1 to 2" + NOT_ENOUGH,
                        "capacity_held: Raise max_concurrency of ip-1 to 2" + NOT_ENOUGH);

        put("ip-1", "ip", null, null, 2, 1);
        assertThat(offered(order)).containsExactly("capacity_held: Raise max_uses of ip-1 to 2");
        assertThat(explain(order).blockers().get(0).message())
                .isEqualTo("asset ip-1 has no use left but those that are leased, and is retired when they are used");
        put("ip-1", "ip", null, null, 2, 2);
        assertStarted(order);
    }

    @Test
    void who_waits_for_the_last_use_of_an_asset_ends_with_it_as_was_told() {
        put("ip-1", "ip", null, null, 2, 1);
        TaskOrder last = tenant.running(wanting(1));
        TaskOrder order = tenant.waiting(wanting(1));
        tenant.finish(last);
        tenant.asset("other", "OTHER", "x", 1, "1");
        assertThat(codes(order)).containsExactly("no_matching_asset");
    }

    @Test
    void an_order_of_another_line_that_would_be_served_instead_is_before_it() {
        tenant.bannedAsset("vr1", "VR", "vr.1");
        tenant.bannedAsset("vr2", "VR", "vr.2");
        TaskOrder first = tenant.waiting(anOrder().wanting("VR", "vr.*", 1).priority(90));
        assertBehindAnother(tenant.waiting(anOrder().wanting("VR", null, 1)), first, 90);
    }

    @Test
    void an_order_of_another_project_that_would_be_served_instead_is_before_it() {
        tenant.bannedAsset("vr1", "VR", "vr.1");
        TaskOrder first = tenant.waiting(anOrder().project("other").wanting("VR", null, 1));
        assertBehindAnother(tenant.waiting(anOrder().wanting("VR", null, 1)), first, 50);
    }

    @Test
    void an_order_between_two_attempts_that_would_be_served_instead_is_before_it() {
        tenant.asset("vr1", "VR", "vr.1", 1, "1");
        TaskOrder first = tenant.running(anOrder().wanting("VR", null, 1));
        tenant.answered(first, 1, ExecutionResult.of("BANNED", null));
        put("vr1", "vr.1", AssetStatus.BANNED, null, 1, null, "VR");
        assertThat(tenant.concluded(first, 1, How.ANSWERED)).isInstanceOf(Verdict.Await.class);
        assertBehindAnother(tenant.waiting(anOrder().wanting("VR", null, 1)), first, 50);
    }

    private void assertBehindAnother(TaskOrder order, TaskOrder first, int priority) {
        int enough = priority == 50 ? 51 : priority + 1;
        assertThat(offered(order))
                .containsExactly(
                        "assets_banned: Set vr1 AVAILABLE" + OTHERS_FIRST,
                        "behind_in_queue: Raise its priority to " + enough + " to be the next that is served" + FIRST);
        Blocker behind = explain(order).blockers().get(1);
        assertThat(behind.message())
                .isEqualTo("order " + first.taskId() + " of priority " + priority
                        + ", which wants some of the same assets, comes before it");
        assertThat(behind.facts())
                .containsEntry("others_before", List.of(Map.of("task_id", first.taskId(), "priority", priority)))
                .containsEntry("first_task", first.taskId())
                .containsEntry("position", 1);
        assertThat(explain(order).summary())
                .startsWith("It waits in the queue, first of those with the same demand: ")
                .contains(" 1 more blocker stands behind it.");

        prioritised(order, enough);
        assertThat(offered(order)).containsExactly("assets_banned: Set vr1 AVAILABLE");
        put("vr1", "vr.1", AssetStatus.AVAILABLE, null, 1, null, "VR");
        assertStarted(order);
    }

    @Test
    void an_order_before_it_that_the_change_would_not_serve_is_not_in_its_way() {
        tenant.bannedAsset("vr1", "VR", "vr.1");
        tenant.bannedAsset("vr2", "VR", "vr.2");
        tenant.waiting(anOrder().wanting("VR", null, 2).priority(90));
        TaskOrder order = tenant.waiting(anOrder().wanting("VR", null, 1));
        assertThat(offered(order)).containsExactly("assets_banned: Set vr1 AVAILABLE");
        put("vr1", "vr.1", AssetStatus.AVAILABLE, null, 1, null, "VR");
        assertStarted(order);
    }

    @Test
    void what_is_enough_for_all_before_it_is_enough_for_it() {
        put("ip-1", "ip", AssetStatus.BANNED, null, 3, null);
        tenant.waiting(wanting(1));
        tenant.waiting(wanting(1));
        TaskOrder order = tenant.waiting(wanting(1));
        assertThat(offered(order).get(0)).isEqualTo("assets_banned: Set ip-1 AVAILABLE");
        put("ip-1", "ip", AssetStatus.AVAILABLE, null, 3, null);
        assertStarted(order);
    }

    @Test
    void behind_one_of_the_highest_priority_no_higher_one_is_offered() {
        tenant.bannedAsset("vr1", "VR", "vr.1");
        tenant.waiting(anOrder().wanting("VR", null, 1).priority(100));
        TaskOrder order = tenant.waiting(anOrder().wanting("VR", null, 1).priority(100));
        assertThat(offered(order))
                .containsExactly(
                        "assets_banned: Set vr1 AVAILABLE" + OTHERS_FIRST,
                        "behind_in_queue: None but to wait until they are served: no priority is above 100");
    }

    @Test
    void who_is_older_needs_only_the_priority_of_the_other() {
        tenant.bannedAsset("vr1", "VR", "vr.1");
        TaskOrder order = tenant.waiting(anOrder().wanting("VR", null, 1).priority(10));
        tenant.waiting(anOrder().wanting("VR", null, 1).priority(100));
        assertThat(offered(order).get(1)).startsWith("behind_in_queue: Raise its priority to 100 to be the next");
        prioritised(order, 100);
        put("vr1", "vr.1", AssetStatus.AVAILABLE, null, 1, null, "VR");
        assertStarted(order);
    }

    @Test
    void who_cannot_pay_what_is_free_may_pay_more_or_waits_for_the_cheaper_that_is_named() {
        tenant.asset("cheap", "RAW_NET", "ip.1", 1, "1");
        tenant.asset("dear", "RAW_NET", "ip.2", 1, "3");
        TaskOrder holder = tenant.running(wanting(1));
        TaskOrder order = tenant.waiting(wanting(1).maxTotalCost("2"));
        Instant until = tenant.leases(holder.taskId()).get(0).expiresAt();
        assertThat(offered(order))
                .containsExactly(
                        "order_budget: Raise its max_total_cost to 3 or more; or wait for cheap, which is free by "
                                + until + " at the latest",
                        "capacity_held: Raise max_concurrency of cheap to 2, or wait until one of its slots comes free");
        assertThat(explain(order).blockers().get(0).facts())
                .containsEntry(
                        "cheaper", List.of(Map.of("asset_id", "cheap", "unit_cost", BigDecimal.ONE, "until", until)));

        TaskOrder other = tenant.waiting(wanting(1).maxTotalCost("2"));
        ceiling(order, "2.999999");
        assertThat(tenant.statusOf(order)).isEqualTo(Status.QUEUED);
        ceiling(order, "3");
        assertStarted(order);
        tenant.asset("cheap", "RAW_NET", "ip.1", 2, "1");
        assertStarted(other);
    }

    @Test
    void who_waits_for_the_cheaper_behind_others_is_told_that_they_come_first() {
        tenant.asset("cheap", "RAW_NET", "ip.1", 1, "1");
        tenant.asset("dear", "RAW_NET", "ip.2", 1, "3");
        TaskOrder holder = tenant.running(wanting(1));
        TaskOrder first = tenant.waiting(wanting(1).maxTotalCost("2"));
        TaskOrder order = tenant.waiting(wanting(1).maxTotalCost("2"));
        assertThat(offered(order).get(0)).contains(" at the latest (orders before it are served first)");
        tenant.finish(holder);
        assertThat(tenant.statusOf(first)).isEqualTo(Status.RUNNING);
        assertThat(tenant.statusOf(order)).isEqualTo(Status.QUEUED);
    }

    @Test
    void who_holds_an_asset_is_told_with_that_asset_only() {
        put("hx", "x", null, null, 2, 1);
        put("hy", "y", null, null, 1, null);
        tenant.running(anOrder().wanting("RAW_NET", "x", 1));
        tenant.running(anOrder().wanting("RAW_NET", "y", 1));
        TaskOrder order = tenant.waiting(anOrder().wanting("RAW_NET", "x", 1).wanting("RAW_NET", "y", 1));
        assertThat(explain(order).blockers())
                .extracting(blocker -> blocker.facts().get("held_by").toString())
                .satisfiesExactly(
                        used -> assertThat(used).contains("asset_id=hx").doesNotContain("asset_id=hy"),
                        held -> assertThat(held).contains("asset_id=hy").doesNotContain("asset_id=hx"));
    }

    @Test
    void of_several_hints_only_as_much_cheaper_is_named_as_it_needs() {
        for (String category : List.of("ONE", "TWO")) {
            put("cheap-" + category, "ip", AssetStatus.BANNED, null, 1, null, category);
            tenant.asset("dear-" + category, category, "ip", 1, "3");
        }
        TaskOrder order = tenant.waiting(
                anOrder().wanting("ONE", null, 1).wanting("TWO", null, 1).maxTotalCost("4"));
        assertThat(offered(order))
                .containsExactly(
                        "order_budget: Raise its max_total_cost to 6 or more; or do what the other blockers say of cheap-TWO,"
                                + " which it could pay",
                        "assets_banned: Set cheap-TWO AVAILABLE");
        put("cheap-TWO", "ip", AssetStatus.AVAILABLE, null, 1, null, "TWO");
        assertStarted(order);
    }

    @Test
    void an_asset_that_it_cannot_pay_is_no_way_out() {
        tenant.asset("cheap", "RAW_NET", "ip.1", 1, "1");
        tenant.running(wanting(1));
        tenant.asset("dear", "RAW_NET", "ip.2", 1, "3");
        tenant.sql(jdbc -> jdbc.sql("UPDATE asset SET status = 'BANNED' WHERE asset_id = 'dear'")
                .update());
        TaskOrder order = tenant.waiting(wanting(1).maxTotalCost("2"));
        assertThat(offered(order))
                .containsExactly(
                        "capacity_held: Raise max_concurrency of cheap to 2, or wait until one of its slots comes free");
    }

    @Test
    void slots_that_rest_are_told_as_such_and_a_lease_by_its_id() {
        put("ip-1", "ip", null, null, 2, null);
        TaskOrder stopped = tenant.running(wanting(1));
        TaskOrder holder = tenant.running(wanting(1));
        tenant.begin(stopped, 1);
        tenant.cancel(stopped.taskId());
        tenant.concluded(stopped, 1, How.ABANDONED);
        TaskOrder order = tenant.waiting(wanting(1));
        Blocker blocker = explain(order).blockers().get(0);
        assertThat(blocker.message())
                .startsWith(
                        "asset ip-1 has no free slot, as 1 slot rests after an attempt that was given up and may still"
                                + " use it; the next slot comes free by ");
        Lease lease = tenant.leases(holder.taskId()).get(0);
        assertThat(blocker.facts().get("held_by").toString())
                .contains("task_id=null, lease_id=null, until=")
                .contains("resting=true")
                .contains("task_id=" + holder.taskId() + ", lease_id=" + lease.leaseId());
    }

    @Test
    void slots_that_are_kept_for_several_keys_are_told_by_each_and_the_lease_that_is_named_gives_one_up() {
        put("rv1", "ip", null, null, 1, null);
        TaskOrder one = tenant.finish(tenant.running(retaining("key-1")));
        put("rv2", "ip", null, null, 1, null);
        tenant.finish(tenant.running(retaining("key-2")));
        TaskOrder order = tenant.waiting(wanting(1));
        Lease left = tenant.lease(one, "rv1");
        Blocker blocker = explain(order).blockers().get(0);
        assertThat(blocker.message())
                .startsWith("2 assets that could serve it keep slots for the next orders of external_ref key-1, of"
                        + " external_ref key-2, the first until 20");
        assertThat(blocker.change())
                .startsWith("Release lease " + left.leaseId() + " (fencing_token " + left.fencingToken()
                        + "), wait until 20")
                .endsWith(", or raise its priority to 80, the policy's reclaim_for_priority");
        assertThat(blocker.facts().toString())
                .contains("reclaim_for_priority=80")
                .contains("lease_id=" + left.leaseId());

        tenant.release(left.leaseId(), left.fencingToken());
        assertStarted(order);
        TaskOrder before = tenant.waiting(wanting(1));
        TaskOrder urgent = tenant.waiting(wanting(1));
        assertThat(offered(urgent))
                .filteredOn(told -> told.startsWith("slots_reserved"))
                .singleElement()
                .asString()
                .endsWith(OTHERS_FIRST + "; or raise its priority to 80, the policy's reclaim_for_priority");
        prioritised(urgent, 80);
        assertStarted(urgent);
        assertThat(tenant.statusOf(before)).isEqualTo(Status.QUEUED);
    }

    @Test
    void who_gets_what_is_kept_for_others_is_not_told_to_reclaim_it() {
        put("rv1", "ip", null, null, 1, null);
        tenant.finish(tenant.running(retaining("key-1")));
        tenant.bannedAsset("rv2", "RAW_NET", "ip");
        TaskOrder order = tenant.waiting(wanting(2).priority(80));
        assertThat(offered(order)).containsExactly("assets_banned: Set rv2 AVAILABLE");
        put("rv2", "ip", AssetStatus.AVAILABLE, null, 1, null);
        assertStarted(order);
    }

    @Test
    void what_a_larger_order_keeps_is_had_by_coming_before_it() {
        tenant.asset("ip-1", "RAW_NET", "ip.1", 1, "1");
        TaskOrder one = tenant.running(wanting(1));
        tenant.asset("ip-2", "RAW_NET", "ip.2", 1, "1");
        tenant.running(wanting(1));
        TaskOrder large = tenant.waiting(wanting(2).priority(60));
        tenant.sql(
                jdbc -> jdbc.sql("UPDATE task_order SET waits_since = now() - interval '1 hour' WHERE task_id = :task")
                        .param("task", large.taskId())
                        .update());
        TaskOrder order = tenant.waiting(anOrder().wanting("RAW_NET", "ip.1", 1));
        assertThat(offered(order).get(0)).startsWith("capacity_held: ").endsWith(OTHERS_FIRST);
        tenant.finish(one);
        assertThat(offered(order))
                .containsExactly("slots_reserved: Raise its priority to 61, or wait until the other is served");
        prioritised(order, 61);
        assertStarted(order);
    }

    @Test
    void what_it_keeps_itself_and_needs_for_another_hint_it_gives_back_as_was_told() {
        put("a1", "a", null, null, 1, null);
        put("a2", "a", null, null, 1, null);
        TaskOrder order = tenant.running(anOrder().wanting("RAW_NET", null, 1).wanting("RAW_NET", "a", 1));
        put("b1", "b", null, null, 1, null);
        LeaseOutcome bad = new LeaseOutcome(tenant.lease(order, "a2").leaseId(), "IP_BLOCKED", Map.of());
        tenant.answered(
                order, 1, new ExecutionResult("BANNED", "blocked", Map.of(), List.of(bad), List.of(), List.of()));
        tenant.concluded(order, 1, How.ANSWERED);
        put("a2", "a", AssetStatus.RETIRED, null, 1, null);
        Blocker blocker = explain(order).blockers().get(0);
        assertThat(blocker.code()).isEqualTo("capacity_held");
        assertThat(blocker.facts()).isEqualTo(Map.of("keeps", List.of("a1")));
        assertThat(blocker.change()).startsWith("None: it gives back what it keeps before long");

        tenant.sql(jdbc -> jdbc.sql("UPDATE task_order SET hold_until = now()").update());
        tenant.proceed(order);
        assertThat(tenant.leases(order.taskId()))
                .filteredOn(lease -> lease.state() == Lease.State.ACTIVE)
                .extracting(Lease::assetId)
                .containsExactlyInAnyOrder("a1", "b1");
    }

    private static Orders wanting(int count) {
        return anOrder().wanting("RAW_NET", null, count);
    }

    private static Orders retaining(String externalRef) {
        return wanting(1).externalRef(externalRef).constraint("lease_policy", "RETAIN");
    }

    private void put(
            String id,
            String sku,
            @Nullable AssetStatus status,
            @Nullable Integer health,
            int concurrency,
            @Nullable Integer maxUses) {
        put(id, sku, status, health, concurrency, maxUses, "RAW_NET");
    }

    private void put(
            String id,
            String sku,
            @Nullable AssetStatus status,
            @Nullable Integer health,
            int concurrency,
            @Nullable Integer maxUses,
            String category) {
        AssetSpec spec = new AssetSpec(
                id,
                "prod",
                category,
                sku,
                Map.of(),
                status,
                health == null ? null : BigDecimal.valueOf(health),
                concurrency,
                BigDecimal.ONE,
                "USD",
                maxUses,
                null);
        tenant.as(() -> tenant.bean(Assets.class).put(List.of(spec), Tenant.CALLER));
    }

    private void rests(String asset) {
        tenant.sql(jdbc -> jdbc.sql("""
                UPDATE asset SET status = 'COOLING_DOWN', cool_until = '2099-01-02T03:04:05Z' WHERE asset_id = :asset
                """).param("asset", asset).update());
    }

    /** As a caller's PATCH, whose workflow then lets the matcher look. */
    private void ceiling(TaskOrder order, String amount) {
        TaskOrderChange change =
                new TaskOrderChange(null, new TaskOrderChange.Ceiling(new BigDecimal(amount)), null, null);
        assertThat(tenant.update(order.taskId(), change, version -> true)).isInstanceOf(UpdateResult.Updated.class);
    }

    private void prioritised(TaskOrder order, int priority) {
        UpdateResult result =
                tenant.update(order.taskId(), new TaskOrderChange(priority, null, null, null), version -> true);
        assertThat(result).isInstanceOf(UpdateResult.Updated.class);
    }

    private void assertStarted(TaskOrder order) {
        assertThat(codes(order))
                .doesNotContain("behind_in_queue")
                .allMatch(code -> code.startsWith("retry_backoff") || code.equals("waiting_for_executor"));
        assertThat(tenant.statusOf(order)).isEqualTo(Status.RUNNING);
    }

    private List<String> codes(TaskOrder order) {
        return explain(order).blockers().stream().map(Blocker::code).toList();
    }

    private List<String> offered(TaskOrder order) {
        List<String> all = new ArrayList<>();
        explain(order).blockers().forEach(blocker -> all.add(blocker.code() + ": " + blocker.change()));
        return all;
    }

    private Explanation explain(TaskOrder order) {
        return tenant.as(() -> Application.shared().bean(Explanations.class).of(order.taskId()))
                .orElseThrow();
    }
}
