package dev.taskorder.api.order;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One kind of resource that an order wants (spec/task-order.md §4).
 *
 * @param skuCategory the class of resource, such as {@code RAW_NET}
 * @param skuCode exact, or a literal prefix ending in {@code *}; null means any of the category
 * @param minCount how many distinct assets of this kind, 1 to {@link Limits#MIN_COUNT_MAX}
 * @param attributes what the asset must carry with an equal value: strings, numbers or booleans
 */
public record ResourceHint(String skuCategory, @Nullable String skuCode, int minCount, Map<String, Object> attributes) {
    public ResourceHint {
        if (minCount < 1 || minCount > Limits.MIN_COUNT_MAX) {
            throw new IllegalArgumentException("min_count must be 1.." + Limits.MIN_COUNT_MAX + ", was " + minCount);
        }
        attributes = Map.copyOf(attributes);
    }
}
