package dev.taskorder.api.ledger;

import java.math.BigDecimal;
import java.util.List;

/** All entries of one order, oldest first, and what they add up to. */
public record OrderLedger(List<LedgerEntry> items, Totals totals) {
    public OrderLedger {
        items = List.copyOf(items);
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
