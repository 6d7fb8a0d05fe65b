package dev.taskorder.starter.web;

import dev.taskorder.api.ledger.Amounts;
import java.math.BigDecimal;
import org.jspecify.annotations.Nullable;

/** Numbers as callers see them and send them in headers and queries. */
public final class Numbers {
    private Numbers() {}

    /** The whole number that the text is; null if it is none, or out of these bounds. */
    static @Nullable Integer wholeOrNull(String text, int min, int max) {
        try {
            int number = Integer.parseInt(text);
            return number < min || number > max ? null : number;
        } catch (NumberFormatException notANumber) {
            return null;
        }
    }

    /** As above, from 0. */
    static @Nullable Long wholeOrNull(String text, long max) {
        try {
            long number = Long.parseLong(text);
            return number < 0 || number > max ? null : number;
        } catch (NumberFormatException notANumber) {
            return null;
        }
    }

    /** The same value without the zeros that only the column's scale adds. */
    public static @Nullable BigDecimal shownOrNull(@Nullable BigDecimal number) {
        return number == null ? null : shown(number);
    }

    /** The same value without the zeros that only the column's scale adds. */
    public static BigDecimal shown(BigDecimal number) {
        return Amounts.stripped(number);
    }
}
