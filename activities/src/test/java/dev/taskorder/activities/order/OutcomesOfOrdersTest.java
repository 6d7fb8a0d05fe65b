package dev.taskorder.activities.order;

import static dev.taskorder.activities.testing.Orders.anOrder;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.awaitility.Awaitility.await;

import dev.taskorder.activities.testing.Application;
import dev.taskorder.activities.testing.Race;
import dev.taskorder.activities.testing.Tenant;
import dev.taskorder.api.asset.Asset;
import dev.taskorder.api.asset.AssetEvent;
import dev.taskorder.api.asset.AssetEventResult;
import dev.taskorder.api.asset.AssetEvents;
import dev.taskorder.api.asset.AssetStatus;
import dev.taskorder.api.asset.Assets;
import dev.taskorder.api.event.Timeline;
import dev.taskorder.api.event.TimelineEvent;
import dev.taskorder.api.execution.ExecutionResult;
import dev.taskorder.api.execution.LeaseOutcome;
import dev.taskorder.api.lease.Lease;
import dev.taskorder.api.order.OrderSteps.How;
import dev.taskorder.api.order.TaskOrder;
import dev.taskorder.api.order.Verdict;
import dev.taskorder.api.page.PageRequest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.jdbc.core.simple.JdbcClient;

/** What the results and the ends of orders tell the assets that served them. */
class OutcomesOfOrdersTest {
    /** So long that the seconds of a test change no sum. */
    private static final String LONG = "\"half_life_s\": 3600000";

    private static final int RACERS = 16;

    private final Tenant tenant = Tenant.fresh().withAssetHealth("{" + LONG + "}");

    @BeforeEach
    void an_address_and_a_card() {
        tenant.asset("ip", "RAW_NET", "ip.1", 100, "0.35");
        tenant.asset("card", "RAW_FUND", "vcc.1", 100, "0.50");
    }

    @Test
    void a_result_tells_each_asset_what_its_executor_met_and_the_end_tells_only_the_others() {
        TaskOrder order = running();
        answered(order, 1, "OK", "IP_BLOCKED");
        assertThat(tenant.concluded(order, 1, How.ANSWERED)).isEqualTo(new Verdict.Over("SUCCESS"));
        UUID lease = leaseOf(order, "ip");
        assertThat(events())
                .containsExactlyInAnyOrder(
                        lease + ":1:0 ip IP_BLOCKED BAD 1", order.taskId() + ":end:card card OK GOOD 0.2");
        assertThat(asset("ip").status()).isEqualTo(AssetStatus.COOLING_DOWN);
        assertThat(asset("ip").healthScore()).isEqualByComparingTo("83.333");
        assertThat(asset("card").healthScore()).isEqualByComparingTo("100");
        assertSums("ip", 6, 5);
        assertSums("card", 5.2, 5.2);
        assertThat(lastOf(order, "task_order.succeeded"))
                .containsEntry("lease_outcomes", List.of(Map.of("asset_id", "ip", "event_type", "IP_BLOCKED")));
        Map<String, Object> told = tenant.sql(
                jdbc -> jdbc.sql("SELECT actor, data ->> 'status' AS status FROM task_event WHERE object_id = 'ip'"
                                + " ORDER BY event_no DESC LIMIT 1")
                        .query()
                        .singleRow());
        assertThat(told).containsEntry("actor", "workflow").containsEntry("status", "COOLING_DOWN");
    }

    @ParameterizedTest
    @CsvSource({
        "OK, SUCCESS, 5.2, 5.2",
        "HARD_FAIL, FAILED, 5.2, 5",
        "SOFT_FAIL, FAILED, 5, 5",
        "ANY_OTHER, FAILED, 5, 5",
        "RETRYABLE, DEAD_LETTER, 5, 5"
    })
    void an_end_weighs_little_and_cools_nothing_down(String code, String status, double weight, double value) {
        TaskOrder order = running();
        tenant.sql(jdbc -> jdbc.sql("UPDATE task_order SET retries = 2").update());
        answered(order, 1, code);
        assertThat(tenant.concluded(order, 1, How.ANSWERED)).isEqualTo(new Verdict.Over(status));
        for (String asset : List.of("ip", "card")) {
            assertSums(asset, weight, value);
            assertThat(asset(asset).status()).isEqualTo(AssetStatus.AVAILABLE);
        }
        assertThat(badInRow("ip")).isZero();
    }

    @Test
    void ends_never_ban_however_many_are_bad() {
        for (int i = 0; i < 7; i++) {
            TaskOrder order = running();
            answered(order, 1, "HARD_FAIL");
            tenant.concluded(order, 1, How.ANSWERED);
        }
        assertThat(asset("ip").status()).isEqualTo(AssetStatus.AVAILABLE);
        assertThat(asset("ip").healthScore()).isEqualByComparingTo("78.125");
        assertThat(badInRow("ip")).isZero();
    }

    @Test
    void a_timeout_is_told_to_what_was_tried_and_not_to_what_nobody_began_with() {
        TaskOrder tried = running();
        tenant.begin(tried, 1);
        assertThat(tenant.concluded(tried, 1, How.ABANDONED)).isEqualTo(new Verdict.Over("TIMEOUT"));
        assertSums("ip", 5.2, 5);
        TaskOrder untried = running();
        assertThat(tenant.concluded(untried, 1, How.ABANDONED)).isEqualTo(new Verdict.Over("TIMEOUT"));
        assertSums("ip", 5.2, 5);
        assertThat(used(tried)).containsOnly(true);
        assertThat(used(untried)).containsOnly(false);
    }

    @Test
    void an_order_that_times_out_between_two_attempts_tells_what_was_tried_before() {
        TaskOrder order = running();
        answered(order, 1, "RETRYABLE");
        assertThat(tenant.concluded(order, 1, How.ANSWERED)).isInstanceOf(Verdict.BackOff.class);
        assertSums("ip", 5, 5);
        tenant.sql(jdbc -> jdbc.sql("UPDATE task_order SET deadline = now()").update());
        assertThat(tenant.<Verdict>step(steps -> steps.proceed(tenant.ref(order))))
                .isEqualTo(new Verdict.Over("TIMEOUT"));
        assertSums("ip", 5.2, 5);
    }

    @Test
    void a_policy_may_take_the_ends_for_something_else() {
        tenant.withAssetHealth("{" + LONG + ", \"outcomes\": {\"TASK_FAILED\": \"good\", \"OK\": \"soft\"}}");
        for (String code : List.of("HARD_FAIL", "OK")) {
            TaskOrder order = running();
            answered(order, 1, code);
            tenant.concluded(order, 1, How.ANSWERED);
        }
        assertSums("ip", 5.4, 5.3);
    }

    @Test
    void a_result_that_is_tried_again_tells_its_outcomes_at_once_and_keeps_its_leases() {
        TaskOrder order = running();
        answered(order, 1, "RETRYABLE", "IP_BLOCKED", "OK");
        assertThat(tenant.concluded(order, 1, How.ANSWERED)).isInstanceOf(Verdict.BackOff.class);
        assertThat(tenant.concluded(order, 1, How.ANSWERED)).isInstanceOf(Verdict.BackOff.class);
        assertThat(asset("ip").status()).isEqualTo(AssetStatus.COOLING_DOWN);
        assertSums("ip", 6, 5);
        assertSums("card", 6, 6);
        assertThat(tenant.leases(order.taskId())).extracting(Lease::state).containsOnly(Lease.State.ACTIVE);
        assertThat(lastOf(order, "task_order.retrying").get("lease_outcomes"))
                .isEqualTo(List.of(
                        Map.of("asset_id", "ip", "event_type", "IP_BLOCKED"),
                        Map.of("asset_id", "card", "event_type", "OK")));
        dueNow();
        tenant.step(steps -> steps.proceed(tenant.ref(order)));
        answered(order, 2, "OK", "OK");
        tenant.concluded(order, 2, How.ANSWERED);
        assertThat(events())
                .contains(
                        leaseOf(order, "ip") + ":1:0 ip IP_BLOCKED BAD 1", leaseOf(order, "ip") + ":2:0 ip OK GOOD 1");
        assertThat(badInRow("ip")).isZero();
    }

    @Test
    void several_outcomes_of_one_lease_count_one_by_one() {
        TaskOrder order = running();
        UUID lease = leaseOf(order, "ip");
        List<LeaseOutcome> outcomes = new ArrayList<>();
        for (String type : List.of("LATENCY", "IP_BLOCKED", "IP_BLOCKED", "OK", "IP_BLOCKED")) {
            outcomes.add(new LeaseOutcome(lease, type, Map.of("error_code", type)));
        }
        tenant.answered(order, 1, result("OK", outcomes));
        tenant.concluded(order, 1, How.ANSWERED);
        assertSums("ip", 10, 6.5);
        assertThat(badInRow("ip")).isEqualTo(1);
        assertThat(tenant.<Integer>sql(jdbc -> jdbc.sql(
                                "SELECT (data ->> 'outcomes_count')::int FROM task_event WHERE object_id = 'ip' ORDER BY event_no DESC LIMIT 1")
                        .query(Integer.class)
                        .single()))
                .isEqualTo(5);
    }

    @Test
    void a_result_inside_the_grace_of_a_cancel_tells_its_outcomes_and_the_cancel_nothing() {
        TaskOrder order = running();
        tenant.cancel(order.taskId());
        answered(order, 1, "CANCELLED", "IP_BLOCKED");
        assertThat(tenant.concluded(order, 1, How.ANSWERED)).isEqualTo(new Verdict.Over("CANCELLED"));
        assertThat(asset("ip").status()).isEqualTo(AssetStatus.COOLING_DOWN);
        assertSums("card", 5, 5);
    }

    @Test
    void a_result_inside_the_grace_of_the_deadline_tells_its_outcomes_and_the_timeout_the_others() {
        TaskOrder order = running();
        tenant.sql(jdbc -> jdbc.sql("UPDATE task_order SET deadline = now() - interval '1 second'")
                .update());
        answered(order, 1, "OK", "LATENCY");
        assertThat(tenant.concluded(order, 1, How.ANSWERED)).isEqualTo(new Verdict.Over("TIMEOUT"));
        assertSums("ip", 6, 5.5);
        assertSums("card", 5.2, 5);
    }

    @Test
    void a_conclusion_that_is_drawn_twice_tells_once() {
        TaskOrder order = running();
        answered(order, 1, "OK", "IP_BLOCKED");
        tenant.concluded(order, 1, How.ANSWERED);
        List<String> before = events();
        tenant.concluded(order, 1, How.ANSWERED);
        assertThat(events()).isEqualTo(before);
        assertSums("ip", 6, 5);
        assertThat(badInRow("ip")).isEqualTo(1);
    }

    @Test
    void results_and_ends_go_by_the_rules_that_the_order_is_pinned_to() {
        TaskOrder order = running();
        tenant.withAssetHealth("{\"outcomes\": {\"LATENCY\": \"bad\", \"OK\": \"bad\"}}");
        await().until(() ->
                tenant.created(anOrder().spec()).state().policyVersion().equals("tenant_policy.v3"));
        answered(order, 1, "OK", "LATENCY");
        tenant.concluded(order, 1, How.ANSWERED);
        assertSums("ip", 6, 5.5);
        assertSums("card", 5.2, 5.2);
    }

    @Test
    void what_was_retired_meanwhile_is_told_and_stays_as_it_is() {
        TaskOrder order = running();
        tenant.sql(jdbc -> jdbc.sql("UPDATE asset SET status = 'RETIRED' WHERE asset_id = 'ip'")
                .update());
        answered(order, 1, "OK", "IP_BLOCKED");
        tenant.concluded(order, 1, How.ANSWERED);
        assertThat(asset("ip").status()).isEqualTo(AssetStatus.RETIRED);
        assertSums("ip", 5, 5);
        assertThat(events()).hasSize(2);
    }

    @Test
    void an_id_that_somebody_took_before_neither_fails_the_settlement_nor_stops_the_other_outcomes() {
        TaskOrder order = running();
        UUID lease = leaseOf(order, "ip");
        // callers cannot: the API refuses a ':'
        for (String id : List.of(lease + ":1:0", order.taskId() + ":end:card", lease + ".1.0")) {
            AssetEvent event = new AssetEvent(id, "card", null, null, "LATENCY", Map.of(), null);
            assertThat(tenant.as(
                            () -> Application.shared().bean(AssetEvents.class).tell(event, Tenant.CALLER)))
                    .isInstanceOf(AssetEventResult.Told.class);
        }
        tenant.answered(
                order,
                1,
                result(
                        "OK",
                        List.of(
                                new LeaseOutcome(lease, "IP_BLOCKED", Map.of()),
                                new LeaseOutcome(lease, "LATENCY", Map.of()))));
        assertThat(tenant.concluded(order, 1, How.ANSWERED)).isEqualTo(new Verdict.Over("SUCCESS"));
        assertSums("ip", 6, 5.5);
    }

    @Test
    void a_health_that_rises_by_a_result_that_is_tried_again_starts_who_waits_for_it() {
        tenant.sql(jdbc -> jdbc.sql("UPDATE asset SET health_value = 4, health_score = 80 WHERE asset_id = 'ip'")
                .update());
        TaskOrder order = running();
        TaskOrder waiting = tenant.created(anOrder()
                .wanting("RAW_NET", null, 1)
                .constraint("min_health_score", 83)
                .spec());
        assertThat(tenant.admitted(waiting)).isInstanceOf(Verdict.Await.class);
        answered(order, 1, "RETRYABLE", "OK");
        tenant.concluded(order, 1, How.ANSWERED);
        await().atMost(Duration.ofSeconds(5))
                .until(() -> !tenant.leases(waiting.taskId()).isEmpty());
    }

    @Test
    void of_sixteen_orders_that_end_at_once_on_the_same_assets_no_word_is_lost() throws Exception {
        List<TaskOrder> orders = new ArrayList<>();
        for (int i = 0; i < RACERS; i++) {
            TaskOrder order = running();
            answered(order, 1, "OK", "LATENCY");
            orders.add(order);
        }
        List<Verdict> ends = Race.of(RACERS, i -> () -> tenant.concluded(orders.get(i), 1, How.ANSWERED));
        assertThat(ends).containsOnly(new Verdict.Over("SUCCESS"));
        assertSums("ip", 5 + RACERS, 5 + 0.5 * RACERS);
        assertSums("card", 5 + 0.2 * RACERS, 5 + 0.2 * RACERS);
        assertThat(events()).hasSize(2 * RACERS);
    }

    @Test
    void callers_who_tell_of_orders_while_these_end_never_wait_for_each_other_in_a_circle() throws Exception {
        int rounds = 8;
        for (int round = 0; round < rounds; round++) {
            List<TaskOrder> orders = new ArrayList<>();
            for (int i = 0; i < RACERS / 2; i++) {
                TaskOrder order = running();
                answered(order, 1, i % 2 == 0 ? "OK" : "RETRYABLE", "LATENCY", "LATENCY");
                orders.add(order);
            }
            String id = "r-" + round + "-";
            List<Boolean> done = Race.of(RACERS, i -> () -> {
                TaskOrder order = orders.get(i / 2);
                if (i % 2 == 0) {
                    tenant.concluded(order, 1, How.ANSWERED);
                    return true;
                }
                UUID lease = leaseOf(order, "card");
                AssetEvent event = new AssetEvent(id + i, "card", order.taskId(), lease, "LATENCY", Map.of(), null);
                return tenant.as(() ->
                                Application.shared().bean(AssetEvents.class).tell(event, Tenant.CALLER))
                        instanceof AssetEventResult.Told;
            });
            assertThat(done).containsOnly(true);
        }
        assertSums("card", 5 + rounds * RACERS, 5 + 0.5 * rounds * RACERS);
        assertSums("ip", 5 + rounds * RACERS / 2.0, 5 + 0.5 * rounds * RACERS / 2.0);
    }

    /** An order with a lease of the address and one of the card. */
    private TaskOrder running() {
        TaskOrder order = tenant.created(anOrder()
                .wanting("RAW_NET", null, 1)
                .wanting("RAW_FUND", null, 1)
                .spec());
        assertThat(tenant.admitted(order)).isInstanceOf(Verdict.Execute.class);
        return order;
    }

    /** Its executor answers and tells of the address and then of the card. */
    private void answered(TaskOrder order, int attempt, String code, String... types) {
        List<String> assets = List.of("ip", "card");
        List<LeaseOutcome> outcomes = new ArrayList<>();
        for (int i = 0; i < types.length; i++) {
            outcomes.add(new LeaseOutcome(leaseOf(order, assets.get(i)), types[i], Map.of()));
        }
        tenant.answered(order, attempt, result(code, outcomes));
    }

    private static ExecutionResult result(String code, List<LeaseOutcome> outcomes) {
        return new ExecutionResult(code, null, Map.of(), outcomes, List.of(), List.of());
    }

    private UUID leaseOf(TaskOrder order, String asset) {
        return tenant.leases(order.taskId()).stream()
                .filter(lease -> lease.assetId().equals(asset))
                .findFirst()
                .orElseThrow()
                .leaseId();
    }

    private List<Boolean> used(TaskOrder order) {
        return tenant.sql(jdbc -> jdbc.sql("SELECT used FROM lease WHERE task_id = :task")
                .param("task", order.taskId())
                .query(Boolean.class)
                .list());
    }

    private void dueNow() {
        tenant.sql(jdbc -> jdbc.sql("UPDATE task_order SET retry_at = now() WHERE retry_at IS NOT NULL")
                .update());
    }

    private Asset asset(String id) {
        return tenant.as(() -> Application.shared().bean(Assets.class).find(id)).orElseThrow();
    }

    private int badInRow(String asset) {
        return tenant.sql(jdbc -> jdbc.sql("SELECT bad_in_row FROM asset WHERE asset_id = :asset")
                .param("asset", asset)
                .query(Integer.class)
                .single());
    }

    private void assertSums(String asset, double weight, double value) {
        double[] sums = tenant.sql(
                (JdbcClient jdbc) -> jdbc.sql("SELECT health_weight, health_value FROM asset WHERE asset_id = :asset")
                        .param("asset", asset)
                        .query((row, rowNum) -> new double[] {row.getDouble(1), row.getDouble(2)})
                        .single());
        assertThat(sums[0]).as(asset + " " + Arrays.toString(sums)).isCloseTo(weight, within(0.005));
        assertThat(sums[1]).as(asset + " " + Arrays.toString(sums)).isCloseTo(value, within(0.005));
    }

    private List<String> events() {
        return tenant.sql(jdbc -> jdbc.sql("""
                SELECT event_id || ' ' || asset_id || ' ' || event_type || ' ' || outcome || ' ' || weight
                  FROM asset_event ORDER BY event_id
                """).query(String.class).list());
    }

    private Map<String, @Nullable Object> lastOf(TaskOrder order, String type) {
        List<TimelineEvent> all = tenant.as(() ->
                        Application.shared().bean(Timeline.class).ofOrder(order.taskId(), new PageRequest(200, null)))
                .orElseThrow()
                .items();
        return all.stream()
                .filter(event -> event.type().equals(type))
                .reduce((first, second) -> second)
                .orElseThrow()
                .data();
    }
}
