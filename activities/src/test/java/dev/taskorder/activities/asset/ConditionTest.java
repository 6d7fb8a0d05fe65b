package dev.taskorder.activities.asset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.taskorder.api.asset.AssetStatus;
import dev.taskorder.api.policy.Policy.AssetHealth;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What outcomes make of an asset's status. */
class ConditionTest {
    private static final Instant NOON = Instant.parse("2026-01-01T12:00:00Z");
    private static final AssetHealth RULES = rules(60_000, 200_000, 5);
    private static final Uses NEVER_USED = new Uses(0, null);

    private static AssetHealth rules(long coolDownMs, long coolDownMaxMs, int banAfter) {
        return new AssetHealth(Map.of(), 3600, coolDownMs, coolDownMaxMs, banAfter);
    }

    private static Condition available(int badInRow) {
        return new Condition(AssetStatus.AVAILABLE, Health.ofNewAsset(NOON), badInRow, null, NEVER_USED);
    }

    private static Condition told(Condition condition, Outcome outcome, AssetHealth rules) {
        return condition.after(outcome, NOON, NOON, rules);
    }

    private static @Nullable Duration rest(Condition condition) {
        return condition.coolUntil() == null ? null : Duration.between(NOON, condition.coolUntil());
    }

    @Test
    void each_bad_one_in_a_row_doubles_the_cool_down_up_to_the_longest_and_the_fifth_bans() {
        Condition condition = available(0);
        List<Condition> all = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            condition = told(condition, Outcome.BAD, RULES);
            all.add(condition);
        }
        assertThat(all.subList(0, 4)).extracting(Condition::status).containsOnly(AssetStatus.COOLING_DOWN);
        assertThat(all)
                .extracting(ConditionTest::rest)
                .containsExactly(
                        Duration.ofSeconds(60),
                        Duration.ofSeconds(120),
                        Duration.ofSeconds(200),
                        Duration.ofSeconds(200),
                        null);
        assertThat(condition.status()).isEqualTo(AssetStatus.BANNED);
        assertThat(condition.badInRow()).isEqualTo(5);
    }

    @Test
    void a_good_one_ends_the_row_and_not_the_cool_down_and_a_soft_one_ends_neither() {
        Condition cooling = told(available(2), Outcome.BAD, RULES);
        assertThat(told(cooling, Outcome.SOFT, RULES).badInRow()).isEqualTo(3);
        Condition good = told(cooling, Outcome.GOOD, RULES);
        assertThat(good.badInRow()).isZero();
        assertThat(good.status()).isEqualTo(AssetStatus.COOLING_DOWN);
        assertThat(good.coolUntil()).isEqualTo(cooling.coolUntil());
    }

    @Test
    void a_further_bad_one_never_shortens_a_cool_down() {
        Condition long_ = told(available(0), Outcome.BAD, rules(600_000, 600_000, 5));
        Condition longer = told(long_, Outcome.BAD, rules(1, 1, 5));
        assertThat(rest(longer)).isEqualTo(Duration.ofMinutes(10));
        assertThat(longer.badInRow()).isEqualTo(2);
    }

    private static Condition toldLate(Condition condition, Outcome outcome, Duration age) {
        return condition.after(outcome, NOON.minus(age), NOON, RULES);
    }

    @Test
    void a_cool_down_begins_when_its_outcome_happened() {
        assertThat(rest(toldLate(available(0), Outcome.BAD, Duration.ofSeconds(20))))
                .isEqualTo(Duration.ofSeconds(40));
        assertThat(rest(available(0).after(Outcome.BAD, NOON.plusSeconds(299), NOON, RULES)))
                .as("never later than it is told")
                .isEqualTo(Duration.ofSeconds(60));
    }

    @Test
    void a_cool_down_that_would_be_over_by_now_does_not_begin_and_its_outcome_still_counts_in_the_row() {
        Duration late = Duration.ofSeconds(60);
        Condition once = toldLate(available(0), Outcome.BAD, late);
        assertThat(once.status()).isEqualTo(AssetStatus.AVAILABLE);
        assertThat(once.badInRow()).isEqualTo(1);
        Condition cooling = told(once, Outcome.BAD, RULES);
        assertThat(toldLate(cooling, Outcome.BAD, Duration.ofMinutes(10)).coolUntil())
                .isEqualTo(cooling.coolUntil());
        assertThat(toldLate(available(4), Outcome.BAD, late).status()).isEqualTo(AssetStatus.BANNED);
    }

    @ParameterizedTest
    @EnumSource(Outcome.class)
    void what_happened_longer_ago_than_a_half_life_moves_the_score_alone(Outcome outcome) {
        Condition before = told(available(3), Outcome.BAD, RULES);
        Duration halfLife = Duration.ofHours(1);
        Condition after = toldLate(before, outcome, halfLife.plusMillis(1));
        assertThat(after.badInRow()).isEqualTo(4);
        assertThat(after.status()).isEqualTo(AssetStatus.COOLING_DOWN);
        assertThat(after.coolUntil()).isEqualTo(before.coolUntil());
        assertThat(after.health()).isNotEqualTo(before.health());
        assertThat(toldLate(before, Outcome.BAD, halfLife).status()).isEqualTo(AssetStatus.BANNED);
        assertThat(toldLate(before, Outcome.GOOD, halfLife).badInRow()).isZero();
    }

    @ParameterizedTest
    @EnumSource(Outcome.class)
    void what_is_retired_stays_as_it_is(Outcome outcome) {
        Condition retired = new Condition(AssetStatus.RETIRED, Health.ofNewAsset(NOON), 4, null, NEVER_USED);
        assertThat(told(retired, outcome, RULES)).isEqualTo(retired);
    }

    @ParameterizedTest
    @EnumSource(Outcome.class)
    void of_what_is_banned_only_the_health_moves(Outcome outcome) {
        Condition banned = new Condition(AssetStatus.BANNED, Health.ofNewAsset(NOON), 7, null, NEVER_USED);
        Condition after = told(banned, outcome, RULES);
        assertThat(after)
                .isEqualTo(new Condition(
                        AssetStatus.BANNED, banned.health().with(outcome, 1, NOON, NOON, RULES), 7, null, NEVER_USED));
        assertThat(after.health()).isNotEqualTo(banned.health());
    }

    @Test
    void a_policy_without_a_cool_down_cools_nothing_down_and_still_bans() {
        AssetHealth rules = rules(0, 0, 2);
        Condition once = told(available(0), Outcome.BAD, rules);
        assertThat(once.status()).isEqualTo(AssetStatus.AVAILABLE);
        assertThat(told(once, Outcome.BAD, rules).status()).isEqualTo(AssetStatus.BANNED);
    }

    @Test
    void a_row_of_any_length_and_a_cool_down_for_ever_overflow_nothing() {
        AssetHealth never = rules(Long.MAX_VALUE, Long.MAX_VALUE, Integer.MAX_VALUE);
        assertThat(rest(told(available(1_000_000), Outcome.BAD, never))).isEqualTo(Duration.ofDays(3650));
        assertThat(rest(told(available(1_000_000), Outcome.BAD, rules(60_000, 3_600_000, Integer.MAX_VALUE))))
                .isEqualTo(Duration.ofHours(1));
    }

    @Test
    void only_an_available_asset_whose_score_rises_and_one_that_retires_concern_the_queue() {
        Condition low = new Condition(AssetStatus.AVAILABLE, new Health(5, 1, NOON), 0, null, NEVER_USED);
        Condition better = told(low, Outcome.GOOD, RULES);
        assertThat(better.concernsTheQueueAfter(low)).isTrue();
        assertThat(low.concernsTheQueueAfter(low)).isFalse();
        assertThat(told(available(0), Outcome.GOOD, RULES).concernsTheQueueAfter(available(0)))
                .isFalse();
        Condition cooling = told(low, Outcome.BAD, RULES);
        assertThat(told(cooling, Outcome.GOOD, RULES).concernsTheQueueAfter(cooling))
                .isFalse();
    }

    @Test
    void the_last_use_retires_and_what_was_retired_is_still_counted() {
        Condition twice = new Condition(AssetStatus.BANNED, Health.ofNewAsset(NOON), 0, null, new Uses(1, 3));
        assertThat(twice.used(0)).isEqualTo(twice);
        assertThat(twice.used(1).status()).isEqualTo(AssetStatus.BANNED);
        Condition up = twice.used(2);
        assertThat(up.status()).isEqualTo(AssetStatus.RETIRED);
        assertThat(up.hasRetiredSince(twice)).isTrue();
        assertThat(up.concernsTheQueueAfter(twice)).isTrue();
        assertThat(up.used(1).uses().count()).isEqualTo(4);
        assertThat(up.used(1).hasRetiredSince(up)).isFalse();
        assertThat(available(0).used(1_000_000).status()).isEqualTo(AssetStatus.AVAILABLE);
    }

    @Test
    void what_nobody_can_see_is_no_change() {
        Condition before = available(3);
        Condition after = told(before, Outcome.GOOD, RULES);
        assertThat(after).isNotEqualTo(before);
        assertThat(after.looksLike(before)).isTrue();
        assertThat(told(before, Outcome.SOFT, RULES).looksLike(before)).isFalse();
    }

    @Test
    void a_condition_that_cannot_be_is_refused() {
        assertThatThrownBy(() -> available(-1)).hasMessageContaining("was -1");
        assertThatThrownBy(() -> new Condition(AssetStatus.COOLING_DOWN, Health.ofNewAsset(NOON), 1, null, NEVER_USED))
                .hasMessageContaining("was null at COOLING_DOWN");
    }
}
