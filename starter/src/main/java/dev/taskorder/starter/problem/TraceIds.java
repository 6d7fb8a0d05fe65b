package dev.taskorder.starter.problem;

import java.util.HexFormat;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;
import org.slf4j.MDC;

/** The trace of the request on this thread, under one name in log lines, problems and request attributes. */
public final class TraceIds {
    /** Name in the log lines' context and of the request attribute. */
    public static final String KEY = "trace_id";

    private TraceIds() {}

    /** The trace id of this thread's request; a new one where no filter ran. */
    public static String current() {
        String id = MDC.get(KEY);
        return id == null ? create() : id;
    }

    /** What the attribute of an earlier pass through the filter holds, else the current one. */
    static String orCurrent(@Nullable Object attribute) {
        return attribute instanceof String id ? id : current();
    }

    /** Sixteen random bytes in hexadecimal, as W3C trace context has them. Not a secret, so not a secure random. */
    public static String create() {
        ThreadLocalRandom random = ThreadLocalRandom.current();
        HexFormat hex = HexFormat.of();
        return hex.toHexDigits(random.nextLong()) + hex.toHexDigits(random.nextLong() | 1);
    }
}
