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
 * @param env its order's, as {@code projectId}
 * @param amount at least 0, in {@code currency}; 0 only for the {@code execution} entry
 * @param reverses the entry that a REVERSE takes back
 * @param note what a caller wrote with an entry of its own
 */
public record LedgerEntry(
        String entryId,
        UUID taskId,
        String idempotencyKey,
        @Nullable String externalRef,
        String env,
        String projectId,
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
        @Nullable String note,
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
