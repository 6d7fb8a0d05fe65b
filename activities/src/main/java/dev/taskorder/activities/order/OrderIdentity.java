package dev.taskorder.activities.order;

import dev.taskorder.api.order.WorkflowIds;
import dev.taskorder.api.tenant.TenantId;

/**
 * What of an order never changes and shows in Temporal.
 *
 * @param workflowId of its workflow, whichever run of it
 * @param taskType which is the activity type of its attempts
 */
public record OrderIdentity(String workflowId, String taskType) {
    public static OrderIdentity of(TenantId tenant, String env, String idempotencyKey, String taskType) {
        return new OrderIdentity(WorkflowIds.of(tenant, env, idempotencyKey), taskType);
    }
}
