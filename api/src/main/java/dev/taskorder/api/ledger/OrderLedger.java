package dev.taskorder.api.ledger;

import java.math.BigDecimal;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * All entries of one order, oldest first, what they add up to, and what its caller promised.
 *
 * @param promisedValue the order's {@code business_value_hint}; null if it has none
 */
public record OrderLedger(
        List<LedgerEntry> items, Totals totals, @Nullable BigDecimal promisedValue) {
    public OrderLedger {
        items = List.copyOf(items);
    }

    /** What the order brings if the promise is kept: promised value less cost; null if nothing was promised. */
    public @Nullable BigDecimal promisedReturn() {
        return promisedValue == null ? null : promisedValue.subtract(totals.cost());
    }

    /** What it has brought: revenue less cost. */
    public BigDecimal realisedReturn() {
        return totals.revenue().subtract(totals.cost());
    }

    /** Computed from the entries alone; {@code margin} is revenue less cost. */
    public record Totals(
            BigDecimal cost,
            BigDecimal revenue,
            BigDecimal margin,
            BigDecimal held,
            BigDecimal overrun,
            String currency) {}
}
