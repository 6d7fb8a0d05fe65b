package dev.taskorder.api.ledger;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the entries of one group come to, in one currency.
 *
 * @param keys what the group is of, one for each dimension asked for, in their order; null: of none
 * @param orders how many orders have an entry in the group
 * @param promisedValue what these orders promise together; null if none promises anything
 * @param succeeded how many of them ended in SUCCESS
 * @param over how many of them have ended
 */
public record SummaryGroup(
        List<@Nullable String> keys,
        String currency,
        Amounts amounts,
        long orders,
        @Nullable BigDecimal promisedValue,
        long succeeded,
        long over) {
    private static final int RATE_DIGITS = 6;

    /** What the entries themselves come to. */
    public record Amounts(BigDecimal cost, BigDecimal revenue, BigDecimal held, BigDecimal overrun) {
        /** Revenue less cost. */
        public BigDecimal margin() {
            return revenue.subtract(cost);
        }
    }

    /** Promised value less cost; null if nothing was promised. */
    public @Nullable BigDecimal promisedReturn() {
        return promisedValue == null ? null : promisedValue.subtract(amounts.cost());
    }

    /** How many of those that ended succeeded, from 0 to 1; null if none has ended. */
    public @Nullable BigDecimal successRate() {
        return over == 0 ? null : ratio(BigDecimal.valueOf(succeeded), over);
    }

    /** All that was spent, for each order that succeeded; null if none did. */
    public @Nullable BigDecimal costPerSuccess() {
        return succeeded == 0 ? null : ratio(amounts.cost(), succeeded);
    }

    private static BigDecimal ratio(BigDecimal part, long whole) {
        return part.divide(BigDecimal.valueOf(whole), RATE_DIGITS, RoundingMode.HALF_UP);
    }
}
