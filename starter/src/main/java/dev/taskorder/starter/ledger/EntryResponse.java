package dev.taskorder.starter.ledger;

import dev.taskorder.api.ledger.LedgerEntry;
import dev.taskorder.starter.web.AuditedAnswer;
import dev.taskorder.starter.web.Csv;
import dev.taskorder.starter.web.Numbers;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** One transfer between two accounts, as callers see it. */
record EntryResponse(
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
        Instant createdAt)
        implements AuditedAnswer {
    @Override
    public String idOfObject() {
        return entryId;
    }

    /** The same fields, in the same order. */
    static final Csv<LedgerEntry> CSV = new Csv<>(
            List.of(
                    "entry_id",
                    "task_id",
                    "idempotency_key",
                    "external_ref",
                    "env",
                    "project_id",
                    "attempt",
                    "phase",
                    "kind",
                    "debit_account",
                    "credit_account",
                    "amount",
                    "currency",
                    "lease_id",
                    "sku_category",
                    "sku_code",
                    "reverses",
                    "note",
                    "created_at"),
            EntryResponse::cells);

    static EntryResponse of(LedgerEntry entry) {
        return new EntryResponse(
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

    private static List<@Nullable Object> cells(LedgerEntry entry) {
        return Arrays.asList(
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
                entry.amount(),
                entry.currency(),
                entry.leaseId(),
                entry.skuCategory(),
                entry.skuCode(),
                entry.reverses(),
                entry.note(),
                entry.createdAt());
    }
}
