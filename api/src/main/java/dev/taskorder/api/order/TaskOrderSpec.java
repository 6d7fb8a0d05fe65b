package dev.taskorder.api.order;

import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a caller asks for, with all defaults filled in: the fields of spec/task-order.md §2 that are not ours to set.
 *
 * @param priority 0 to 100, larger first
 * @param timeoutMs longest execution in milliseconds, counted from the start, over all attempts
 * @param maxTotalCost ceiling in {@code currency}; null means none
 * @param constraints known keys as in the spec; unknown ones are kept and handed to the executor
 * @param input what the executor gets; a JSON object
 */
public record TaskOrderSpec(
        String projectId,
        String env,
        String taskType,
        String idempotencyKey,
        int priority,
        long timeoutMs,
        String currency,
        @Nullable BigDecimal maxTotalCost,
        @Nullable BigDecimal businessValueHint,
        @Nullable String externalRef,
        @Nullable String taskCategory,
        @Nullable String description,
        List<ResourceHint> resourceHints,
        Map<String, @Nullable Object> constraints,
        List<String> tags,
        Map<String, @Nullable Object> input) {
    public TaskOrderSpec {
        if (priority < 0 || priority > Limits.PRIORITY_MAX) {
            throw new IllegalArgumentException("priority must be 0.." + Limits.PRIORITY_MAX + ", was " + priority);
        }
        if (timeoutMs < 1 || timeoutMs > Limits.TIMEOUT_MS_MAX) {
            throw new IllegalArgumentException("timeout_ms must be 1.." + Limits.TIMEOUT_MS_MAX + ", was " + timeoutMs);
        }
        resourceHints = List.copyOf(resourceHints);
        tags = List.copyOf(tags);
    }

    /** The same but for what the change names. */
    public TaskOrderSpec changedBy(TaskOrderChange change) {
        return new TaskOrderSpec(
                projectId,
                env,
                taskType,
                idempotencyKey,
                change.priority() == null ? priority : change.priority(),
                timeoutMs,
                currency,
                ceiling(change.maxTotalCost()),
                businessValueHint,
                externalRef,
                taskCategory,
                change.description() == null
                        ? description
                        : change.description().text(),
                resourceHints,
                constraints,
                change.tags() == null ? tags : change.tags(),
                input);
    }

    /** By value, so that 5 in place of 5.0 changes nothing. */
    private @Nullable BigDecimal ceiling(TaskOrderChange.@Nullable Ceiling wanted) {
        if (wanted == null || wanted.amount() == null || maxTotalCost == null) {
            return wanted == null ? maxTotalCost : wanted.amount();
        }
        return wanted.amount().compareTo(maxTotalCost) == 0 ? maxTotalCost : wanted.amount();
    }
}
