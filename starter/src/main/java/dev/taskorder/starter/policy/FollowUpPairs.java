package dev.taskorder.starter.policy;

import dev.taskorder.starter.web.Shown;
import dev.taskorder.starter.web.Violations;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Follow-up rules beside each other and beside the rest of their policy. */
final class FollowUpPairs {
    private static final String ANY = "*";
    private static final String TEMPLATE = "{{";

    private FollowUpPairs() {}

    /** Notes rules of one id, whose orders would have one key, and rules that no order could ever fulfil. */
    static void check(Map<String, @Nullable Object> filled, Violations violations) {
        if (!(filled.get("follow_ups") instanceof List<?> rules)) {
            return;
        }
        Set<Object> ids = new HashSet<>();
        for (int i = 0; i < rules.size(); i++) {
            if (rules.get(i) instanceof Map<?, ?> rule) {
                String pointer = "/follow_ups/" + i;
                if (rule.get("id") instanceof String id && !ids.add(id)) {
                    violations.add(pointer + "/id", "must not be that of another rule, was " + Shown.of(id));
                }
                checkAllowed(filled, "task_types", rule.get("task_type"), pointer + "/task_type", violations);
                if (rule.get("create") instanceof Map<?, ?> create) {
                    checkAllowed(
                            filled, "task_types", create.get("task_type"), pointer + "/create/task_type", violations);
                    checkAllowed(filled, "envs", create.get("env"), pointer + "/create/env", violations);
                }
            }
        }
    }

    private static void checkAllowed(
            Map<String, @Nullable Object> filled,
            String list,
            @Nullable Object value,
            String pointer,
            Violations violations) {
        if (value instanceof String text
                && !text.contains(TEMPLATE)
                && filled.get(list) instanceof List<?> allowed
                && !allowed.contains(ANY)
                && !allowed.contains(text)) {
            violations.add(pointer, "must be in this policy's " + list + ", was " + Shown.of(text));
        }
    }
}
