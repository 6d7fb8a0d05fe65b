package dev.taskorder.activities.asset;

import static dev.taskorder.activities.testing.Orders.anOrder;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.taskorder.activities.json.Json;
import dev.taskorder.activities.testing.Application;
import dev.taskorder.activities.testing.Race;
import dev.taskorder.activities.testing.Tenant;
import dev.taskorder.api.asset.Asset;
import dev.taskorder.api.asset.AssetEvent;
import dev.taskorder.api.asset.AssetEventResult;
import dev.taskorder.api.asset.AssetEvents;
import dev.taskorder.api.asset.AssetSpec;
import dev.taskorder.api.asset.AssetStatus;
import dev.taskorder.api.asset.Assets;
import dev.taskorder.api.lease.Lease;
import dev.taskorder.api.order.TaskOrder;
import dev.taskorder.api.order.Verdict;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Outcomes that callers tell of assets: what they make of them, and that each is told once. */
class ToldOutcomesTest {
    private static final Instant OCCURRED = Instant.parse("2026-01-01T12:00:00.123456Z");
    private static final int RACERS = 16;

    /** So long that the seconds of a test change no score. */
    private static final Duration HALF_LIFE = Duration.ofHours(1000);

    private final Tenant tenant = Tenant.fresh().withAssetHealth("{\"half_life_s\": " + HALF_LIFE.toSeconds() + "}");

    @BeforeEach
    void an_asset() {
        tenant.asset("ip", "RAW_NET", "ip.1", 4, "1");
    }

    @ParameterizedTest
    @CsvSource({
        "OK, 100, AVAILABLE",
        "LATENCY, 91.667, AVAILABLE",
        "UNHEARD_OF, 91.667, AVAILABLE",
        "IP_BLOCKED, 83.333, COOLING_DOWN"
    })
    void an_outcome_moves_the_health_and_a_bad_one_cools_down(String type, BigDecimal score, AssetStatus status) {
        Asset asset = told(tell("e-1", type)).asset();
        assertThat(asset.healthScore()).isEqualByComparingTo(score);
        assertThat(asset.status()).isEqualTo(status);
    }

    @Test
    void a_bad_outcome_is_in_the_assets_event_with_what_followed() {
        tell("e-1", "IP_BLOCKED");
        Map<String, @Nullable Object> data = lastEvent("asset.changed");
        assertThat(data)
                .containsEntry("status", "COOLING_DOWN")
                .containsEntry("status_before", "AVAILABLE")
                .containsEntry("bad_in_row", 1)
                .containsEntry(
                        "outcomes", List.of(Map.of("event_id", "e-1", "event_type", "IP_BLOCKED", "outcome", "bad")));
        assertThat(new BigDecimal(String.valueOf(data.get("health_score")))).isEqualByComparingTo("83.333");
        assertThat(new BigDecimal(String.valueOf(data.get("health_score_before"))))
                .isEqualByComparingTo("100");
        assertThat(Instant.parse((String) data.get("cool_until"))).isEqualTo(coolUntil());
        assertThat(actors()).containsExactly("tester", "tester");
    }

    @Test
    void a_good_outcome_of_a_healthy_asset_is_kept_and_changes_nothing_that_can_be_seen() {
        Asset before = asset();
        tell("e-1", "OK");
        assertThat(asset()).isEqualTo(before);
        assertThat(actors()).as("but its creation").hasSize(1);
        assertThat(column("health_weight", Double.class)).isCloseTo(6, within(0.01));
        assertThat(eventsKept()).isEqualTo(1);
    }

    @Test
    void bad_ones_in_a_row_rest_it_ever_longer_and_the_fifth_bans_it() {
        double[] seconds = {60, 120, 240, 480};
        for (int i = 0; i < seconds.length; i++) {
            tell("e-" + i, "CARD_DECLINED");
            assertThat(restSeconds()).isCloseTo(seconds[i], within(2.0));
        }
        assertThat(told(tell("e-5", "CARD_DECLINED")).asset().status()).isEqualTo(AssetStatus.BANNED);
        assertThat(lastEvent("asset.banned")).containsEntry("bad_in_row", 5).doesNotContainKey("cool_until");
        assertThat(told(tell("e-6", "CARD_DECLINED")).asset().status()).isEqualTo(AssetStatus.BANNED);
        assertThat(lastEvent("asset.changed")).containsEntry("status_before", "BANNED");
    }

    @Test
    void a_good_one_in_between_begins_the_row_anew() {
        for (int i = 0; i < 4; i++) {
            tell("bad-" + i, "IP_BLOCKED");
        }
        tell("good", "OK");
        assertThat(told(tell("bad-5", "IP_BLOCKED")).asset().status()).isEqualTo(AssetStatus.COOLING_DOWN);
        assertThat(column("bad_in_row", Integer.class)).isEqualTo(1);
        assertThat(restSeconds()).as("and shortens no cool-down").isCloseTo(480, within(2.0));
    }

    @Test
    void what_happened_a_half_life_ago_weighs_half() {
        tellAt("e-1", "IP_BLOCKED", databaseTime().minus(HALF_LIFE));
        assertThat(asset().healthScore()).isCloseTo(new BigDecimal("90.909"), within(new BigDecimal("0.01")));
        assertThat(asset().status()).as("its cool-down is long over").isEqualTo(AssetStatus.AVAILABLE);
    }

    @Test
    void what_is_told_ten_months_late_neither_cools_down_nor_bans_nor_ends_a_row() {
        Instant longAgo = databaseTime().minus(Duration.ofDays(300));
        for (int i = 0; i < 5; i++) {
            tellAt("old-" + i, "IP_BLOCKED", longAgo);
        }
        assertThat(asset().status()).isEqualTo(AssetStatus.AVAILABLE);
        tell("new", "IP_BLOCKED");
        tellAt("good", "OK", longAgo);
        assertThat(column("bad_in_row", Integer.class)).isEqualTo(1);
        assertThat(restSeconds()).isCloseTo(60, within(2.0));
    }

    @Test
    void a_cool_down_begins_when_its_outcome_happened() {
        tellAt("e-1", "IP_BLOCKED", databaseTime().minusSeconds(20));
        assertThat(restSeconds()).isCloseTo(40, within(2.0));
    }

    @Test
    void the_same_event_again_answers_the_same_and_changes_nothing() {
        AssetEvent event = new AssetEvent(
                "e-1",
                "ip",
                null,
                null,
                "IP_BLOCKED",
                Map.of("external_latency_ms", 812, "context", Map.of("a", 1)),
                OCCURRED);
        Asset first = told(tell(event)).asset();
        List<String> before = rows();
        AssetEventResult.Told second = told(tell(event));
        assertThat(second.again()).isTrue();
        assertThat(second.asset()).isEqualTo(first);
        assertThat(rows()).isEqualTo(before);
    }

    @Test
    void other_content_under_a_told_id_is_refused_whatever_differs() {
        tenant.asset("other", "RAW_NET", "ip.2", 1, "1");
        TaskOrder order = running("ip.1");
        Lease lease = tenant.leases(order.taskId()).get(0);
        AssetEvent event = new AssetEvent(
                "e-1", "ip", order.taskId(), lease.leaseId(), "LATENCY", Map.of("error_code", "E"), OCCURRED);
        tell(event);
        List<String> before = rows();
        UUID task = order.taskId();
        UUID lid = lease.leaseId();
        List<AssetEvent> others = List.of(
                new AssetEvent("e-1", "other", null, null, "LATENCY", Map.of("error_code", "E"), OCCURRED),
                new AssetEvent("e-1", "ip", null, lid, "LATENCY", Map.of("error_code", "E"), OCCURRED),
                new AssetEvent("e-1", "ip", task, null, "LATENCY", Map.of("error_code", "E"), OCCURRED),
                new AssetEvent("e-1", "ip", task, lid, "OK", Map.of("error_code", "E"), OCCURRED),
                new AssetEvent("e-1", "ip", task, lid, "LATENCY", Map.of("error_code", "F"), OCCURRED),
                new AssetEvent("e-1", "ip", task, lid, "LATENCY", Map.of(), OCCURRED),
                new AssetEvent("e-1", "ip", task, lid, "LATENCY", Map.of("error_code", "E"), OCCURRED.plusMillis(1)),
                new AssetEvent("e-1", "ip", task, lid, "LATENCY", Map.of("error_code", "E"), null));
        assertThat(others).allSatisfy(other -> assertThat(tell(other)).isInstanceOf(AssetEventResult.IdReused.class));
        assertThat(rows()).isEqualTo(before);
        assertThat(told(tell(event)).again()).isTrue();
    }

    @Test
    void an_id_is_taken_by_one_tenant_only() {
        tell("e-1", "LATENCY");
        Tenant other = Tenant.fresh();
        other.asset("ip", "RAW_NET", "ip.1", 1, "1");
        AssetEventResult result = other.as(() ->
                Application.shared().bean(AssetEvents.class).tell(event("e-1", "IP_BLOCKED", null), Tenant.CALLER));
        assertThat(told(result).again()).isFalse();
        assertThat(asset().healthScore()).isEqualByComparingTo("91.667");
    }

    @Test
    void of_sixteen_at_once_under_one_id_one_counts_and_the_others_are_answered_as_repeats() throws Exception {
        List<Boolean> again =
                Race.of(RACERS, i -> () -> told(tell("e-1", "IP_BLOCKED")).again());
        assertThat(again).containsOnlyOnce(false).hasSize(RACERS);
        assertThat(asset().healthScore()).isEqualByComparingTo("83.333");
        assertThat(column("bad_in_row", Integer.class)).isEqualTo(1);
    }

    @Test
    void of_sixteen_with_other_content_under_one_id_one_counts() throws Exception {
        List<AssetEventResult> results = Race.of(RACERS, i -> () -> tell("e-1", "TYPE_" + i));
        assertThat(results.stream().filter(AssetEventResult.Told.class::isInstance))
                .hasSize(1);
        assertThat(results.stream().filter(AssetEventResult.IdReused.class::isInstance))
                .hasSize(RACERS - 1);
        assertThat(asset().healthScore()).isEqualByComparingTo("91.667");
    }

    @Test
    void of_sixteen_outcomes_at_once_none_is_lost() throws Exception {
        tenant.withAssetHealth("{\"ban_after\": 100}"); // nobody looked at the policy yet
        Race.of(RACERS, i -> () -> tell("e-" + i, i % 2 == 0 ? "IP_BLOCKED" : "LATENCY"));
        assertThat(column("health_weight", Double.class)).isCloseTo(5 + RACERS, within(0.05));
        assertThat(column("health_value", Double.class)).isCloseTo(5 + 0.5 * RACERS / 2, within(0.05));
        assertThat(column("bad_in_row", Integer.class)).isEqualTo(RACERS / 2);
        assertThat(eventsKept()).isEqualTo(RACERS);
    }

    @Test
    void an_event_goes_by_the_rules_its_order_is_pinned_to_and_one_without_an_order_by_those_in_force() {
        TaskOrder order = running("ip.1");
        UUID leaseId = tenant.leases(order.taskId()).get(0).leaseId();
        Tenant newer = tenant.withAssetHealth("{\"outcomes\": {\"LATENCY\": \"good\"}}");
        org.awaitility.Awaitility.await()
                .until(() ->
                        newer.created(anOrder().spec()).state().policyVersion().equals("tenant_policy.v3"));
        tell("now", "LATENCY");
        assertThat(asset().healthScore()).isEqualByComparingTo("100");
        tell(new AssetEvent("by-task", "ip", order.taskId(), null, "LATENCY", Map.of(), null));
        assertThat(asset().healthScore()).isEqualByComparingTo("92.857");
        tell(new AssetEvent("by-lease", "ip", null, leaseId, "LATENCY", Map.of(), null));
        assertThat(asset().healthScore()).isEqualByComparingTo("87.5");
    }

    @Test
    void what_an_event_points_at_must_be_of_this_tenant_and_of_this_asset() {
        tenant.asset("other", "RAW_NET", "ip.2", 1, "1");
        TaskOrder order = running("ip.1");
        TaskOrder elsewhere = running("ip.2");
        UUID lease = tenant.leases(order.taskId()).get(0).leaseId();
        UUID leaseElsewhere = tenant.leases(elsewhere.taskId()).get(0).leaseId();
        Tenant foreign = Tenant.fresh();
        foreign.asset("ip", "RAW_NET", "ip.1", 4, "1");
        TaskOrder foreignOrder =
                foreign.created(anOrder().wanting("RAW_NET", null, 1).spec());
        foreign.admitted(foreignOrder);
        UUID foreignLease = foreign.leases(foreignOrder.taskId()).get(0).leaseId();
        List<String> before = rows();
        for (UUID task : List.of(UUID.randomUUID(), foreignOrder.taskId(), elsewhere.taskId())) {
            assertThat(tell(pointing(task, null))).isInstanceOf(AssetEventResult.NoSuchOrder.class);
        }
        for (UUID id : List.of(UUID.randomUUID(), foreignLease, leaseElsewhere)) {
            assertThat(tell(pointing(null, id))).isInstanceOf(AssetEventResult.NoSuchLease.class);
            assertThat(tell(pointing(order.taskId(), id))).isInstanceOf(AssetEventResult.NoSuchLease.class);
        }
        TaskOrder second = running("ip.1");
        assertThat(tell(pointing(second.taskId(), lease)))
                .as("a lease of another order")
                .isInstanceOf(AssetEventResult.NoSuchLease.class);
        assertThat(tell(new AssetEvent("e", "nothing", null, null, "OK", Map.of(), null)))
                .isInstanceOf(AssetEventResult.NoAsset.class);
        assertThat(rows()).isEqualTo(before);
        assertThat(tell(pointing(order.taskId(), lease))).isInstanceOf(AssetEventResult.Told.class);
    }

    @Test
    void a_score_that_is_set_keeps_its_weight() {
        tell("e-1", "OK");
        put(null, new BigDecimal("40"));
        assertThat(column("health_weight", Double.class)).isCloseTo(6, within(0.01));
        tell("e-2", "OK");
        assertThat(asset().healthScore()).isCloseTo(new BigDecimal("48.571"), within(new BigDecimal("0.01")));
        put(null, new BigDecimal("100"));
        assertThat(asset().healthScore()).isEqualByComparingTo("100");
    }

    @Test
    void a_new_asset_may_be_born_less_healthy() {
        tenant.as(() -> Application.shared()
                .bean(Assets.class)
                .put(List.of(spec("born", null, new BigDecimal("50"))), Tenant.CALLER));
        AssetEventResult result = tell(new AssetEvent("e-1", "born", null, null, "OK", Map.of(), null));
        assertThat(told(result).asset().healthScore()).isEqualByComparingTo("58.333");
    }

    @Test
    void an_operator_ends_a_cool_down_and_the_row_of_bad_ones() {
        tell("e-1", "IP_BLOCKED");
        tell("e-2", "IP_BLOCKED");
        TaskOrder waiting = tenant.created(anOrder().wanting("RAW_NET", null, 1).spec());
        assertThat(tenant.admitted(waiting)).isInstanceOf(Verdict.Await.class);
        put(AssetStatus.AVAILABLE, null);
        assertThat(asset().status()).isEqualTo(AssetStatus.AVAILABLE);
        assertThat(tenant.leases(waiting.taskId())).hasSize(1);
        tell("e-3", "IP_BLOCKED");
        assertThat(restSeconds()).isCloseTo(60, within(2.0));
    }

    @ParameterizedTest
    @CsvSource({"BANNED", "RETIRED"})
    void an_operator_may_ban_or_retire_what_is_cooling_down(AssetStatus status) {
        tell("e-1", "IP_BLOCKED");
        put(status, null);
        assertThat(asset().status()).isEqualTo(status);
        tell("e-2", "IP_BLOCKED");
        assertThat(asset().status()).isEqualTo(status);
        assertThat(column("bad_in_row", Integer.class)).isEqualTo(1);
    }

    @Test
    void an_operator_who_says_nothing_of_the_status_leaves_the_cool_down() {
        tell("e-1", "IP_BLOCKED");
        Instant until = coolUntil();
        put(null, new BigDecimal("70"));
        assertThat(asset().status()).isEqualTo(AssetStatus.COOLING_DOWN);
        assertThat(coolUntil()).isEqualTo(until);
    }

    @Test
    void a_health_that_rises_starts_an_order_that_waits_for_it() {
        tell("e-1", "LATENCY");
        TaskOrder waiting = tenant.created(anOrder()
                .wanting("RAW_NET", null, 1)
                .constraint("min_health_score", 92)
                .spec());
        assertThat(tenant.admitted(waiting)).isInstanceOf(Verdict.Await.class);
        tell("e-2", "OK");
        assertThat(tenant.leases(waiting.taskId())).hasSize(1);
    }

    @Test
    void live_leases_of_an_asset_that_cools_down_stay() {
        TaskOrder order = running("ip.1");
        tell("e-1", "IP_BLOCKED");
        assertThat(tenant.leases(order.taskId())).extracting(Lease::state).containsExactly(Lease.State.ACTIVE);
        assertThat(asset().currentConcurrency()).isEqualTo(1);
    }

    private TaskOrder running(String sku) {
        TaskOrder order = tenant.created(anOrder().wanting("RAW_NET", sku, 1).spec());
        assertThat(tenant.admitted(order)).isInstanceOf(Verdict.Execute.class);
        return order;
    }

    private static AssetEvent event(String id, String type, @Nullable Instant occurredAt) {
        return new AssetEvent(id, "ip", null, null, type, Map.of(), occurredAt);
    }

    private static AssetEvent pointing(@Nullable UUID taskId, @Nullable UUID leaseId) {
        return new AssetEvent("pointing", "ip", taskId, leaseId, "LATENCY", Map.of(), null);
    }

    private AssetEventResult tell(String id, String type) {
        return tell(event(id, type, null));
    }

    private void tellAt(String id, String type, Instant occurredAt) {
        assertThat(tell(event(id, type, occurredAt))).isInstanceOf(AssetEventResult.Told.class);
    }

    private AssetEventResult tell(AssetEvent event) {
        return tenant.as(() -> Application.shared().bean(AssetEvents.class).tell(event, Tenant.CALLER));
    }

    private static AssetEventResult.Told told(AssetEventResult result) {
        return (AssetEventResult.Told) result;
    }

    private void put(@Nullable AssetStatus status, @Nullable BigDecimal health) {
        tenant.as(
                () -> Application.shared().bean(Assets.class).put(List.of(spec("ip", status, health)), Tenant.CALLER));
    }

    private static AssetSpec spec(String id, @Nullable AssetStatus status, @Nullable BigDecimal health) {
        return new AssetSpec(
                id, "prod", "RAW_NET", "ip.1", Map.of(), status, health, 4, BigDecimal.ONE, "USD", null, null);
    }

    private Asset asset() {
        return tenant.as(() -> Application.shared().bean(Assets.class).find("ip"))
                .orElseThrow();
    }

    private Instant coolUntil() {
        return column("cool_until", java.time.OffsetDateTime.class).toInstant();
    }

    private double restSeconds() {
        return column("extract(epoch FROM cool_until - now())", Double.class);
    }

    private Instant databaseTime() {
        return column("now()", java.time.OffsetDateTime.class).toInstant();
    }

    private <T> T column(String expression, Class<T> type) {
        return tenant.sql(jdbc -> jdbc.sql("SELECT " + expression + " FROM asset WHERE asset_id = 'ip'")
                .query(type)
                .single());
    }

    /** Everything that a told event can change. */
    private List<String> rows() {
        return tenant.sql(jdbc -> jdbc.sql("""
                SELECT a::text FROM asset a
                UNION ALL SELECT e::text FROM asset_event e
                UNION ALL SELECT t::text FROM task_event t WHERE object_type = 'asset'
                UNION ALL SELECT m::text FROM match_wanted m
                ORDER BY 1
                """).query(String.class).list());
    }

    private long eventsKept() {
        return tenant.sql(jdbc ->
                jdbc.sql("SELECT count(*) FROM asset_event").query(Long.class).single());
    }

    private List<String> actors() {
        return tenant.sql(jdbc -> jdbc.sql("SELECT actor FROM task_event WHERE object_type = 'asset' ORDER BY event_no")
                .query(String.class)
                .list());
    }

    /** What the last event of the asset says, which must be of this type. */
    private Map<String, @Nullable Object> lastEvent(String type) {
        Map<String, Object> row = tenant.sql(jdbc -> jdbc.sql("""
                SELECT type, data::text AS data FROM task_event
                 WHERE object_type = 'asset' ORDER BY event_no DESC LIMIT 1
                """).query().singleRow());
        assertThat(row).containsEntry("type", type);
        return Json.object((String) row.get("data"));
    }
}
