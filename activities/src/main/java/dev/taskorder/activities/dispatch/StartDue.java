package dev.taskorder.activities.dispatch;

import dev.taskorder.api.tenant.TenantId;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * All that the start of one order's workflow needs.
 *
 * @param weight the tenant's share of the workers, by the policy that the order was created under
 * @param again whether this run was claimed before: its start may have happened, and may be over by now
 */
public record StartDue(
        TenantId tenant,
        UUID taskId,
        int runNo,
        String env,
        String idempotencyKey,
        String projectId,
        String taskType,
        int priority,
        @Nullable String externalRef,
        @Nullable String description,
        @Nullable String traceparent,
        float weight,
        boolean again) {}
