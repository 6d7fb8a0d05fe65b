package dev.taskorder.activities.ledger;

import dev.taskorder.api.ledger.LedgerEntry.Phase;
import java.math.BigDecimal;
import java.time.LocalDate;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** An entry in the making: a transfer from one account to another, written as it is, unless it is one {@link Part} of a cost. */
final class Line {
    /** Which part of a cost it is for: what all budgets cover, or the rest. One of nothing is not written. */
    enum Part {
        COVERED,
        REST
    }

    private final Map<String, @Nullable Object> columns = new LinkedHashMap<>();

    /** @param amount for one of a part, that of all parts together */
    Line(String id, Phase phase, String kind, Transfer transfer, BigDecimal amount) {
        columns.put("entry_id", id);
        columns.put("told", id);
        columns.put("phase", phase);
        columns.put("kind", kind);
        columns.put("debit", transfer.to());
        columns.put("credit", transfer.from());
        columns.put("amount", amount);
    }

    record Transfer(String from, String to) {}

    /** @param day by which budgets count it; null for today */
    Line on(@Nullable LocalDate day) {
        columns.put("counts_on", day);
        return this;
    }

    /** For a lease, counted when the money for it was set aside. */
    Line of(LeasePrice lease) {
        return of(lease.leaseId(), lease.skuCategory(), lease.skuCode()).on(lease.heldOn());
    }

    Line of(@Nullable UUID lease, @Nullable String category, @Nullable String code) {
        columns.put("lease_id", lease);
        columns.put("sku_category", category);
        columns.put("sku_code", code);
        return this;
    }

    /** Takes back another. */
    Line reversing(String entry) {
        columns.put("reverses", entry);
        return this;
    }

    Line noted(@Nullable String text) {
        columns.put("note", text);
        return this;
    }

    /** @param id all lines of one telling have it in common, so that they are written together or not at all */
    Line toldAs(String id) {
        columns.put("told", id);
        return this;
    }

    /**
     * A part of a cost.
     *
     * @param most how much of the cost budgets are asked to cover
     * @param number of the cost in its bill: budgets cover the first ones first
     */
    Line as(Part of, BigDecimal most, int number) {
        columns.put("part", of);
        columns.put("asked", most);
        columns.put("nth", number);
        return this;
    }

    /** By the names of the statement's recordset. */
    Map<String, @Nullable Object> columns() {
        return columns;
    }
}
