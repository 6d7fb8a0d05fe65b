package dev.taskorder.activities.asset;

import dev.taskorder.api.policy.Policy.AssetHealth;
import java.util.Locale;
import java.util.Optional;

/** What an event says of an asset. */
enum Outcome {
    GOOD(1),
    SOFT(0.5),
    BAD(0);

    /** What the end of an order tells when all went well (spec/task-order.md §5). */
    static final String END_WELL = "OK";

    private final double value;

    Outcome(double value) {
        this.value = value;
    }

    double value() {
        return value;
    }

    /** The outcome as policies and events call it. */
    String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** What the policy takes a type of event for; one that it does not know is soft. */
    static Outcome of(String eventType, AssetHealth rules) {
        return named(eventType, rules).orElse(SOFT);
    }

    /** What the end of an order is taken for: a good one for good and a bad one for bad, unless the policy names it. */
    static Outcome ofEnd(String eventType, AssetHealth rules) {
        return named(eventType, rules).orElse(eventType.equals(END_WELL) ? GOOD : BAD);
    }

    private static Optional<Outcome> named(String eventType, AssetHealth rules) {
        return Optional.ofNullable(rules.outcomes().get(eventType)).map(word -> switch (word) {
            case "good" -> GOOD;
            case "bad" -> BAD;
            default -> SOFT;
        });
    }
}
