package dev.taskorder.activities.matching;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Who has what stands in an order's way, and until when.
 *
 * @param slots held or resting slots, those that come free first first
 * @param coolUntil until when assets rest after bad outcomes
 */
record Holders(List<Slot> slots, Map<String, Instant> coolUntil) {
    /**
     * A slot that is not free.
     *
     * @param taskId the order that holds it; null if it rests after an abandoned attempt
     * @param until when it is free at the latest
     */
    record Slot(String assetId, @Nullable UUID taskId, Instant until) {}
}
