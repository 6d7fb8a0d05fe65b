package dev.taskorder.api.ledger;

import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Which entries are wanted; null means any.
 *
 * @param account what an entry debits or credits, exactly, or what its name begins with if this ends in {@code *}
 * @param from the earliest {@code created_at}
 * @param to the first {@code created_at} that is too late
 */
public record LedgerFilter(
        @Nullable String env,
        @Nullable UUID taskId,
        @Nullable String projectId,
        @Nullable String skuCategory,
        @Nullable String account,
        @Nullable Instant from,
        @Nullable Instant to) {}
