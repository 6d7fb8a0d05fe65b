package dev.taskorder.api.asset;

import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A task's outcome told to an asset (spec/task-order.md §5).
 *
 * @param eventId names the event for ever: told again with the same content it changes nothing
 * @param taskId an order that has leased the asset
 * @param leaseId a lease of the asset, and of the order where one is named
 * @param eventType such as {@code IP_BLOCKED}, {@code CARD_DECLINED}, {@code LATENCY}, {@code OK}; the policy says what it means
 * @param payload top-level keys only {@code error_code, external_latency_ms, provider_status, context}
 * @param occurredAt null means when it is told
 */
public record AssetEvent(
        String eventId,
        String assetId,
        @Nullable UUID taskId,
        @Nullable UUID leaseId,
        String eventType,
        Map<String, @Nullable Object> payload,
        @Nullable Instant occurredAt) {
    public AssetEvent {
        payload = Collections.unmodifiableMap(new LinkedHashMap<>(payload));
    }
}
