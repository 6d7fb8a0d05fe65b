package dev.taskorder.activities.matching;

import dev.taskorder.api.policy.Policy;
import java.math.BigDecimal;
import java.util.EnumMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Who of a line waits for money with one before it, and need not be looked at. Where the line may not be downgraded, one speaks
 * only for those that prefer what it prefers.
 *
 * @param value the policy's, by which it is told what an order prefers
 */
record LeftOut(Policy.Value value, Map<Preference, Poor> poor) {
    /**
     * Those who cannot pay what is free, but what is not.
     *
     * @param freeNow what an order needs to have what is free; null if nobody is to have it, whatever it may spend
     * @param ever what it needs in the best case: who cannot pay that ends, and does not wait
     */
    record Poor(@Nullable BigDecimal freeNow, @Nullable BigDecimal ever) {
        private static final Poor ALL = new Poor(null, null);

        /** Whoever is concerned by either. In one look the best case is the same for both. */
        private Poor or(Poor other) {
            if (freeNow == null || other.freeNow == null) {
                return ALL;
            }
            return freeNow.compareTo(other.freeNow) >= 0 ? this : other;
        }

        boolean concerns(WaitingOrder order) {
            return freeNow == null || ever == null || (!order.bears(freeNow) && order.bears(ever));
        }
    }

    /** Where nobody is left out yet. */
    static LeftOut nobody(Policy.Value value) {
        return new LeftOut(value, Map.of());
    }

    /** With those who wait as this one does. */
    LeftOut and(WaitingOrder order, Decision why) {
        Poor like =
                why instanceof Decision.TooExpensiveNow now ? new Poor(now.freeNow(), now.cheapestEver()) : Poor.ALL;
        Map<Preference, Poor> all = new EnumMap<>(Preference.class);
        all.putAll(poor);
        for (Preference preference : Preference.values()) {
            if (!order.noDowngrade() || preference == Preference.of(order, value)) {
                all.merge(preference, like, Poor::or);
            }
        }
        return new LeftOut(value, all);
    }

    boolean concerns(WaitingOrder order) {
        Poor those = poor.get(Preference.of(order, value));
        return those != null && those.concerns(order);
    }
}
