package dev.taskorder.activities.asset;

import dev.taskorder.api.policy.Policy.AssetHealth;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Duration;
import java.time.Instant;

/**
 * How well an asset has done (design.md §4, "Health"): 100 · Σ w·v / Σ w over its outcomes, w = 2^(−age / half-life). Both
 * sums lose the same share as time passes, so the score changes with outcomes only, and two numbers are all there is to keep.
 * Pure and immutable.
 *
 * @param weight Σ w as of {@code at}, greater than 0
 * @param value Σ w·v as of {@code at}, 0 to {@code weight}
 */
record Health(double weight, double value, Instant at) {
    /** A new asset begins with so many good outcomes. */
    static final double NEW_ASSET_WEIGHT = 5;

    private static final double PERCENT = 100;
    private static final int SHOWN_FRACTION_DIGITS = 3;
    /** Sums below it would soon be no numbers to divide any more. */
    private static final double WEIGHT_MIN = 1e-9;

    Health {
        if (!(weight > 0) || !(value >= 0) || value > weight) {
            throw new IllegalArgumentException(
                    "value must be 0 to weight, weight greater than 0, were " + value + " and " + weight);
        }
    }

    static Health ofNewAsset(Instant now) {
        return new Health(NEW_ASSET_WEIGHT, NEW_ASSET_WEIGHT, now);
    }

    /** 0 to 100. */
    double score() {
        return PERCENT * value / weight;
    }

    /** The score as it is kept, shown and compared: to three fraction digits. */
    BigDecimal shown() {
        return BigDecimal.valueOf(score()).setScale(SHOWN_FRACTION_DIGITS, RoundingMode.HALF_UP);
    }

    /**
     * With one outcome more. One that is told late counts as much as if it had been told in time, so the order of telling
     * changes no score; one from the future counts as if it were now.
     *
     * @param outcomeWeight what it weighs while it is fresh, greater than 0
     */
    Health with(Outcome outcome, double outcomeWeight, Instant occurredAt, Instant now, AssetHealth rules) {
        Instant then = now.isAfter(at) ? now : at;
        double kept = share(Duration.between(at, then), rules);
        double added = outcomeWeight * share(Duration.between(occurredAt, then), rules);
        double newWeight = weight * kept + added;
        if (newWeight < WEIGHT_MIN) {
            return this; // nothing fresh was told: the score stays, and so does what it is made of
        }
        return new Health(newWeight, Math.min(newWeight, value * kept + added * outcome.value()), then);
    }

    /** Whether what happened then is more than a half-life ago. */
    static boolean isPast(Instant occurredAt, Instant now, AssetHealth rules) {
        return Duration.between(occurredAt, now).toMillis() > halfLifeMs(rules);
    }

    /** What is left after so long of what weighed 1. */
    private static double share(Duration age, AssetHealth rules) {
        return Math.pow(2, -Math.max(0, age.toMillis()) / halfLifeMs(rules));
    }

    private static double halfLifeMs(AssetHealth rules) {
        return Math.max(1, rules.halfLifeSeconds() * 1000.0);
    }
}
