package dev.taskorder.starter.order;

import dev.taskorder.api.order.ResourceHint;
import dev.taskorder.api.order.Status;
import dev.taskorder.api.order.TaskOrder;
import dev.taskorder.api.order.TaskOrderSpec;
import dev.taskorder.api.order.TaskOrderState;
import dev.taskorder.starter.web.Numbers;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** A task order as callers see it: every field of spec/task-order.md §2, null where there is nothing. */
record TaskOrderResponse(
        UUID taskId,
        String idempotencyKey,
        String tenantId,
        String projectId,
        String env,
        @Nullable String externalRef,
        String taskType,
        @Nullable String taskCategory,
        @Nullable String description,
        int priority,
        long timeoutMs,
        @Nullable BigDecimal maxTotalCost,
        String currency,
        @Nullable BigDecimal businessValueHint,
        Status status,
        Instant createdAt,
        @Nullable Instant queuedAt,
        @Nullable Instant startedAt,
        @Nullable Instant finishedAt,
        @Nullable Instant cancelRequestedAt,
        @Nullable String resultCode,
        @Nullable String resultMessage,
        int taskVersion,
        Instant updatedAt,
        List<UUID> leaseIds,
        List<ResourceHint> resourceHints,
        Map<String, @Nullable Object> constraints,
        String tenantPoliciesVersion,
        @Nullable UUID causedBy,
        List<UUID> followUps,
        List<String> tags,
        Map<String, @Nullable Object> input,
        @Nullable Map<String, @Nullable Object> output,
        @Nullable Instant payloadRemovedAt) {
    static TaskOrderResponse of(TaskOrder order) {
        TaskOrderSpec spec = order.spec();
        TaskOrderState state = order.state();
        return new TaskOrderResponse(
                order.taskId(),
                spec.idempotencyKey(),
                order.tenantId().value(),
                spec.projectId(),
                spec.env(),
                spec.externalRef(),
                spec.taskType(),
                spec.taskCategory(),
                spec.description(),
                spec.priority(),
                spec.timeoutMs(),
                Numbers.shownOrNull(spec.maxTotalCost()),
                spec.currency(),
                Numbers.shownOrNull(spec.businessValueHint()),
                state.status(),
                state.createdAt(),
                state.queuedAt(),
                state.startedAt(),
                state.finishedAt(),
                state.cancelRequestedAt(),
                state.resultCode(),
                state.resultMessage(),
                state.taskVersion(),
                state.updatedAt(),
                state.leaseIds(),
                spec.resourceHints(),
                spec.constraints(),
                state.policyVersion(),
                state.chain().causedBy(),
                state.chain().followUps(),
                spec.tags(),
                spec.input(),
                state.output(),
                state.payloadRemovedAt());
    }

    /** The version that {@code If-Match} and {@code If-None-Match} speak of. */
    String eTag() {
        return "\"" + taskVersion + "\"";
    }
}
