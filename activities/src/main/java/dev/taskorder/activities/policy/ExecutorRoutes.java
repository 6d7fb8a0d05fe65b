package dev.taskorder.activities.policy;

import dev.taskorder.api.execution.Executor;
import dev.taskorder.api.policy.Policy;
import dev.taskorder.api.policy.Routes;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** The policy's routes first, then what an executor declares, then the executor for all the rest, if one is set. */
final class ExecutorRoutes implements Routes {
    private final Set<String> names = new HashSet<>();
    private final Map<String, String> declared = new HashMap<>();
    private final @Nullable String forTheRest;

    ExecutorRoutes(Collection<Executor> executors, @Nullable String forTheRest) {
        for (Executor executor : executors) {
            names.add(executor.name());
            executor.taskTypes().forEach(type -> declared.put(type, executor.name()));
        }
        if (forTheRest != null && !names.contains(forTheRest)) {
            throw new IllegalArgumentException("taskorder.local.default-executor: no executor is named '" + forTheRest
                    + "'; there are " + String.join(", ", new TreeSet<>(names)));
        }
        this.forTheRest = forTheRest;
    }

    @Override
    public Optional<String> executorFor(Policy policy, String taskType, @Nullable String taskCategory) {
        return policy.routeOf(taskType, taskCategory)
                .filter(names::contains)
                .or(() -> Optional.ofNullable(declared.get(taskType)))
                .or(() -> Optional.ofNullable(forTheRest));
    }
}
