package dev.taskorder.activities.asset;

import dev.taskorder.api.asset.AssetStatus;
import dev.taskorder.api.policy.Policy.AssetHealth;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * How an asset is, and what outcomes make of it. Pure and immutable.
 *
 * @param badInRow bad outcomes since the last good one
 * @param coolUntil until when it rests; null unless it is COOLING_DOWN
 */
record Condition(
        AssetStatus status,
        Health health,
        int badInRow,
        @Nullable Instant coolUntil,
        Uses uses) {
    /** What the end of an order weighs, beside what its executor said of the asset itself. */
    static final double WEIGHT_OF_AN_END = 0.2;

    /** Whatever a policy says: a time must fit into the database. */
    private static final Duration COOL_DOWN_MAX = Duration.ofDays(3650);

    Condition {
        if (badInRow < 0) {
            throw new IllegalArgumentException("badInRow must be at least 0, was " + badInRow);
        }
        if ((status == AssetStatus.COOLING_DOWN) != (coolUntil != null)) {
            throw new IllegalArgumentException(
                    "coolUntil is for COOLING_DOWN only, was " + coolUntil + " at " + status);
        }
    }

    /**
     * After an outcome that an executor or a caller told of this asset itself. What is retired stays as it is. It counts from
     * when it happened: what came too long ago to tell how the asset is now moves its score and nothing else.
     */
    Condition after(Outcome outcome, Instant occurredAt, Instant now, AssetHealth rules) {
        if (status == AssetStatus.RETIRED) {
            return this;
        }
        Health moved = health.with(outcome, 1, occurredAt, now, rules);
        if (status == AssetStatus.BANNED || Health.isPast(occurredAt, now, rules)) {
            return new Condition(status, moved, badInRow, coolUntil, uses);
        }
        return switch (outcome) {
            case GOOD -> new Condition(status, moved, 0, coolUntil, uses);
            case SOFT -> new Condition(status, moved, badInRow, coolUntil, uses);
            case BAD -> worse(moved, occurredAt, now, rules);
        };
    }

    /** After the end of an order that it served: a light word, and none on whether the asset itself is to blame. */
    Condition afterEnd(Outcome outcome, Instant now, AssetHealth rules) {
        if (status == AssetStatus.RETIRED) {
            return this;
        }
        Health moved = health.with(outcome, WEIGHT_OF_AN_END, now, now, rules);
        return new Condition(status, moved, badInRow, coolUntil, uses);
    }

    /** After so many more leases with which an attempt began; it may have been the last one that it had left. */
    Condition used(int leases) {
        Uses now = uses.plus(leases);
        return leases > 0 && now.areUp()
                ? new Condition(AssetStatus.RETIRED, health, badInRow, null, now)
                : new Condition(status, health, badInRow, coolUntil, now);
    }

    private Condition worse(Health moved, Instant occurredAt, Instant now, AssetHealth rules) {
        int row = badInRow + 1;
        if (row >= rules.banAfter()) {
            return new Condition(AssetStatus.BANNED, moved, row, null, uses);
        }
        Instant from = occurredAt.isBefore(now) ? occurredAt : now;
        Instant until = from.plus(coolDown(row, rules));
        boolean longer = until.isAfter(now) && (coolUntil == null || until.isAfter(coolUntil));
        return longer
                ? new Condition(AssetStatus.COOLING_DOWN, moved, row, until, uses)
                : new Condition(status, moved, row, coolUntil, uses);
    }

    /** Doubles with each bad outcome in a row up to the policy's longest. */
    private static Duration coolDown(int row, AssetHealth rules) {
        double doubled = rules.coolDownMs() * Math.pow(2, row - 1);
        double ms = Math.max(0, Math.min(doubled, (double) rules.coolDownMaxMs()));
        return Duration.ofMillis(Math.min((long) ms, COOL_DOWN_MAX.toMillis()));
    }

    /** Whether anybody who looks at the asset sees it otherwise than before. */
    boolean looksLike(Condition before) {
        return status == before.status
                && Objects.equals(coolUntil, before.coolUntil)
                && score().compareTo(before.score()) == 0;
    }

    /** Whether an order may be served by it now that was not before, or can be served by nothing any more. */
    boolean concernsTheQueueAfter(Condition before) {
        boolean better = status == AssetStatus.AVAILABLE && score().compareTo(before.score()) > 0;
        return better || hasRetiredSince(before);
    }

    boolean hasRetiredSince(Condition before) {
        return status == AssetStatus.RETIRED && before.status != AssetStatus.RETIRED;
    }

    /** The score as callers see it. */
    BigDecimal score() {
        return health.shown();
    }
}
