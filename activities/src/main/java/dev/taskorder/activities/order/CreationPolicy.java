package dev.taskorder.activities.order;

import dev.taskorder.api.order.CreateResult.NotAllowed;
import dev.taskorder.api.order.CreateResult.Objection;
import dev.taskorder.api.order.ResourceHint;
import dev.taskorder.api.order.TaskOrderSpec;
import dev.taskorder.api.policy.Policy;
import dev.taskorder.api.policy.Routes;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Whether a tenant's policy lets an order be created. */
final class CreationPolicy {
    private final Routes routes;

    CreationPolicy(Routes routes) {
        this.routes = routes;
    }

    /** Why not, naming each field and its rule; null if it may. */
    @Nullable
    NotAllowed refusal(TaskOrderSpec spec, Policy policy) {
        List<Objection> broken = new ArrayList<>();
        if (!policy.allowsEnv(spec.env())) {
            broken.add(new Objection("/env", "'" + spec.env() + "' is not among the policy's envs " + policy.envs()));
        }
        String type = "'" + spec.taskType() + "' ";
        if (!policy.allowsTaskType(spec.taskType())) {
            broken.add(
                    new Objection("/task_type", type + "is not among the policy's task_types " + policy.taskTypes()));
        } else if (routes.executorFor(policy, spec.taskType(), spec.taskCategory())
                .isEmpty()) {
            broken.add(new Objection("/task_type", type + "has no route to an executor in the policy"));
        }
        addHints(spec.resourceHints(), policy, broken);
        return broken.isEmpty() ? null : new NotAllowed(List.copyOf(broken));
    }

    /** Each category once, at the first hint that names it: a list of what is allowed may be long. */
    private static void addHints(List<ResourceHint> hints, Policy policy, List<Objection> broken) {
        Set<String> told = new HashSet<>();
        for (int i = 0; i < hints.size(); i++) {
            String category = hints.get(i).skuCategory();
            if (!policy.allowsSkuCategory(category) && told.add(category)) {
                broken.add(new Objection(
                        "/resource_hints/" + i + "/sku_category",
                        "'" + category + "' is not among the policy's sku_categories"
                                + (told.size() > 1 ? "" : " " + policy.skuCategories())));
            }
        }
    }
}
