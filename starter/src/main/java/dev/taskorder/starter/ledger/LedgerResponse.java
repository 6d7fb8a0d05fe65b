package dev.taskorder.starter.ledger;

import dev.taskorder.api.ledger.LedgerEntry;
import dev.taskorder.api.ledger.OrderLedger;
import dev.taskorder.starter.web.Numbers;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The entries of one order and their totals, as callers see them. */
record LedgerResponse(List<Entry> items, Totals totals) {
    static LedgerResponse of(OrderLedger ledger) {
        return new LedgerResponse(ledger.items().stream().map(Entry::of).toList(), Totals.of(ledger));
    }

    /** One transfer between two accounts. */
    record Entry(
            String entryId,
            UUID taskId,
            String idempotencyKey,
            @Nullable String externalRef,
            String env,
            String projectId,
            @Nullable Integer attempt,
            LedgerEntry.Phase phase,
            String kind,
            String debitAccount,
            String creditAccount,
            BigDecimal amount,
            String currency,
            @Nullable UUID leaseId,
            @Nullable String skuCategory,
            @Nullable String skuCode,
            @Nullable String reverses,
            @Nullable String note,
            Instant createdAt) {
        static Entry of(LedgerEntry entry) {
            return new Entry(
                    entry.entryId(),
                    entry.taskId(),
                    entry.idempotencyKey(),
                    entry.externalRef(),
                    entry.env(),
                    entry.projectId(),
                    entry.attempt(),
                    entry.phase(),
                    entry.kind(),
                    entry.debitAccount(),
                    entry.creditAccount(),
                    Numbers.shown(entry.amount()),
                    entry.currency(),
                    entry.leaseId(),
                    entry.skuCategory(),
                    entry.skuCode(),
                    entry.reverses(),
                    entry.note(),
                    entry.createdAt());
        }
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
