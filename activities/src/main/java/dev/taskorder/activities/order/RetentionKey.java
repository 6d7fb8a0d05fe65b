package dev.taskorder.activities.order;

import dev.taskorder.api.order.TaskOrderSpec;
import dev.taskorder.api.policy.Policy;
import org.jspecify.annotations.Nullable;

/**
 * Under which key an order leaves its assets to the next one (design.md §4, "Retention"): the caller's own number, else its
 * kind of work in its project.
 */
final class RetentionKey {
    private static final String LEASE_POLICY = "lease_policy";
    private static final String RETAIN = "RETAIN";

    private RetentionKey() {}

    /** Null for an order that gives its assets back. */
    static @Nullable String of(TaskOrderSpec spec, Policy policy) {
        Object wanted =
                spec.constraints().getOrDefault(LEASE_POLICY, policy.defaults().leasePolicy());
        if (!RETAIN.equals(wanted)) {
            return null;
        }
        return spec.externalRef() != null
                ? "external_ref " + spec.externalRef()
                : "project " + spec.projectId() + ", task type " + spec.taskType();
    }
}
