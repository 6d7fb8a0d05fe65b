package dev.taskorder.api.order;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * How far an order has come: the fields of spec/task-order.md §2 that only we set.
 *
 * @param taskVersion optimistic lock, from 1; every change of the order adds one
 * @param leaseIds the leases bound to the order now
 * @param policyVersion the policy it was created under, such as {@code tenant_policy.v1}
 * @param payloadRemovedAt since when input and output are empty, for they were large and the order has been over for long
 * @param traceparent the trace the order was created under, if any
 * @param chain which order it followed from, and which followed from it
 */
public record TaskOrderState(
        Status status,
        Instant createdAt,
        @Nullable Instant queuedAt,
        @Nullable Instant startedAt,
        @Nullable Instant finishedAt,
        @Nullable String resultCode,
        @Nullable String resultMessage,
        int taskVersion,
        Instant updatedAt,
        List<UUID> leaseIds,
        String policyVersion,
        @Nullable Map<String, @Nullable Object> output,
        @Nullable Instant cancelRequestedAt,
        @Nullable Instant payloadRemovedAt,
        @Nullable String traceparent,
        Chain chain) {
    public TaskOrderState {
        leaseIds = List.copyOf(leaseIds);
    }
}
