package dev.taskorder.api.tenant;

import org.jspecify.annotations.Nullable;

/**
 * Who asked, for events and audit, and under which trace.
 *
 * @param actor who: a principal's name, or {@code system}
 * @param traceparent W3C trace context to hand on; null where no request asked
 */
public record Caller(String actor, @Nullable String traceparent) {
    /** Work that nobody asked for by hand: recovery, expiry, the workflow itself. */
    public static final Caller SYSTEM = new Caller("system", null);
}
