package dev.taskorder.activities.explain;

import dev.taskorder.api.order.Status;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * How far an order has come, read at one moment.
 *
 * @param waits whether the matcher owes it leases
 * @param startClaims how often its start was tried without success known
 * @param policyVersion the version of the policy that it was created under
 * @param queuedAt since when it waits in the queue; null before
 * @param maxQueueMs its own limit of that; null if it names none
 * @param holdUntil between two attempts, until when it keeps its other leases while it waits; null if it keeps none
 * @param attempt the number of its last attempt; 0 before the first
 * @param attemptState of its last attempt; null before the first
 * @param attemptSince when that state began
 * @param attemptEndedIt whether it ended with what its last attempt ended with
 * @param tooSmall what did not cover costs that ended it, as {@code Postings.Posted} names them; empty if none did
 * @param endedBy who ended it: the actor of its last event
 */
record Story(
        UUID taskId,
        Status status,
        boolean waits,
        Instant createdAt,
        int startClaims,
        boolean startIsAhead,
        int policyVersion,
        @Nullable Instant queuedAt,
        @Nullable Long maxQueueMs,
        @Nullable Instant holdUntil,
        @Nullable Instant deadline,
        @Nullable Instant retryAt,
        @Nullable Instant finishedAt,
        @Nullable String resultCode,
        @Nullable String resultMessage,
        boolean cancelRequested,
        int attempt,
        @Nullable String attemptState,
        @Nullable Instant attemptSince,
        boolean attemptEndedIt,
        @Nullable String executor,
        String env,
        List<String> tooSmall,
        @Nullable String endedBy) {}
