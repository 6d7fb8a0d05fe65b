package dev.taskorder.activities.asset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.taskorder.activities.testing.Application;
import dev.taskorder.activities.testing.Race;
import dev.taskorder.activities.testing.Tenant;
import dev.taskorder.activities.testing.TestDatabase;
import dev.taskorder.api.asset.AssetSpec;
import dev.taskorder.api.asset.AssetStatus;
import dev.taskorder.api.asset.Assets;
import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Which event tells of which change of an asset. */
class AssetEventsTest {
    private final Tenant tenant = Tenant.fresh();

    @Test
    void a_ban_is_told_as_a_ban_and_all_else_as_a_change() {
        put(null, 1);
        put(AssetStatus.BANNED, 1);
        put(AssetStatus.BANNED, 2);
        put(null, 3);
        put(AssetStatus.AVAILABLE, 3);
        put(AssetStatus.RETIRED, 3);
        put(AssetStatus.BANNED, 3);

        assertThat(events())
                .containsExactly(
                        "asset.changed",
                        "asset.banned",
                        "asset.changed",
                        "asset.changed",
                        "asset.changed",
                        "asset.changed",
                        "asset.banned");
    }

    @Test
    void an_asset_that_is_banned_from_the_start_is_told_as_a_ban() {
        put(AssetStatus.BANNED, 1);
        assertThat(events()).containsExactly("asset.banned");
    }

    @Test
    void the_same_put_twice_tells_once() {
        put(AssetStatus.BANNED, 1);
        put(AssetStatus.BANNED, 1);
        assertThat(events()).hasSize(1);
    }

    @Test
    void sixteen_bans_at_once_are_one_ban() throws Exception {
        put(null, 100);

        Race.of(16, i -> () -> put(AssetStatus.BANNED, i + 1));

        assertThat(events()).hasSize(17).containsOnlyOnce("asset.banned");
    }

    @Test
    void a_ban_that_comes_while_another_one_is_under_way_is_a_change() {
        put(null, 1);

        CompletableFuture<Boolean> second = tenant.sql(jdbc -> {
            jdbc.sql("UPDATE asset SET status = 'BANNED'").update();
            CompletableFuture<Boolean> waiting = CompletableFuture.supplyAsync(() -> put(AssetStatus.BANNED, 2));
            await().until(AssetEventsTest::somebodyWaitsForALock);
            return waiting;
        });
        second.join();

        assertThat(events()).containsExactly("asset.changed", "asset.changed");
    }

    private static boolean somebodyWaitsForALock() {
        return TestDatabase.get()
                .superuser()
                .sql("SELECT EXISTS (SELECT FROM pg_stat_activity WHERE wait_event_type = 'Lock')")
                .query(Boolean.class)
                .single();
    }

    private boolean put(@Nullable AssetStatus status, int concurrency) {
        AssetSpec asset = new AssetSpec(
                "card",
                "prod",
                "RAW_FUND",
                "vcc",
                Map.of(),
                status,
                null,
                concurrency,
                BigDecimal.ONE,
                "USD",
                null,
                null);
        return tenant.as(() -> Application.shared().bean(Assets.class).put(List.of(asset), Tenant.CALLER))
                .isEmpty();
    }

    private List<String> events() {
        return tenant.sql(jdbc -> jdbc.sql("SELECT type FROM task_event WHERE object_type = 'asset' ORDER BY event_no")
                .query(String.class)
                .list());
    }
}
