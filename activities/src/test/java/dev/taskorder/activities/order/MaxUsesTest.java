package dev.taskorder.activities.order;

import static dev.taskorder.activities.testing.Orders.anOrder;
import static org.assertj.core.api.Assertions.assertThat;

import dev.taskorder.activities.json.Json;
import dev.taskorder.activities.testing.Application;
import dev.taskorder.activities.testing.Race;
import dev.taskorder.activities.testing.Tenant;
import dev.taskorder.api.asset.Asset;
import dev.taskorder.api.asset.AssetSpec;
import dev.taskorder.api.asset.AssetStatus;
import dev.taskorder.api.asset.Assets;
import dev.taskorder.api.asset.PutAssetResult;
import dev.taskorder.api.execution.ExecutionResult;
import dev.taskorder.api.execution.LeaseOutcome;
import dev.taskorder.api.lease.Lease;
import dev.taskorder.api.order.OrderSteps.How;
import dev.taskorder.api.order.Status;
import dev.taskorder.api.order.TaskOrder;
import dev.taskorder.api.order.Verdict;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A card that is good for so many leases retires by itself. */
class MaxUsesTest {
    private static final int RACERS = 16;

    private final Tenant tenant = Tenant.fresh();

    @AfterEach
    void an_asset_was_used_as_often_as_its_leases_were() {
        List<String> counts =
                tenant.sql(jdbc -> jdbc.sql("""
                SELECT a.asset_id || ': ' || a.uses || ' counted, ' || count(l.*) || ' used' FROM asset a
                  LEFT JOIN lease l ON l.asset_id = a.asset_id AND l.used
                 GROUP BY a.asset_id, a.uses HAVING a.uses <> count(l.*)
                """).query(String.class).list());
        assertThat(counts).isEmpty();
    }

    @Test
    void the_last_lease_that_it_is_good_for_retires_it_and_not_the_one_before() {
        put(2, null);
        worked("OK");
        assertThat(card().status()).isEqualTo(AssetStatus.AVAILABLE);
        worked("OK");
        assertThat(card().status()).isEqualTo(AssetStatus.RETIRED);
        assertThat(lastEvent())
                .containsEntry("what", "max_uses reached")
                .containsEntry("status", "RETIRED")
                .containsEntry("status_before", "AVAILABLE")
                .containsEntry("uses", 2)
                .containsEntry("max_uses", 2);
    }

    @ParameterizedTest
    @CsvSource({"SOFT_FAIL", "HARD_FAIL", "RETRYABLE", "BANNED"})
    void a_use_is_a_use_whatever_came_of_it(String code) {
        put(1, null);
        worked(code);
        assertThat(card().status()).isEqualTo(AssetStatus.RETIRED);
    }

    @Test
    void a_lease_counts_once_however_many_attempts_begin_with_it() {
        put(2, null);
        TaskOrder order = running();
        for (int attempt = 1; attempt <= 2; attempt++) {
            tenant.answered(order, attempt, ExecutionResult.of("RETRYABLE", null));
            tenant.concluded(order, attempt, How.ANSWERED);
            tenant.sql(
                    jdbc -> jdbc.sql("UPDATE task_order SET retry_at = now()").update());
            tenant.step(steps -> steps.proceed(tenant.ref(order)));
        }
        assertThat(uses()).isEqualTo(1);
        assertThat(card().status()).isEqualTo(AssetStatus.AVAILABLE);
    }

    @Test
    void a_lease_that_no_attempt_began_with_is_no_use() {
        put(1, null);
        TaskOrder order = running();
        tenant.cancel(order.taskId());
        tenant.step(steps -> steps.proceed(tenant.ref(order)));
        assertThat(tenant.find(order.taskId()).state().status()).isEqualTo(Status.CANCELLED);
        assertThat(card().status()).isEqualTo(AssetStatus.AVAILABLE);
        assertThat(uses()).isZero();
    }

    @Test
    void a_lost_worker_has_used_it_and_the_order_goes_on_with_what_it_holds() {
        put(1, null);
        TaskOrder order = running();
        tenant.begin(order, 1);
        assertThat(tenant.concluded(order, 1, How.LOST)).isInstanceOf(Verdict.Execute.class);
        assertThat(card().status()).isEqualTo(AssetStatus.RETIRED);
        assertThat(tenant.leases(order.taskId())).extracting(Lease::state).containsExactly(Lease.State.ACTIVE);
        tenant.answered(order, 2, ExecutionResult.of("OK", null));
        assertThat(tenant.concluded(order, 2, How.ANSWERED)).isEqualTo(new Verdict.Over("SUCCESS"));
    }

    @Test
    void who_waits_for_an_asset_whose_uses_are_up_ends_with_the_reason() {
        put(1, 1);
        TaskOrder last = running();
        TaskOrder waiting =
                tenant.created(anOrder().wanting("RAW_FUND", null, 1).spec());
        assertThat(tenant.admitted(waiting)).isInstanceOf(Verdict.Await.class);
        tenant.answered(last, 1, ExecutionResult.of("OK", null));
        tenant.concluded(last, 1, How.ANSWERED);
        TaskOrder ended = tenant.find(waiting.taskId());
        assertThat(ended.state().status()).isEqualTo(Status.FAILED);
        assertThat(ended.state().resultCode()).isEqualTo("NO_RESOURCE");
        assertThat(ended.state().resultMessage()).contains("1 retired");
    }

    @Test
    void what_was_banned_by_its_last_use_is_retired() {
        tenant.withAssetHealth("{\"ban_after\": 1}");
        put(1, null);
        TaskOrder order = running();
        LeaseOutcome declined =
                new LeaseOutcome(tenant.leases(order.taskId()).get(0).leaseId(), "CARD_DECLINED", Map.of());
        tenant.answered(order, 1, new ExecutionResult("OK", null, Map.of(), List.of(declined), List.of(), List.of()));
        tenant.concluded(order, 1, How.ANSWERED);
        assertThat(card().status()).isEqualTo(AssetStatus.RETIRED);
        assertThat(card().healthScore()).isLessThan(new BigDecimal("84"));
    }

    @Test
    void sixteen_uses_at_once_retire_it_once_and_exactly_with_the_sixteenth() throws Exception {
        put(RACERS, 100);
        List<TaskOrder> orders = new ArrayList<>();
        for (int i = 0; i < RACERS; i++) {
            TaskOrder order = running();
            tenant.answered(order, 1, ExecutionResult.of(i % 2 == 0 ? "OK" : "RETRYABLE", null));
            orders.add(order);
        }
        Race.of(RACERS, i -> () -> tenant.concluded(orders.get(i), 1, How.ANSWERED));
        assertThat(uses()).isEqualTo(RACERS);
        assertThat(card().status()).isEqualTo(AssetStatus.RETIRED);
        List<Integer> retired = tenant.sql(jdbc -> jdbc.sql(
                        "SELECT (data ->> 'uses')::int FROM task_event WHERE data ->> 'what' = 'max_uses reached'")
                .query(Integer.class)
                .list());
        assertThat(retired).containsExactly(RACERS);
    }

    @Test
    void uses_of_before_count_when_an_asset_is_limited_later() {
        put(null, null);
        worked("OK");
        worked("OK");
        put(3, null);
        assertThat(card().status()).isEqualTo(AssetStatus.AVAILABLE);
        worked("OK");
        assertThat(card().status()).isEqualTo(AssetStatus.RETIRED);
    }

    @Test
    void a_limit_that_is_reached_when_it_is_set_retires_at_once_and_the_same_again_changes_nothing() {
        put(null, null);
        worked("OK");
        put(1, null);
        assertThat(card().status()).isEqualTo(AssetStatus.RETIRED);
        assertThat(lastEvent()).containsEntry("max_uses", 1).containsEntry("uses", 1);
        Asset before = card();
        put(1, null);
        assertThat(card()).isEqualTo(before);
    }

    @ParameterizedTest
    @CsvSource({"AVAILABLE", "BANNED"})
    void what_is_used_up_is_neither_brought_back_nor_banned_under_its_old_limit(AssetStatus status) {
        put(1, null);
        worked("OK");
        Asset before = card();
        assertThat(put(1, null, status)).isEqualTo(new PutAssetResult.UsedUp(1, 1, status));
        assertThat(card()).isEqualTo(before);
        assertThat(put(1, null, AssetStatus.RETIRED)).isInstanceOf(PutAssetResult.Stored.class);
    }

    @Test
    void a_limit_that_is_raised_lets_an_operator_bring_it_back() {
        put(1, null);
        worked("OK");
        put(2, null);
        assertThat(card().status()).as("not by itself").isEqualTo(AssetStatus.RETIRED);
        assertThat(put(2, null, AssetStatus.AVAILABLE)).isInstanceOf(PutAssetResult.Stored.class);
        assertThat(card().status()).isEqualTo(AssetStatus.AVAILABLE);
        worked("OK");
        assertThat(card().status()).isEqualTo(AssetStatus.RETIRED);
    }

    @Test
    void a_limit_that_is_reached_retires_what_is_cooling_down() {
        put(null, null);
        worked("OK");
        tenant.sql(jdbc -> jdbc.sql("UPDATE asset SET status = 'COOLING_DOWN', cool_until = now() + interval '1 hour'")
                .update());
        put(1, null);
        assertThat(card().status()).isEqualTo(AssetStatus.RETIRED);
    }

    @Test
    void a_limit_that_is_set_while_its_uses_are_counted_misses_none() throws Exception {
        put(null, 100);
        List<TaskOrder> orders = new ArrayList<>();
        for (int i = 0; i < RACERS - 1; i++) {
            TaskOrder order = running();
            tenant.answered(order, 1, ExecutionResult.of("OK", null));
            orders.add(order);
        }
        Race.of(RACERS, i -> () -> {
            if (i == RACERS / 2) {
                put(RACERS - 1, 100);
            } else {
                tenant.concluded(orders.get(i < RACERS / 2 ? i : i - 1), 1, How.ANSWERED);
            }
            return true;
        });
        assertThat(card().status()).isEqualTo(AssetStatus.RETIRED);
    }

    private TaskOrder running() {
        TaskOrder order = tenant.created(anOrder().wanting("RAW_FUND", null, 1).spec());
        assertThat(tenant.admitted(order)).isInstanceOf(Verdict.Execute.class);
        return order;
    }

    private void worked(String code) {
        TaskOrder order = running();
        tenant.answered(order, 1, ExecutionResult.of(code, null));
        tenant.concluded(order, 1, How.ANSWERED);
    }

    private void put(@Nullable Integer maxUses, @Nullable Integer concurrency) {
        assertThat(put(maxUses, concurrency, null)).isInstanceOf(PutAssetResult.Stored.class);
    }

    private PutAssetResult put(@Nullable Integer maxUses, @Nullable Integer concurrency, @Nullable AssetStatus status) {
        AssetSpec card = new AssetSpec(
                "card",
                "prod",
                "RAW_FUND",
                "vcc.1",
                Map.of(),
                status,
                null,
                concurrency == null ? 4 : concurrency,
                BigDecimal.ONE,
                "USD",
                maxUses,
                null);
        List<PutAssetResult> stored =
                tenant.as(() -> Application.shared().bean(Assets.class).put(List.of(card), Tenant.CALLER));
        assertThat(stored).hasSize(1);
        return stored.get(0);
    }

    private Asset card() {
        return tenant.as(() -> Application.shared().bean(Assets.class).find("card"))
                .orElseThrow();
    }

    private int uses() {
        return tenant.sql(
                jdbc -> jdbc.sql("SELECT uses FROM asset").query(Integer.class).single());
    }

    private Map<String, @Nullable Object> lastEvent() {
        return tenant.sql(jdbc -> Json.object(
                jdbc.sql("SELECT data FROM task_event WHERE object_type = 'asset' ORDER BY event_no DESC LIMIT 1")
                        .query(String.class)
                        .single()));
    }
}
