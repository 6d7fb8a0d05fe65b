package dev.taskorder.api.ledger;

import dev.taskorder.api.order.Limits;
import java.math.BigDecimal;

/** Amounts of money: decimals with at most six fraction digits that fit {@code numeric(20,6)}; never floating point. */
public final class Amounts {
    /** What {@link #isAmount} asks for, in words. */
    public static final String RULE = "must be from 0 to " + Limits.AMOUNT_MAX.toPlainString() + " with at most "
            + Limits.AMOUNT_FRACTION_DIGITS_MAX + " fraction digits";

    private static final int ZEROS_MAX = 32;

    private Amounts() {}

    /** Whether the number is at least 0 and can be kept to its last digit. */
    public static boolean isAmount(BigDecimal number) {
        return number.signum() >= 0
                && number.stripTrailingZeros().scale() <= Limits.AMOUNT_FRACTION_DIGITS_MAX
                && number.compareTo(Limits.AMOUNT_MAX) <= 0;
    }

    /** The number as people write it; with an exponent only where it would be mostly zeros: 1e999999999 has a gigabyte. */
    public static String plain(BigDecimal number) {
        return Math.abs((long) number.scale()) > ZEROS_MAX ? number.toString() : number.toPlainString();
    }

    /** The same value without the zeros that sums and a column's scale bring with them. */
    public static BigDecimal stripped(BigDecimal amount) {
        BigDecimal stripped = amount.stripTrailingZeros();
        return stripped.scale() < 0 ? stripped.setScale(0) : stripped;
    }

    /** As people write it, without the zeros that sums and a column's scale bring with them. */
    public static String shown(BigDecimal amount) {
        return plain(amount.stripTrailingZeros());
    }
}
