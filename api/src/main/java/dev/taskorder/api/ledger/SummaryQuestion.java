package dev.taskorder.api.ledger;

import java.time.Instant;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a summary is to tell: by what entries are grouped, and which ones count; null means any.
 *
 * @param groupBy at least one
 * @param from the earliest {@code created_at}
 * @param to the first {@code created_at} that is too late
 */
public record SummaryQuestion(
        Set<Dimension> groupBy,
        @Nullable String env,
        @Nullable String projectId,
        @Nullable String skuCategory,
        @Nullable String taskType,
        @Nullable String taskCategory,
        @Nullable Instant from,
        @Nullable Instant to) {
    public SummaryQuestion {
        if (groupBy.isEmpty()) {
            throw new IllegalArgumentException("groupBy must have 1 to " + Dimension.values().length + ", has 0");
        }
        groupBy = EnumSet.copyOf(groupBy);
    }

    /** Something by which entries can be grouped, in the order in which groups are named and sorted. */
    public enum Dimension {
        PROJECT_ID,
        SKU_CATEGORY,
        SKU_CODE,
        TASK_TYPE,
        TASK_CATEGORY,
        /** The day (UTC) on which the entry was written. */
        DAY;

        /** Its name as callers write it. */
        public String label() {
            return name().toLowerCase(Locale.ROOT);
        }
    }
}
