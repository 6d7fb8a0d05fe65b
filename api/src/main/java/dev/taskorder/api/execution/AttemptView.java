package dev.taskorder.api.execution;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * One attempt, for people.
 *
 * @param state one of {@code GRANTED, RUNNING, ANSWERED, ENDED, LOST, ABANDONED, DROPPED}
 * @param lateCosts what a worker reported after its attempt was given up; nothing of it is posted
 */
public record AttemptView(
        int number,
        String state,
        @Nullable Instant startedAt,
        @Nullable Instant finishedAt,
        @Nullable String resultCode,
        @Nullable String resultMessage,
        @Nullable Map<String, @Nullable Object> progress,
        List<Money> costs,
        List<Money> lateCosts,
        List<UUID> leaseIds,
        String executor) {
    public AttemptView {
        costs = List.copyOf(costs);
        lateCosts = List.copyOf(lateCosts);
        leaseIds = List.copyOf(leaseIds);
    }
}
