package dev.taskorder.activities.explain;

import static dev.taskorder.activities.testing.Orders.anOrder;
import static org.assertj.core.api.Assertions.assertThat;

import dev.taskorder.activities.testing.Application;
import dev.taskorder.activities.testing.Orders;
import dev.taskorder.activities.testing.Tenant;
import dev.taskorder.api.asset.AssetSpec;
import dev.taskorder.api.asset.AssetStatus;
import dev.taskorder.api.asset.Assets;
import dev.taskorder.api.budget.BudgetScope;
import dev.taskorder.api.explain.Blocker;
import dev.taskorder.api.explain.Explanations;
import dev.taskorder.api.order.Status;
import dev.taskorder.api.order.TaskOrder;
import dev.taskorder.api.order.TaskOrderChange;
import dev.taskorder.api.order.UpdateResult;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What is offered to those that wait for money is done: the order starts by it, or what else it needs was told. */
class OfferedMoneyTest {
    private static final BudgetScope TENANT = BudgetScope.TENANT;
    private static final BudgetScope PROJECT = BudgetScope.PROJECT;
    private static final String NOT_ENOUGH = "; that alone is not enough, see the other blockers";
    private static final String FIRST = "; do that first: it alone is not enough, see the other blockers";
    private static final String OTHERS_FIRST = "; that alone is not enough, as orders before it are served first";
    private static final String AND_HELD = "; or wait for what is held to come back";

    private final Tenant tenant = Tenant.fresh();

    @Test
    void of_two_budgets_that_are_short_each_says_that_it_is_not_enough() {
        put("ip-1", "a", "1", 2);
        tenant.budget(TENANT, "10");
        tenant.running(wanting("a"));
        tenant.budget(PROJECT, "1.5");
        tenant.budget(TENANT, "1.2");
        TaskOrder order = tenant.waiting(wanting("a"));
        assertThat(offered(order))
                .containsExactly(
                        "project_budget: Raise it to 2 or more (" + project() + ")" + AND_HELD + NOT_ENOUGH,
                        "tenant_budget: Raise it to 2 or more (" + all() + ")" + AND_HELD + NOT_ENOUGH);

        tenant.budget(PROJECT, "2");
        assertThat(offered(order)).containsExactly("tenant_budget: Raise it to 2 or more (" + all() + ")" + AND_HELD);
        tenant.budget(TENANT, "1.999999");
        assertThat(tenant.statusOf(order)).isEqualTo(Status.QUEUED);
        tenant.budget(TENANT, "2");
        assertStarted(order);
    }

    @Test
    void a_budget_in_another_currency_is_not_enough_where_another_is_short() {
        tenant.budget(PROJECT, "10");
        tenant.budget(TENANT, "10");
        TaskOrder order = tenant.waiting(anOrder().currency("EUR"));
        assertThat(offered(order))
                .containsExactly(
                        "project_budget: Cancel it, or set that budget in EUR (" + project() + ")" + NOT_ENOUGH,
                        "tenant_budget: Cancel it, or set that budget in EUR (" + all() + ")" + NOT_ENOUGH);
    }

    @Test
    void a_ceiling_and_a_budget_are_told_for_the_same_asset() {
        put("cheap", "a", "1", 1);
        put("dear", "a", "3", 1);
        tenant.budget(PROJECT, "10");
        TaskOrder holder = tenant.running(wanting("a"));
        Instant until = tenant.leases(holder.taskId()).get(0).expiresAt();
        tenant.budget(PROJECT, "2.5");
        TaskOrder order = tenant.waiting(wanting("a").maxTotalCost("2"));
        assertThat(offered(order))
                .containsExactly(
                        "order_budget: Raise its max_total_cost to 3 or more" + NOT_ENOUGH
                                + "; or wait for cheap, which is free by " + until + " at the latest",
                        "capacity_held: Raise max_concurrency of cheap to 2, or wait until one of its slots comes free",
                        "project_budget: Raise it to 4 or more (" + project() + ")" + NOT_ENOUGH);
        assertThat(blockers(order).get(2).facts()).containsEntry("needed", new BigDecimal("3"));

        ceiling(order, "3");
        assertThat(offered(order))
                .as("the budget does for what is cheap, but that is not free")
                .containsExactly("project_budget: Raise it to 4 or more (" + project() + ")");
        tenant.budget(PROJECT, "3.999999");
        assertThat(tenant.statusOf(order)).isEqualTo(Status.QUEUED);
        tenant.budget(PROJECT, "4");
        assertStarted(order);
    }

    @Test
    void where_the_budget_does_not_do_for_the_cheaper_either_no_way_is_enough() {
        put("cheap", "a", "1", 1);
        put("dear", "a", "3", 1);
        tenant.budget(PROJECT, "10");
        tenant.running(wanting("a"));
        tenant.budget(PROJECT, "1.5");
        TaskOrder order = tenant.waiting(wanting("a").maxTotalCost("2"));
        assertThat(offered(order))
                .satisfiesExactly(
                        ceiling -> assertThat(ceiling)
                                .startsWith("order_budget: Raise its max_total_cost to 3 or more; or wait for cheap, ")
                                .endsWith(NOT_ENOUGH),
                        held -> assertThat(held).startsWith("capacity_held: ").endsWith(NOT_ENOUGH),
                        budget -> assertThat(budget).startsWith("project_budget: Raise it to 4 or more ("));
        tenant.budget(PROJECT, "4");
        assertThat(offered(order)).extracting(one -> one.endsWith(NOT_ENOUGH)).containsExactly(false, false);
        put("cheap", "a", "1", 2);
        assertStarted(order);
    }

    @Test
    void an_asset_and_a_budget_are_both_needed_where_both_are_short() {
        tenant.bannedAsset("ip-1", "RAW_NET", "a");
        tenant.budget(PROJECT, "0.4");
        TaskOrder order = tenant.waiting(wanting("a"));
        assertThat(offered(order))
                .containsExactly(
                        "assets_banned: Set ip-1 AVAILABLE" + NOT_ENOUGH,
                        "project_budget: Raise it to 1 or more (" + project() + ")" + NOT_ENOUGH);
        tenant.budget(PROJECT, "1");
        assertThat(offered(order)).containsExactly("assets_banned: Set ip-1 AVAILABLE");
        put("ip-1", "a", "1", 1);
        assertStarted(order);
    }

    @Test
    void who_takes_only_what_it_prefers_is_told_of_it_also_where_its_budget_is_short() {
        tenant.bannedAsset("ip-1", "RAW_NET", "a");
        tenant.budget(PROJECT, "0.4");
        TaskOrder order = tenant.waiting(wanting("a").constraint("no_downgrade", true));
        assertThat(codes(order)).containsExactly("assets_banned", "project_budget");
        put("ip-1", "a", "1", 1);
        assertThat(offered(order)).containsExactly("project_budget: Raise it to 1 or more (" + project() + ")");
        tenant.budget(PROJECT, "1");
        assertStarted(order);
    }

    @Test
    void an_asset_that_its_budget_does_not_cover_is_no_way_out() {
        tenant.bannedAsset("dear", "RAW_NET", "a");
        tenant.sql(jdbc -> jdbc.sql("UPDATE asset SET unit_cost = 3").update());
        tenant.bannedAsset("cheap", "RAW_NET", "a");
        tenant.sql(jdbc -> jdbc.sql(
                        "UPDATE asset SET status = 'COOLING_DOWN', cool_until = '2099-01-02T03:04:05Z' WHERE asset_id = 'cheap'")
                .update());
        tenant.budget(PROJECT, "2");
        TaskOrder order = tenant.waiting(wanting("a"));
        assertThat(codes(order)).containsExactly("assets_cooling_down");
        tenant.budget(PROJECT, "0.9");
        assertThat(offered(order))
                .containsExactly(
                        "assets_cooling_down: Wait for cheap until 2099-01-02T03:04:05Z, or set it AVAILABLE"
                                + NOT_ENOUGH,
                        "project_budget: Raise it to 1 or more (" + project() + ")" + NOT_ENOUGH);
        put("cheap", "a", "1", 1);
        tenant.budget(PROJECT, "1");
        assertStarted(order);
    }

    @Test
    void where_only_a_substitute_is_covered_and_not_free_the_budget_is_told_for_what_meets_the_hints() {
        tenant.withSubstitutes("[{\"from\": \"res.*\", \"to\": \"mob.*\", \"min_health_score\": 70}]");
        put("res", "res.1", "1", 1);
        put("mobile", "mob.1", "0.25", 1);
        tenant.budget(PROJECT, "10");
        tenant.running(wanting("res.*"));
        tenant.running(wanting("mob.*"));
        tenant.budget(PROJECT, "1.75");
        TaskOrder order = tenant.waiting(wanting("res.*"));
        assertThat(offered(order))
                .containsExactly(
                        "capacity_held: Raise max_concurrency of res to 2, or wait until one of its slots comes free"
                                + NOT_ENOUGH,
                        "project_budget: Raise it to 2.25 or more (" + project() + ")" + AND_HELD + NOT_ENOUGH);
        tenant.budget(PROJECT, "2.25");
        assertThat(offered(order)).singleElement().asString().doesNotContain("not enough");
        put("res", "res.1", "1", 2);
        assertStarted(order);
    }

    @Test
    void an_order_that_would_take_the_money_first_is_before_it() {
        put("ip-a", "a", "1", 1);
        put("ip-b", "b", "1", 1);
        tenant.budget(PROJECT, "0.5");
        TaskOrder first = tenant.waiting(wanting("a").priority(90));
        TaskOrder order = tenant.waiting(wanting("b"));
        assertThat(offered(order))
                .containsExactly(
                        "project_budget: Raise it to 1 or more (" + project() + ")" + OTHERS_FIRST,
                        "behind_in_queue: Raise its priority to 91 to be the next that is served" + FIRST);
        assertThat(blockers(order).get(1).message())
                .isEqualTo("order " + first.taskId()
                        + " of priority 90, which wants some of the same money, comes before it");

        prioritised(order, 91);
        assertThat(offered(order)).containsExactly("project_budget: Raise it to 1 or more (" + project() + ")");
        tenant.budget(PROJECT, "1");
        assertStarted(order);
        assertThat(tenant.statusOf(first)).isEqualTo(Status.QUEUED);
    }

    @Test
    void an_order_that_needs_more_than_there_is_then_is_not_before_it() {
        put("ip-a", "a", "5", 1);
        put("ip-b", "b", "1", 1);
        tenant.budget(TENANT, "0.5");
        tenant.waiting(wanting("a").priority(90));
        TaskOrder order = tenant.waiting(wanting("b"));
        assertThat(offered(order)).containsExactly("tenant_budget: Raise it to 1 or more (" + all() + ")");
        tenant.budget(TENANT, "1");
        assertStarted(order);
    }

    @Test
    void an_order_of_the_same_line_is_before_it() {
        put("ip-a", "a", "1", 2);
        tenant.budget(PROJECT, "0.5");
        TaskOrder first = tenant.waiting(wanting("a"));
        TaskOrder order = tenant.waiting(wanting("a"));
        assertThat(offered(order))
                .containsExactly(
                        "project_budget: Raise it to 1 or more (" + project() + ")" + OTHERS_FIRST,
                        "behind_in_queue: Raise its priority to 51 to be the next that is served" + FIRST);
        tenant.budget(PROJECT, "1");
        assertThat(tenant.statusOf(first)).isEqualTo(Status.RUNNING);
        assertThat(offered(order))
                .containsExactly("project_budget: Raise it to 2 or more (" + project() + ")" + AND_HELD);
    }

    @Test
    void orders_that_need_nothing_start_together_when_there_is_anything() {
        tenant.budget(PROJECT, "0");
        TaskOrder first = tenant.waiting(anOrder());
        TaskOrder order = tenant.waiting(anOrder());
        assertThat(codes(order)).containsExactly("project_budget", "behind_in_queue");
        assertThat(offered(order).get(0)).isEqualTo("project_budget: Raise it above 0 (" + project() + ")");
        tenant.budget(PROJECT, "0.000001");
        assertStarted(order);
        assertStarted(first);
    }

    @Test
    void amounts_are_told_without_zeros_that_say_nothing() {
        put("cheap", "a", "0.50", 1);
        put("dear", "a", "0.850", 1);
        tenant.running(wanting("a"));
        TaskOrder order = tenant.waiting(wanting("a").maxTotalCost("0.700000"));
        Blocker blocker = blockers(order).get(0);
        assertThat(blocker.code()).isEqualTo("order_budget");
        assertThat(blocker.facts())
                .containsEntry("limit", new BigDecimal("0.7"))
                .containsEntry("needed", new BigDecimal("0.85"))
                .containsEntry("cheapest_when_free", new BigDecimal("0.5"))
                .containsEntry("posted", BigDecimal.ZERO)
                .containsEntry("held", BigDecimal.ZERO)
                .containsEntry("currency", "USD");
        assertThat(blocker.change()).startsWith("Raise its max_total_cost to 0.85 or more; or wait for cheap,");
    }

    private static Orders wanting(String sku) {
        return anOrder().wanting("RAW_NET", sku, 1);
    }

    private static String project() {
        return "PUT /v1/budgets/project/acme-shop?env=prod";
    }

    private String all() {
        return "PUT /v1/budgets/tenant/" + tenant.id().value() + "?env=prod";
    }

    private void put(String id, String sku, String unitCost, int concurrency) {
        AssetSpec spec = new AssetSpec(
                id,
                "prod",
                "RAW_NET",
                sku,
                Map.of(),
                AssetStatus.AVAILABLE,
                null,
                concurrency,
                new BigDecimal(unitCost),
                "USD",
                null,
                null);
        tenant.as(() -> tenant.bean(Assets.class).put(List.of(spec), Tenant.CALLER));
    }

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
        assertThat(tenant.statusOf(order)).isEqualTo(Status.RUNNING);
    }

    private List<String> codes(TaskOrder order) {
        return blockers(order).stream().map(Blocker::code).toList();
    }

    private List<String> offered(TaskOrder order) {
        return blockers(order).stream()
                .map(blocker -> blocker.code() + ": " + blocker.change())
                .toList();
    }

    private List<Blocker> blockers(TaskOrder order) {
        return tenant.as(() -> Application.shared().bean(Explanations.class).of(order.taskId()))
                .orElseThrow()
                .blockers();
    }
}
