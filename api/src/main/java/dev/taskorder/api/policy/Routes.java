package dev.taskorder.api.policy;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Which executor serves a task: the policy's routes, then what an executor declares, then the local mode's own. */
public interface Routes {
    /** The executor's name; nothing if no executor of this installation serves the type. */
    Optional<String> executorFor(Policy policy, String taskType, @Nullable String taskCategory);
}
