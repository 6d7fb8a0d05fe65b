package dev.taskorder.starter.web;

import dev.taskorder.api.page.Page;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A page of a list; {@code next_cursor} is null on the last one. */
public record PageResponse<T>(List<T> items, @Nullable String nextCursor) {
    /** The page with each item as callers see it. */
    public static <S, T> PageResponse<T> of(Page<S> page, Function<? super S, ? extends T> shown) {
        return new PageResponse<>(page.items().stream().<T>map(shown).toList(), page.nextCursor());
    }
}
