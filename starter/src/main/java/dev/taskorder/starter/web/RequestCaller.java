package dev.taskorder.starter.web;

import dev.taskorder.api.tenant.Caller;
import jakarta.servlet.http.HttpServletRequest;

/** Who sent a request, and what they may do. */
public final class RequestCaller {
    /** The tenant header is trusted on loopback only, where whoever sends it runs the installation. */
    public static final String OPERATOR = "operator";

    private RequestCaller() {}

    /** Who it is, and under which trace. */
    public static Caller of(HttpServletRequest request) {
        return new Caller(OPERATOR, Trace.current(request).traceparent());
    }

    /** The word for what the caller may do. */
    public static String role(HttpServletRequest request) {
        return OPERATOR;
    }

    /** The trace of the request, as log lines and problems have it. */
    public static String traceId(HttpServletRequest request) {
        return Trace.current(request).traceId();
    }
}
