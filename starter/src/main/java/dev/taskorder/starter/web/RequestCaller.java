package dev.taskorder.starter.web;

import dev.taskorder.api.tenant.Caller;
import jakarta.servlet.http.HttpServletRequest;
import org.jspecify.annotations.Nullable;

/** Who sent a request, and what they may do. */
public final class RequestCaller {
    private RequestCaller() {}

    /** Who it is, and under which trace. */
    public static Caller of(HttpServletRequest request) {
        return new Caller(
                RequestPrincipal.required(request).name(),
                Trace.current(request).traceparent());
    }

    /** The word for what the caller may do. */
    public static String role(HttpServletRequest request) {
        return RequestPrincipal.required(request).role().word();
    }

    /** By which API key; null for who came by none. */
    public static @Nullable String keyId(HttpServletRequest request) {
        return RequestPrincipal.required(request).keyId();
    }

    /** The trace of the request, as log lines and problems have it. */
    public static String traceId(HttpServletRequest request) {
        return Trace.current(request).traceId();
    }
}
