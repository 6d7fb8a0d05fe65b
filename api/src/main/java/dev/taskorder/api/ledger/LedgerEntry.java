package dev.taskorder.api.ledger;

import java.math.BigDecimal;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * One transfer between two accounts, never changed or deleted (spec/task-order.md §5).
 *
 * @param entryId derived from what it is for, so that a retried step posts nothing new
 * @param attempt the attempt that caused it; null when no attempt did
 * @param amount at least 0, in {@code currency}; 0 only for the {@code execution} entry
 */
public record LedgerEntry(
        String entryId,
        UUID taskId,
        String idempotencyKey,
        @Nullable String externalRef,
        @Nullable Integer attempt,
        Phase phase,
        String kind,
        String debitAccount,
        String creditAccount,
        BigDecimal amount,
        String currency,
        @Nullable UUID leaseId,
        @Nullable String skuCategory,
        @Nullable String skuCode,
        @Nullable String reverses,
        Instant createdAt) {
    /** What the transfer does to a hold. */
    public enum Phase {
        HOLD,
        POST,
        VOID,
        EXPIRE,
        REVERSE
    }
}
