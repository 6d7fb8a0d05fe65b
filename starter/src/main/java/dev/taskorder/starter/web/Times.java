package dev.taskorder.starter.web;

import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import org.jspecify.annotations.Nullable;

/** Points in time as callers send them. */
final class Times {
    static final Instant MAX = Instant.parse("9999-12-31T23:59:59Z");
    private static final String RULE = "must be an ISO 8601 time such as 2026-01-31T08:00:00Z";

    private Times() {}

    /** The point in time that the text names with its offset; null if it names none. */
    static @Nullable Instant orNull(String text) {
        try {
            return OffsetDateTime.parse(text).toInstant();
        } catch (DateTimeParseException notATime) {
            return null;
        }
    }

    /** What is wrong with the time, which is null for a text that is none; null if it is from 1970 to {@code max}. */
    static @Nullable String complaint(@Nullable Instant time, Instant max) {
        if (time == null) {
            return RULE;
        }
        return time.isBefore(Instant.EPOCH)
                ? "must not be before " + Instant.EPOCH
                : time.isAfter(max) ? "must not be after " + max : null;
    }
}
