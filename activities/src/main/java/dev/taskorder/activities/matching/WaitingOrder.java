package dev.taskorder.activities.matching;

import dev.taskorder.api.order.ResourceHint;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** An order in the queue, as the matcher sees it. */
record WaitingOrder(
        UUID taskId,
        String demand,
        int priority,
        Instant createdAt,
        String currency,
        @Nullable BigDecimal maxTotalCost,
        @Nullable BigDecimal businessValueHint,
        String taskType,
        @Nullable String taskCategory,
        int policyVersion,
        List<ResourceHint> hints,
        BigDecimal minHealthScore,
        boolean noDatacenterIp) {}
