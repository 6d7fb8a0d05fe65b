package dev.taskorder.api.execution;

import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What an attempt tells about one of its leases.
 *
 * @param eventType such as {@code IP_BLOCKED}, {@code CARD_DECLINED}, {@code LATENCY}, {@code OK}
 * @param payload top-level keys only {@code error_code, external_latency_ms, provider_status, context}
 */
public record LeaseOutcome(UUID leaseId, String eventType, Map<String, @Nullable Object> payload) {}
