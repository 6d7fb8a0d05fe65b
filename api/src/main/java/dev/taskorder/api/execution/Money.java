package dev.taskorder.api.execution;

import dev.taskorder.api.ledger.Amounts;
import java.math.BigDecimal;
import java.util.regex.Pattern;

/** A cost or a revenue of some kind, in the order's currency. */
public record Money(String kind, BigDecimal amount) {
    private static final Pattern KIND = Pattern.compile("[A-Za-z0-9._-]{1,64}");

    public Money {
        if (!KIND.matcher(kind).matches()) {
            throw new IllegalArgumentException("kind must match " + KIND + ", was '" + kind + "'");
        }
        if (!Amounts.isAmount(amount)) {
            throw new IllegalArgumentException(
                    "amount of '" + kind + "' " + Amounts.RULE + ", was " + Amounts.plain(amount));
        }
    }
}
