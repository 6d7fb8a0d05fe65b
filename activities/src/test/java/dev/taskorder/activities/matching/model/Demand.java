package dev.taskorder.activities.matching.model;

import dev.taskorder.api.order.ResourceHint;
import java.math.BigDecimal;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What an order asks of the pool. Two orders of one demand can be served by exactly the same assets.
 *
 * @param minHealth null if it does not say
 * @param policy the version under which it was created
 * @param retention the key of those to whom it leaves its assets; null if it leaves none
 * @param noDowngrade whether it takes what it prefers of what is free, or nothing
 */
public record Demand(
        List<ResourceHint> hints,
        @Nullable BigDecimal minHealth,
        boolean noDatacenter,
        String currency,
        int policy,
        String project,
        @Nullable String retention,
        boolean noDowngrade) {}
