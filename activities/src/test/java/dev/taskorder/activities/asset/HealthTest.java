package dev.taskorder.activities.asset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.taskorder.api.policy.Policy.AssetHealth;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The score is that of the formula, whatever is told when. */
class HealthTest {
    private static final Instant NOON = Instant.parse("2026-01-01T12:00:00Z");
    private static final AssetHealth RULES =
            new AssetHealth(Map.of("OK", "good", "IP_BLOCKED", "bad", "LATENCY", "soft"), 3600, 60_000, 3_600_000, 5);

    private record Told(Outcome outcome, double weight, Instant when) {}

    @Test
    void a_new_asset_is_as_healthy_as_can_be() {
        assertThat(Health.ofNewAsset(NOON).score()).isEqualTo(100);
    }

    @ParameterizedTest
    @CsvSource({"GOOD, 100", "SOFT, 91.667", "BAD, 83.333"})
    void one_outcome_is_a_sixth_of_a_new_assets_score(Outcome outcome, String score) {
        Health health = Health.ofNewAsset(NOON).with(outcome, 1, NOON, NOON, RULES);
        assertThat(health.shown()).isEqualByComparingTo(score);
    }

    @Test
    void the_score_is_that_of_the_formula_whatever_came_when_and_in_which_order_it_was_told() {
        Random random = new Random(42);
        for (int round = 0; round < 200; round++) {
            List<Told> told = new ArrayList<>();
            for (int i = 0; i < 30; i++) {
                told.add(new Told(
                        Outcome.values()[random.nextInt(3)],
                        random.nextBoolean() ? 1 : 0.2,
                        NOON.plusMillis(random.nextInt(36_000_000))));
            }
            Collections.shuffle(told, random);
            Health health = Health.ofNewAsset(NOON);
            Instant now = NOON.plusSeconds(36_000);
            for (Told one : told) {
                now = now.plusMillis(random.nextInt(3_600_000));
                health = health.with(one.outcome(), one.weight(), one.when(), now, RULES);
            }
            assertThat(health.score()).as("round " + round).isCloseTo(formula(told, now), within(1e-6));
        }
    }

    private static double formula(List<Told> told, Instant now) {
        List<Told> all = new ArrayList<>(told);
        for (int i = 0; i < 5; i++) {
            all.add(new Told(Outcome.GOOD, 1, NOON));
        }
        double weights = 0;
        double values = 0;
        for (Told one : all) {
            double age = Duration.between(one.when(), now).toMillis() / 3_600_000.0;
            double weight = one.weight() * Math.pow(2, -age);
            weights += weight;
            values += weight * one.outcome().value();
        }
        return 100 * values / weights;
    }

    @Test
    void after_a_half_life_an_outcome_weighs_half() {
        Instant later = NOON.plusSeconds(3600);
        Health told = Health.ofNewAsset(NOON).with(Outcome.BAD, 1, NOON, later, RULES);
        assertThat(told.weight()).isEqualTo(3);
        assertThat(told.value()).isEqualTo(2.5);
    }

    @Test
    void a_past_too_old_to_count_leaves_the_score_to_what_comes_now() {
        Instant later = NOON.plus(Duration.ofDays(3650));
        assertThat(Health.ofNewAsset(NOON)
                        .with(Outcome.SOFT, 1, later, later, RULES)
                        .score())
                .isEqualTo(50);
    }

    @Test
    void an_outcome_too_old_to_count_leaves_the_score_as_it_was_even_where_nothing_else_counts_any_more() {
        Health bad = Health.ofNewAsset(NOON).with(Outcome.BAD, 1, NOON, NOON, RULES);
        Instant later = NOON.plus(Duration.ofDays(3650));
        assertThat(bad.with(Outcome.GOOD, 1, NOON, later, RULES)).isEqualTo(bad);
    }

    @Test
    void an_outcome_from_the_future_counts_as_if_it_were_now() {
        Health health = Health.ofNewAsset(NOON);
        assertThat(health.with(Outcome.BAD, 1, NOON.plusSeconds(299), NOON, RULES))
                .isEqualTo(health.with(Outcome.BAD, 1, NOON, NOON, RULES));
    }

    @Test
    void a_clock_that_was_set_back_makes_nothing_younger() {
        Health health = Health.ofNewAsset(NOON);
        assertThat(health.with(Outcome.BAD, 1, NOON, NOON.minusSeconds(9999), RULES))
                .isEqualTo(health.with(Outcome.BAD, 1, NOON, NOON, RULES));
    }

    @Test
    void a_policy_without_a_half_life_makes_no_score_that_is_no_number() {
        AssetHealth none = new AssetHealth(Map.of(), 0, 0, 0, 1);
        Health health = Health.ofNewAsset(NOON);
        assertThat(health.with(Outcome.SOFT, 1, NOON, NOON, none).score()).isCloseTo(91.667, within(0.001));
        assertThat(health.with(Outcome.SOFT, 1, NOON.plusSeconds(9), NOON.plusSeconds(9), none)
                        .score())
                .isEqualTo(50);
    }

    @Test
    void what_the_policy_does_not_know_is_soft() {
        assertThat(Outcome.of("IP_BLOCKED", RULES)).isEqualTo(Outcome.BAD);
        assertThat(Outcome.of("OK", RULES)).isEqualTo(Outcome.GOOD);
        assertThat(Outcome.of("LATENCY", RULES)).isEqualTo(Outcome.SOFT);
        assertThat(Outcome.of("UNHEARD_OF", RULES)).isEqualTo(Outcome.SOFT);
    }

    @Test
    void sums_that_cannot_be_are_refused_by_name_bound_and_value() {
        assertThatThrownBy(() -> new Health(1, 2, NOON)).hasMessageContaining("were 2.0 and 1.0");
        assertThatThrownBy(() -> new Health(0, 0, NOON)).hasMessageContaining("greater than 0");
        assertThatThrownBy(() -> new Health(1, Double.NaN, NOON)).hasMessageContaining("were NaN and 1.0");
    }
}
