package dev.taskorder.api.page;

import dev.taskorder.api.order.Limits;
import org.jspecify.annotations.Nullable;

/**
 * Which page is wanted.
 *
 * @param limit 1 to {@link Limits#PAGE_ITEMS_MAX}
 * @param cursor the {@code next_cursor} of the page before; null for the first
 */
public record PageRequest(int limit, @Nullable String cursor) {
    public PageRequest {
        if (limit < 1 || limit > Limits.PAGE_ITEMS_MAX) {
            throw new IllegalArgumentException("limit must be 1.." + Limits.PAGE_ITEMS_MAX + ", was " + limit);
        }
    }
}
