package dev.taskorder.api.execution;

import dev.taskorder.api.tenant.TenantId;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What an executor gets (api.md, "Executor contract").
 *
 * @param attempt from 1
 * @param attemptToken what the result is stored under; worthless once another attempt has begun
 * @param deadline when the order's time is up, over all attempts
 * @param previousProgress what the attempt before last told; null on the first
 */
public record ExecutionRequest(
        UUID taskId,
        TenantId tenantId,
        String env,
        String projectId,
        String taskType,
        int attempt,
        UUID attemptToken,
        Instant deadline,
        Map<String, @Nullable Object> input,
        Map<String, @Nullable Object> constraints,
        @Nullable Map<String, @Nullable Object> previousProgress,
        @Nullable String traceparent,
        List<LeasedAsset> leases) {
    public ExecutionRequest {
        leases = List.copyOf(leases);
    }
}
