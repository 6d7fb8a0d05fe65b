package dev.taskorder.starter.web;

import java.math.BigDecimal;
import org.jspecify.annotations.Nullable;

/** Decimals as callers see them. */
public final class Numbers {
    private Numbers() {}

    /** The same value without the zeros that only the column's scale adds. */
    public static @Nullable BigDecimal shownOrNull(@Nullable BigDecimal number) {
        return number == null ? null : shown(number);
    }

    /** The same value without the zeros that only the column's scale adds. */
    public static BigDecimal shown(BigDecimal number) {
        BigDecimal stripped = number.stripTrailingZeros();
        return stripped.scale() < 0 ? stripped.setScale(0) : stripped;
    }
}
