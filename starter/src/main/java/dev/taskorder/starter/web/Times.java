package dev.taskorder.starter.web;

import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import org.jspecify.annotations.Nullable;

/** Points in time as callers send them. */
final class Times {
    static final String RULE = "must be an ISO 8601 time such as 2026-01-31T08:00:00Z";
    private static final Instant MAX = Instant.parse("9999-12-31T23:59:59Z");

    private Times() {}

    /** The point in time that the text names with its offset, from 1970 to 9999; null if it names none. */
    static @Nullable Instant orNull(String text) {
        try {
            Instant time = OffsetDateTime.parse(text).toInstant();
            return time.isBefore(Instant.EPOCH) || time.isAfter(MAX) ? null : time;
        } catch (DateTimeParseException notATime) {
            return null;
        }
    }
}
