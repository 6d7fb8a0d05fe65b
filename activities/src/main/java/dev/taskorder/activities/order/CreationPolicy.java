package dev.taskorder.activities.order;

import dev.taskorder.api.order.CreateResult.NotAllowed;
import dev.taskorder.api.order.ResourceHint;
import dev.taskorder.api.order.TaskOrderSpec;
import dev.taskorder.api.policy.Policy;
import dev.taskorder.api.policy.Routes;
import org.jspecify.annotations.Nullable;

/** Whether a tenant's policy lets an order be created. */
final class CreationPolicy {
    private final Routes routes;

    CreationPolicy(Routes routes) {
        this.routes = routes;
    }

    /** Why not, naming field and rule; null if it may. */
    @Nullable
    NotAllowed refusal(TaskOrderSpec spec, Policy policy) {
        if (!policy.allowsEnv(spec.env())) {
            return new NotAllowed("/env", "'" + spec.env() + "' is not among the policy's envs " + policy.envs());
        }
        if (!policy.allowsTaskType(spec.taskType())) {
            return new NotAllowed(
                    "/task_type",
                    "'" + spec.taskType() + "' is not among the policy's task_types " + policy.taskTypes());
        }
        for (int i = 0; i < spec.resourceHints().size(); i++) {
            ResourceHint hint = spec.resourceHints().get(i);
            if (!policy.allowsSkuCategory(hint.skuCategory())) {
                return new NotAllowed(
                        "/resource_hints/" + i + "/sku_category",
                        "'" + hint.skuCategory() + "' is not among the policy's sku_categories "
                                + policy.skuCategories());
            }
        }
        if (routes.executorFor(policy, spec.taskType(), spec.taskCategory()).isEmpty()) {
            return new NotAllowed("/task_type", "'" + spec.taskType() + "' has no route to an executor in the policy");
        }
        return null;
    }
}
