package dev.taskorder.starter.web;

import dev.taskorder.starter.problem.TraceIds;
import jakarta.servlet.http.HttpServletRequest;
import java.util.HexFormat;
import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The trace of a request (W3C trace context).
 *
 * @param traceparent what the caller sent; without one, and for a broken one, a trace begins here, as the standard
 *     demands
 */
record Trace(String traceId, String traceparent) {
    private static final String HEADER = "traceparent";
    private static final String ATTRIBUTE = Trace.class.getName();
    private static final Pattern SHAPE =
            Pattern.compile("(?!ff)[0-9a-f]{2}-(?!0{32})([0-9a-f]{32})-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}");

    static Trace begin(HttpServletRequest request) {
        Trace trace = of(request.getHeader(HEADER));
        request.setAttribute(ATTRIBUTE, trace);
        request.setAttribute(TraceIds.KEY, trace.traceId);
        return trace;
    }

    static Trace current(HttpServletRequest request) {
        return request.getAttribute(ATTRIBUTE) instanceof Trace trace ? trace : begin(request);
    }

    /** Eight random bytes that are not all zero. */
    private static String spanId() {
        return HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextLong() | 1);
    }

    static Trace of(@Nullable String header) {
        if (header != null) {
            Matcher matcher = SHAPE.matcher(header);
            if (matcher.matches()) {
                return new Trace(matcher.group(1), header);
            }
        }
        String traceId = TraceIds.create();
        return new Trace(traceId, "00-" + traceId + "-" + spanId() + "-01");
    }
}
