package dev.taskorder.activities.explain;

import dev.taskorder.api.order.Status;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * How far an order has come, read at one moment.
 *
 * @param waits whether the matcher owes it leases
 * @param startClaims how often its start was tried without success known
 * @param attempt the number of its last attempt; 0 before the first
 * @param attemptState of its last attempt; null before the first
 * @param attemptSince when that state began
 * @param endedBy who ended it: the actor of its last event
 */
record Story(
        UUID taskId,
        Status status,
        boolean waits,
        Instant createdAt,
        int startClaims,
        boolean startIsAhead,
        @Nullable Instant deadline,
        @Nullable Instant retryAt,
        @Nullable Instant finishedAt,
        @Nullable String resultCode,
        @Nullable String resultMessage,
        boolean cancelRequested,
        int attempt,
        @Nullable String attemptState,
        @Nullable Instant attemptSince,
        @Nullable String executor,
        @Nullable String endedBy) {}
