package dev.taskorder.activities.matching;

import static dev.taskorder.activities.testing.Orders.anOrder;
import static org.assertj.core.api.Assertions.assertThat;

import dev.taskorder.activities.testing.Application;
import dev.taskorder.activities.testing.Orders;
import dev.taskorder.activities.testing.Tenant;
import dev.taskorder.activities.testing.TestDatabase;
import dev.taskorder.api.asset.AssetSpec;
import dev.taskorder.api.asset.AssetStatus;
import dev.taskorder.api.asset.Assets;
import dev.taskorder.api.lease.Lease;
import dev.taskorder.api.order.ResourceHint;
import dev.taskorder.api.order.Status;
import dev.taskorder.api.order.TaskOrder;
import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What a change of an asset means for those who hold it and for those who wait. */
class LiveChangesTest {
    private final Tenant tenant = Tenant.fresh();

    @Test
    void more_concurrency_starts_as_many_more_at_once() {
        tenant.asset("ip", "RAW_NET", "ip.1", 1, "1");
        tenant.running(wantingAny());
        List<TaskOrder> waiting = IntStream.range(0, 4)
                .mapToObj(i -> tenant.waiting(wantingAny()))
                .toList();
        tenant.asset("ip", "RAW_NET", "ip.1", 4, "1");
        assertThat(waiting.stream().map(tenant::statusOf))
                .containsExactly(Status.RUNNING, Status.RUNNING, Status.RUNNING, Status.QUEUED);
    }

    @Test
    void less_concurrency_touches_no_live_lease_and_lets_nobody_in_until_it_has_drained() {
        tenant.asset("ip", "RAW_NET", "ip.1", 3, "1");
        List<TaskOrder> holders = IntStream.range(0, 3)
                .mapToObj(i -> tenant.running(wantingAny()))
                .toList();
        TaskOrder next = tenant.waiting(wantingAny());
        tenant.asset("ip", "RAW_NET", "ip.1", 1, "1");

        assertThat(holders)
                .allSatisfy(holder -> assertThat(lease(holder).state()).isEqualTo(Lease.State.ACTIVE));
        tenant.finish(holders.get(0));
        tenant.finish(holders.get(1));
        assertThat(tenant.statusOf(next)).isEqualTo(Status.QUEUED);
        tenant.finish(holders.get(2));
        assertThat(tenant.statusOf(next)).isEqualTo(Status.RUNNING);
    }

    @Test
    void an_asset_changes_while_somebody_gives_a_slot_of_it_back_and_has_yet_to_tell_it_so() {
        tenant.asset("ip", "RAW_NET", "ip.1", 2, "1");
        try (Application impatient = new Application(1, "SET lock_timeout = '100ms'")) {
            TestDatabase.get()
                    .whileHeld(
                            jdbc -> jdbc.sql("UPDATE asset_slot SET rests_until = now() WHERE tenant_id = :tenant")
                                    .param("tenant", tenant.id().value())
                                    .update(),
                            () -> tenant.in(impatient).asset("ip", "RAW_NET", "ip.1", 3, "1"));
        }
        List.of(1, 2, 3).forEach(slot -> tenant.running(wantingAny()));
    }

    @Test
    void a_retired_asset_keeps_its_holder_to_the_end_and_gets_no_other() {
        tenant.asset("old", "RAW_NET", "ip.1", 1, "1");
        TaskOrder holder = tenant.running(wantingAny());
        tenant.bannedAsset("away", "RAW_NET", "ip.9");
        TaskOrder next = tenant.waiting(wantingAny());
        put("old", AssetStatus.RETIRED, "1", Map.of());

        assertThat(lease(holder).state()).isEqualTo(Lease.State.ACTIVE);
        tenant.finish(holder);
        assertThat(tenant.statusOf(holder)).isEqualTo(Status.SUCCESS);
        assertThat(tenant.statusOf(next)).isEqualTo(Status.QUEUED);
    }

    @Test
    void a_banned_asset_keeps_its_holder_to_the_end_and_gets_no_other() {
        tenant.asset("ip", "RAW_NET", "ip.1", 1, "1");
        TaskOrder holder = tenant.running(wantingAny());
        TaskOrder next = tenant.waiting(wantingAny());
        put("ip", AssetStatus.BANNED, "1", Map.of());
        tenant.finish(holder);
        assertThat(tenant.statusOf(holder)).isEqualTo(Status.SUCCESS);
        assertThat(tenant.statusOf(next)).isEqualTo(Status.QUEUED);
        put("ip", AssetStatus.AVAILABLE, "1", Map.of());
        assertThat(tenant.statusOf(next)).isEqualTo(Status.RUNNING);
    }

    @Test
    void a_new_price_counts_for_new_leases_only() {
        tenant.asset("ip", "RAW_NET", "ip.1", 1, "1");
        TaskOrder before = tenant.running(wantingAny());
        put("ip", null, "2.5", Map.of());
        tenant.finish(before);
        TaskOrder after = tenant.running(wantingAny());
        tenant.finish(after);
        assertThat(lease(before).unitCost()).isEqualByComparingTo("1");
        assertThat(charged(before)).isEqualByComparingTo("1");
        assertThat(lease(after).unitCost()).isEqualByComparingTo("2.5");
        assertThat(charged(after)).isEqualByComparingTo("2.5");
    }

    @Test
    void a_price_that_falls_starts_who_could_not_pay() {
        tenant.asset("cheap", "RAW_NET", "ip.1", 1, "1");
        tenant.asset("dear", "RAW_NET", "ip.2", 1, "9");
        tenant.running(wantingAny());
        TaskOrder poor = tenant.waiting(wantingAny().maxTotalCost("2"));
        tenant.asset("dear", "RAW_NET", "ip.2", 1, "2");
        assertThat(tenant.statusOf(poor)).isEqualTo(Status.RUNNING);
    }

    @Test
    void another_sku_starts_who_waits_for_it() {
        tenant.bannedAsset("away", "RAW_NET", "wanted");
        tenant.asset("ip", "RAW_NET", "other", 1, "1");
        TaskOrder order = tenant.waiting(anOrder().wanting("RAW_NET", "wanted", 1));
        tenant.asset("ip", "RAW_NET", "wanted", 1, "1");
        assertThat(tenant.statusOf(order)).isEqualTo(Status.RUNNING);
    }

    @Test
    void another_attribute_starts_who_waits_for_it() {
        tenant.bannedAsset("away", "RAW_NET", "ip.9", Map.of("geo", "GB"));
        tenant.asset("ip", "RAW_NET", "ip.1", 1, "1", Map.of("geo", "US"));
        TaskOrder order = tenant.waiting(anOrder().wanting(new ResourceHint("RAW_NET", null, 1, Map.of("geo", "GB"))));
        tenant.asset("ip", "RAW_NET", "ip.1", 1, "1", Map.of("geo", "GB"));
        assertThat(tenant.statusOf(order)).isEqualTo(Status.RUNNING);
    }

    @Test
    void a_holder_keeps_what_no_longer_fits_it() {
        tenant.asset("ip", "RAW_NET", "ip.1", 1, "1");
        TaskOrder holder = tenant.running(anOrder().wanting("RAW_NET", "ip.1", 1));
        tenant.asset("ip", "RAW_NET", "xp.1", 1, "1");
        assertThat(lease(holder).state()).isEqualTo(Lease.State.ACTIVE);
        tenant.finish(holder);
        assertThat(tenant.statusOf(holder)).isEqualTo(Status.SUCCESS);
    }

    @Test
    void an_asset_with_so_many_uses_left_is_leased_no_more_often_however_many_slots_it_has() {
        tenant.asset("card", "RAW_FUND", "vcc", 5, "1");
        tenant.bannedAsset("away", "RAW_FUND", "vcc");
        tenant.sql(jdbc -> jdbc.sql("UPDATE asset SET max_uses = 3, uses = 1 WHERE asset_id = 'card'")
                .update());
        tenant.running(anOrder().wanting("RAW_FUND", null, 1));
        TaskOrder last = tenant.running(anOrder().wanting("RAW_FUND", null, 1));
        TaskOrder next = tenant.waiting(anOrder().wanting("RAW_FUND", null, 1));
        // one that never began has used nothing
        tenant.cancel(last.taskId());
        tenant.proceed(last);
        assertThat(tenant.statusOf(next)).isEqualTo(Status.RUNNING);
    }

    @Test
    void of_equal_assets_the_least_loaded_is_next_and_then_the_one_longest_unused() {
        tenant.asset("a", "RAW_NET", "ip.1", 2, "1");
        tenant.asset("b", "RAW_NET", "ip.2", 2, "1");
        TaskOrder first = tenant.running(wantingAny());
        TaskOrder second = tenant.running(wantingAny());
        assertThat(List.of(lease(first).assetId(), lease(second).assetId())).containsExactly("a", "b");
        tenant.finish(second);
        TaskOrder third = tenant.running(wantingAny());
        assertThat(lease(third).assetId()).as("least loaded").isEqualTo("b");
        tenant.finish(first);
        tenant.finish(third);
        assertThat(lease(tenant.running(wantingAny())).assetId())
                .as("longest unused")
                .isEqualTo("a");
    }

    private static Orders wantingAny() {
        return anOrder().wanting("RAW_NET", null, 1);
    }

    private void put(String asset, @Nullable AssetStatus status, String unitCost, Map<String, Object> attributes) {
        AssetSpec spec = new AssetSpec(
                asset,
                "prod",
                "RAW_NET",
                "ip.1",
                attributes,
                status,
                null,
                1,
                new BigDecimal(unitCost),
                "USD",
                null,
                null);
        tenant.as(() -> Application.shared().bean(Assets.class).put(List.of(spec), Tenant.CALLER));
    }

    private Lease lease(TaskOrder order) {
        return tenant.leases(order.taskId()).get(0);
    }

    private BigDecimal charged(TaskOrder order) {
        return tenant.sql(jdbc -> jdbc.sql(
                        "SELECT amount FROM ledger_entry WHERE task_id = :task AND kind = 'lease' AND phase = 'POST'")
                .param("task", order.taskId())
                .query(BigDecimal.class)
                .single());
    }
}
