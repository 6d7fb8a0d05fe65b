package dev.taskorder.starter.tenant;

import jakarta.servlet.http.HttpServletRequest;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The tenant that a path is about: {@code /v1/tenants/{tenant_id}/…}. No header is needed there, and an operator's is not looked at. */
final class PathTenant {
    /** Where they all are. */
    static final String ALL = "/v1/tenants";

    private static final String CONTROL = "/v1/control";
    private static final Pattern PATH = Pattern.compile(ALL + "/([^/]+)(/.*)?");

    private PathTenant() {}

    static Optional<String> in(HttpServletRequest request) {
        Matcher path = PATH.matcher(request.getRequestURI());
        return path.matches() ? Optional.of(path.group(1)) : Optional.empty();
    }

    /** Whether the call is about the list of all tenants, and so about none. */
    static boolean isOfAll(HttpServletRequest request) {
        return request.getRequestURI().equals(ALL);
    }

    /** Whether the call pauses or resumes for all tenants, or asks what is paused: it is the installation's. */
    static boolean isOfControl(HttpServletRequest request) {
        return isOfControl(request.getRequestURI());
    }

    /** Whether this path is, as it was sent or as it is mapped. */
    static boolean isOfControl(String path) {
        return path.equals(CONTROL) || path.startsWith(CONTROL + "/");
    }

    /** Whether the call is about the keys of one, which the installation itself has too. */
    static boolean isOfKeys(HttpServletRequest request) {
        Matcher path = PATH.matcher(request.getRequestURI());
        return path.matches() && path.group(2) != null && path.group(2).startsWith("/api-keys");
    }

    /** Whether the call reads an audit log, which the installation itself has too. */
    static boolean isOfAudit(HttpServletRequest request) {
        return request.getRequestURI().equals("/v1/audit");
    }

    /** Whether the call makes a tenant that need not be there yet. */
    static boolean isMade(HttpServletRequest request) {
        Matcher path = PATH.matcher(request.getRequestURI());
        return request.getMethod().equals("PUT") && path.matches() && path.group(2) == null;
    }
}
