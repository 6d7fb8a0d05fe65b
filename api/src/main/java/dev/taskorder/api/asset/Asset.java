package dev.taskorder.api.asset;

import java.math.BigDecimal;
import java.time.Instant;

/**
 * An asset as it is now: the AssetSnapshot of spec/task-order.md §5.
 *
 * @param spec what was said of it; status, health and handle are never null here
 * @param currentConcurrency the number of its active leases
 * @param reserved slots kept for a retention key or for a waiting larger order
 */
public record Asset(
        AssetSpec spec,
        AssetStatus status,
        BigDecimal healthScore,
        int currentConcurrency,
        int reserved,
        Instant updatedAt) {}
