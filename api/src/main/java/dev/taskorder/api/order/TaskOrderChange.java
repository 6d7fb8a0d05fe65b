package dev.taskorder.api.order;

import java.math.BigDecimal;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a caller wants to be otherwise; null where an order stays as it is.
 *
 * @param priority 0 to {@link Limits#PRIORITY_MAX}
 * @param maxTotalCost the new ceiling, which may be none
 * @param tags all of them, distinct, in their order
 * @param description the new one, which may be none
 */
public record TaskOrderChange(
        @Nullable Integer priority,
        @Nullable Ceiling maxTotalCost,
        @Nullable List<String> tags,
        @Nullable Description description) {
    public TaskOrderChange {
        if (priority != null && (priority < 0 || priority > Limits.PRIORITY_MAX)) {
            throw new IllegalArgumentException("priority must be 0 to " + Limits.PRIORITY_MAX + ", was " + priority);
        }
        tags = tags == null ? null : List.copyOf(tags);
    }

    /** A ceiling, at least 0, or that there is to be none. */
    public record Ceiling(@Nullable BigDecimal amount) {}

    /** A description, or that there is to be none. */
    public record Description(@Nullable String text) {}
}
