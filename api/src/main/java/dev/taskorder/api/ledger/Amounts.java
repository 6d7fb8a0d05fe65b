package dev.taskorder.api.ledger;

import dev.taskorder.api.order.Limits;
import java.math.BigDecimal;

/** Amounts of money: decimals with at most six fraction digits that fit {@code numeric(20,6)}; never floating point. */
public final class Amounts {
    private Amounts() {}

    /** Whether the number is at least 0 and can be kept to its last digit. */
    public static boolean isAmount(BigDecimal number) {
        return number.signum() >= 0
                && number.stripTrailingZeros().scale() <= Limits.AMOUNT_FRACTION_DIGITS_MAX
                && number.compareTo(Limits.AMOUNT_MAX) <= 0;
    }
}
