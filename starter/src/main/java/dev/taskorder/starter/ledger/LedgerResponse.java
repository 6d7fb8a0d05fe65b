package dev.taskorder.starter.ledger;

import dev.taskorder.api.ledger.OrderLedger;
import dev.taskorder.starter.web.Numbers;
import java.math.BigDecimal;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The entries of one order and their totals, as callers see them. */
record LedgerResponse(List<EntryResponse> items, Totals totals) {
    static LedgerResponse of(OrderLedger ledger) {
        return new LedgerResponse(ledger.items().stream().map(EntryResponse::of).toList(), Totals.of(ledger));
    }

    /** What the entries add up to, and how that compares with what was promised. */
    record Totals(
            BigDecimal cost,
            BigDecimal revenue,
            BigDecimal margin,
            BigDecimal held,
            BigDecimal overrun,
            @Nullable BigDecimal promisedValue,
            @Nullable BigDecimal promisedReturn,
            BigDecimal realisedReturn,
            String currency) {
        static Totals of(OrderLedger ledger) {
            OrderLedger.Totals totals = ledger.totals();
            return new Totals(
                    Numbers.shown(totals.cost()),
                    Numbers.shown(totals.revenue()),
                    Numbers.shown(totals.margin()),
                    Numbers.shown(totals.held()),
                    Numbers.shown(totals.overrun()),
                    Numbers.shownOrNull(ledger.promisedValue()),
                    Numbers.shownOrNull(ledger.promisedReturn()),
                    Numbers.shown(ledger.realisedReturn()),
                    totals.currency());
        }
    }
}
