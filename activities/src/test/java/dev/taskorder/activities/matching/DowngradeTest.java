package dev.taskorder.activities.matching;

import static org.assertj.core.api.Assertions.assertThat;

import dev.taskorder.activities.budget.BudgetBook.Room;
import dev.taskorder.activities.json.Json;
import dev.taskorder.activities.matching.WaitingOrder.Between;
import dev.taskorder.activities.matching.WaitingOrder.Means;
import dev.taskorder.api.asset.AssetStatus;
import dev.taskorder.api.budget.BudgetScope;
import dev.taskorder.api.lease.LeaseDecision.Considered;
import dev.taskorder.api.lease.LeaseDecision.Downgrade;
import dev.taskorder.api.order.ResourceHint;
import dev.taskorder.api.policy.Policy;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which asset an order gets as what it may spend runs short, what is written down of it, and when it rather waits or ends. */
class DowngradeTest {
    private static final String POLICY = """
            {"task_types": ["*"], "envs": ["*"], "sku_categories": ["*"], "currency": "USD", "routes": [],
             "defaults": {"max_retries": 2, "lease_policy": "RELEASE", "retry_backoff_ms": 1, "retry_backoff_max_ms": 1,
                          "retry_hold_ms": 1, "cancel_grace_ms": 1, "abandoned_slot_ms": 1, "reserve_after_ms": 1},
             "value": {"high_priority": 80, "high_value": 20}, %s
             "asset_health": {"outcomes": {}, "half_life_s": 1, "cool_down_ms": 1, "cool_down_max_ms": 1, "ban_after": 5},
             "retained_leases": {"ttl_s": 1, "reclaim_for_priority": 95},
             "budget": {"estimates": {"COSTLY": 1}, "nearing": []}}
            """;
    private static final String SUBSTITUTES = """
            "substitutes": [{"from": "ip.res.*", "to": "ip.mob.*", "min_health_score": 70},
                            {"from": "ip.res.uk.7", "to": "dc.1", "min_health_score": 40}],
            """;

    private final List<PoolAsset> assets = new ArrayList<>();
    private final List<Room> rooms = new ArrayList<>();
    private Policy policy = policy(SUBSTITUTES);
    private List<ResourceHint> hints = List.of(hint("ip.res.uk.*", 1));
    private String taskType = "ANY";
    private BigDecimal minHealth = BigDecimal.ZERO;
    private @Nullable BigDecimal ceiling;
    private int retries;
    private @Nullable Integer maxRetries;
    private boolean noDowngrade;
    private int priority = 80;
    private @Nullable Between between;

    @Test
    void an_order_without_any_limit_gets_what_it_prefers() {
        pool("dear 9 100", "cheap 1 90");
        assertThat(taken()).containsExactly("dear");
    }

    @Test
    void what_does_for_all_attempts_that_it_may_make_buys_what_it_prefers() {
        pool("dear 2 100", "cheap 1 90");
        ceiling = new BigDecimal("6");
        assertThat(taken()).containsExactly("dear");
        assertThat(grant().choices().get(0).why().downgrade()).isNull();
    }

    @Test
    void what_does_for_fewer_attempts_buys_the_cheapest_that_meets_the_hints() {
        pool("dear 2 100", "cheap 1 90", "substitute 0.5 100 ip.mob.1");
        ceiling = new BigDecimal("5.99");
        assertThat(taken()).containsExactly("cheap");
    }

    @ParameterizedTest
    @CsvSource({"0, 2, cheap", "1, 2, dear", "2, 2, dear", "0, 0, dear", "0, 1, dear", "5, 2, dear"})
    void each_retry_that_is_used_up_or_not_allowed_leaves_more_for_the_others(int used, int allowed, String asset) {
        pool("dear 2 100", "cheap 1 90");
        ceiling = new BigDecimal("4");
        retries = used;
        maxRetries = allowed;
        assertThat(taken()).containsExactly(asset);
    }

    @Test
    void what_its_executor_will_spend_counts_for_every_attempt() {
        pool("dear 2 100", "cheap 1 90");
        ceiling = new BigDecimal("8.99");
        taskType = "COSTLY";
        assertThat(taken()).containsExactly("cheap");
        ceiling = new BigDecimal("9");
        assertThat(taken()).containsExactly("dear");
    }

    @Test
    void what_does_not_do_for_all_attempts_at_the_cheapest_buys_a_substitute() {
        pool("dear 2 100", "cheap 1 90", "substitute 0.5 70 ip.mob.1");
        ceiling = new BigDecimal("2.99");
        assertThat(taken()).containsExactly("substitute");
        ceiling = new BigDecimal("3");
        assertThat(taken()).containsExactly("cheap");
    }

    @Test
    void a_substitute_that_is_no_cheaper_is_not_taken() {
        pool("dear 2 100", "cheap 1 90", "substitute 1 100 ip.mob.1");
        ceiling = new BigDecimal("1");
        assertThat(taken()).containsExactly("cheap");
    }

    @Test
    void what_does_not_cover_this_very_attempt_is_made_cheaper_before_the_order_waits() {
        pool("dear 2 100", "cheap 1 90", "substitute 0.5 70 ip.mob.1");
        maxRetries = 0;
        ceiling = new BigDecimal("1.5");
        assertThat(taken()).containsExactly("cheap");
        ceiling = new BigDecimal("0.5");
        assertThat(taken()).containsExactly("substitute");
        ceiling = new BigDecimal("0.49");
        assertThat(decide()).isInstanceOf(Decision.Hopeless.class);
    }

    @Test
    void the_least_of_its_ceiling_and_its_budgets_counts() {
        pool("dear 2 100", "cheap 1 90", "substitute 0.5 70 ip.mob.1");
        ceiling = new BigDecimal("100");
        budget(BudgetScope.TENANT, "t", "50", "USD");
        assertThat(taken()).containsExactly("dear");
        budget(BudgetScope.PROJECT, "another", "0", "USD");
        assertThat(taken()).containsExactly("dear");
        budget(BudgetScope.PROJECT, "p", "3", "USD");
        assertThat(taken()).containsExactly("cheap");
        budget(BudgetScope.TENANT, "t2", "1", "USD");
        assertThat(taken()).containsExactly("substitute");
    }

    @Test
    void what_no_budget_covers_even_at_the_cheapest_waits_for_it() {
        pool("dear 2 100", "cheap 1 90", "substitute 0.5 70 ip.mob.1");
        budget(BudgetScope.PROJECT, "p", "0.49", "USD");
        assertThat(decide()).isEqualTo(new Decision.NotCovered(new BigDecimal("0.5"), rooms));
    }

    @Test
    void a_budget_in_another_currency_covers_nothing_not_even_what_is_free() {
        pool("dear 2 100", "free 0 90");
        budget(BudgetScope.TENANT, "t", "100", "EUR");
        assertThat(decide()).isEqualTo(new Decision.NotCovered(BigDecimal.ZERO, rooms));
    }

    @Test
    void what_is_free_is_given_under_a_budget_as_long_as_that_has_anything_left() {
        pool("dear 2 100", "free 0 90");
        budget(BudgetScope.TENANT, "t", "0.000001", "USD");
        assertThat(taken()).containsExactly("free");
        budget(BudgetScope.PROJECT, "p", "0", "USD");
        assertThat(decide()).isEqualTo(new Decision.NotCovered(BigDecimal.ZERO, rooms.subList(1, 2)));
    }

    @Test
    void an_order_that_may_not_be_downgraded_gets_what_it_prefers_even_if_only_one_attempt_is_covered() {
        pool("dear 2 100", "cheap 1 90", "substitute 0.5 70 ip.mob.1");
        noDowngrade = true;
        ceiling = new BigDecimal("2");
        assertThat(taken()).containsExactly("dear");
    }

    @Test
    void an_order_that_may_not_be_downgraded_ends_if_it_can_never_pay_what_it_prefers() {
        pool("dear 2 100", "cheap 1 90");
        noDowngrade = true;
        ceiling = new BigDecimal("1.99");
        assertThat(decide()).isInstanceOfSatisfying(Decision.Hopeless.class, why -> {
            assertThat(why.code()).isEqualTo("BUDGET_EXCEEDED");
            assertThat(why.message())
                    .isEqualTo("what it prefers needs 2 USD, max_total_cost is 1.99, and it may not be downgraded");
        });
    }

    @Test
    void an_order_that_may_not_be_downgraded_waits_if_what_it_prefers_is_only_not_free() {
        pool("best 1 100 ip.res.uk.1 BANNED", "dear 2 99", "cheap 0.1 90");
        noDowngrade = true;
        ceiling = new BigDecimal("1.99");
        assertThat(decide()).isEqualTo(new Decision.TooExpensiveNow(new BigDecimal("2"), BigDecimal.ONE));
    }

    @Test
    void an_order_that_may_not_be_downgraded_waits_for_a_budget_that_does_not_cover_what_it_prefers() {
        pool("dear 2 100", "cheap 1 90");
        noDowngrade = true;
        budget(BudgetScope.TENANT, "t", "1.99", "USD");
        assertThat(decide()).isEqualTo(new Decision.NotCovered(new BigDecimal("2"), rooms));
    }

    @ParameterizedTest
    @CsvSource({
        "ip.res.uk.*, ip.mob.1, 70, true",
        "ip.res.*,    ip.mob.1, 70, true",
        "ip.res.uk.7, ip.mob.1, 70, true",
        "ip.*,        ip.mob.1, 70, false", // meets the hint by itself, as any does
        "ip.res.uk.*, ip.mob.1, 69.9, false",
        "ip.res.uk.*, dc.1, 100, false",
        "ip.res.uk.7, dc.1, 40, true",
        "ip.res.uk.7, dc.1, 39.9, false",
        "ip.res.uk.7, dc.12, 100, false",
        "other.uk,    ip.mob.1, 100, false",
    })
    void a_substitute_serves_hints_that_lie_within_what_it_is_for(
            String asked, String sku, String health, boolean serves) {
        hints = List.of(hint(asked, 1));
        pool("meets 1 100 " + asked.replace("*", "7"), "other 0.5 " + health + " " + sku);
        policy = policy(SUBSTITUTES);
        maxRetries = 0;
        ceiling = new BigDecimal("0.9");
        boolean meetsIt = asked.equals("ip.*");
        assertThat(decide() instanceof Decision.Grant).isEqualTo(serves || meetsIt);
    }

    @Test
    void a_hint_that_asks_for_no_sku_has_no_substitutes_and_an_order_may_ask_for_more_health_than_the_floor() {
        assertThat(policy.substitutes().get(0).isFor(null)).isFalse();
        pool("cheap 1 90", "substitute 0.5 85 ip.mob.1");
        ceiling = BigDecimal.ONE;
        minHealth = new BigDecimal("85.1");
        assertThat(taken()).containsExactly("cheap");
        minHealth = new BigDecimal("85");
        assertThat(taken()).containsExactly("substitute");
    }

    @Test
    void a_substitute_has_the_attributes_and_the_currency_that_the_hint_asks_for() {
        hints = List.of(new ResourceHint("RAW_NET", "ip.res.uk.*", 1, Map.of("geo", "GB")));
        pool("cheap 1 90", "substitute 0.5 85 ip.mob.1");
        assets.set(0, with(assets.get(0), Map.of("geo", "GB"), "USD"));
        ceiling = BigDecimal.ONE;
        assertThat(taken()).containsExactly("cheap");
        assets.set(1, with(assets.get(1), Map.of("geo", "GB"), "EUR"));
        assertThat(taken()).containsExactly("cheap");
        assets.set(1, with(assets.get(1), Map.of("geo", "GB"), "USD"));
        assertThat(taken()).containsExactly("substitute");
    }

    @Test
    void a_substitute_is_not_taken_merely_because_it_is_free() {
        pool("cheap 1 90 ip.res.uk.1 BANNED", "substitute 0.5 70 ip.mob.1");
        ceiling = BigDecimal.ONE;
        assertThat(decide()).isEqualTo(new Decision.Blocked());
    }

    @Test
    void an_order_is_hopeless_only_if_it_is_so_with_substitutes_too_were_they_well() {
        pool("cheap 1 90", "substitute 0.5 10 ip.mob.1 BANNED");
        ceiling = new BigDecimal("0.5");
        assertThat(decide()).isEqualTo(new Decision.TooExpensiveNow(BigDecimal.ONE, new BigDecimal("0.5")));
        ceiling = new BigDecimal("0.49");
        assertThat(decide()).isInstanceOfSatisfying(Decision.Hopeless.class, why -> assertThat(why.message())
                .isEqualTo("it needs at least 0.5 USD, max_total_cost is 0.49"));
    }

    @Test
    void a_substitute_that_was_given_back_does_not_serve_again_if_anything_else_does() {
        pool("cheap 1 90", "given 0.1 100 ip.mob.1", "another 0.5 100 ip.mob.2");
        ceiling = BigDecimal.ONE;
        between = new Between(List.of(), Set.of("given"));
        assertThat(taken()).containsExactly("another");
        assets.remove(2);
        assertThat(taken()).containsExactly("cheap");
    }

    @Test
    void each_place_tells_what_was_wanted_what_was_taken_and_what_that_saves() {
        hints = List.of(hint("ip.res.uk.*", 1), hint("one", 1));
        pool("dear 2.5 100", "cheap 0.5 90", "only 1 100 one");
        ceiling = new BigDecimal("8");
        List<Decision.Choice> choices = grant().choices();
        assertThat(choices.get(0).why().downgrade())
                .isEqualTo(new Downgrade(
                        "dear",
                        new BigDecimal("2.5"),
                        new BigDecimal("0.5"),
                        new BigDecimal("2"),
                        "what is left, 8 USD, does not cover up to 3 attempts at 3.5"));
        assertThat(choices.get(0).why().reason())
                .isEqualTo("cheapest first, then healthiest, so that what may be spent does for its retries too");
        assertThat(choices.get(1).why().downgrade()).isNull();
    }

    @Test
    void a_substitute_tells_among_what_it_was_chosen() {
        pool("dear 2 100", "cheap 1 90", "substitute 0.5 70 ip.mob.1", "weak 0.1 69 ip.mob.1", "else 0.1 100 dc.1");
        maxRetries = 0;
        ceiling = new BigDecimal("0.7");
        Decision.Choice choice = grant().choices().get(0);
        assertThat(choice.why().reason())
                .isEqualTo(
                        "cheapest first, then healthiest, with substitutes that the policy allows, as the budget allows"
                                + " no better");
        assertThat(choice.why().considered())
                .extracting(Considered::assetId, Considered::excludedBy)
                .extracting(Object::toString)
                .containsExactly(
                        "(\"substitute\", null)",
                        "(\"cheap\", null)",
                        "(\"dear\", null)",
                        "(\"weak\", \"health_score\")",
                        "(\"else\", \"sku_code\")");
        assertThat(choice.why().downgrade())
                .isEqualTo(new Downgrade(
                        "dear",
                        new BigDecimal("2"),
                        new BigDecimal("0.5"),
                        new BigDecimal("1.5"),
                        "what is left, 0.7 USD, does not cover an attempt at 1"));
    }

    @Test
    void a_policy_from_before_there_were_substitutes_has_none() {
        assertThat(policy("").substitutes()).isEmpty();
    }

    private Decision decide() {
        Means means = new Means("p", ceiling, BigDecimal.ZERO, BigDecimal.ZERO, retries, maxRetries, noDowngrade);
        WaitingOrder order = new WaitingOrder(
                new UUID(0, 1),
                "demand",
                priority,
                Instant.EPOCH,
                0,
                "USD",
                means,
                null,
                taskType,
                null,
                1,
                hints,
                minHealth,
                false,
                null,
                between);
        return Chooser.decide(order, new Pool(assets), policy, new Purse(rooms));
    }

    private Decision.Grant grant() {
        assertThat(decide()).isInstanceOf(Decision.Grant.class);
        return (Decision.Grant) decide();
    }

    private List<String> taken() {
        return grant().choices().stream()
                .map(choice -> choice.asset().assetId())
                .toList();
    }

    private static Policy policy(String substitutes) {
        return Json.read(POLICY.formatted(substitutes), Policy.class);
    }

    private static ResourceHint hint(String sku, int count) {
        return new ResourceHint("RAW_NET", sku, count, Map.of());
    }

    private void budget(BudgetScope scope, String id, String left, String currency) {
        rooms.add(new Room(
                scope, id, new BigDecimal(left), currency, BigDecimal.ZERO, BigDecimal.ZERO, null, BigDecimal.ZERO));
    }

    /** Each as {@code name cost health [sku [status]]}. */
    private void pool(String... all) {
        for (String one : all) {
            String[] parts = one.split(" ");
            assets.add(new PoolAsset(
                    parts[0],
                    "RAW_NET",
                    parts.length > 3 ? parts[3] : "ip.res.uk.1",
                    Map.of(),
                    AssetStatus.valueOf(parts.length > 4 ? parts[4] : "AVAILABLE"),
                    new BigDecimal(parts[2]),
                    new BigDecimal(parts[1]),
                    "USD",
                    1,
                    null,
                    0,
                    Set.of(),
                    List.of()));
        }
    }

    private static PoolAsset with(PoolAsset asset, Map<String, Object> attributes, String currency) {
        return new PoolAsset(
                asset.assetId(),
                asset.skuCategory(),
                asset.skuCode(),
                attributes,
                asset.status(),
                asset.healthScore(),
                asset.unitCost(),
                currency,
                asset.maxConcurrency(),
                asset.usesLeft(),
                asset.newestToken(),
                asset.withheld(),
                asset.kept());
    }
}
