package dev.taskorder.starter.web;

import dev.taskorder.api.principal.Principal;
import jakarta.servlet.http.HttpServletRequest;
import java.util.Optional;

/** Who sent a request, kept with it for all that asks later, also on another thread. */
public final class RequestPrincipal {
    private static final String ATTRIBUTE = RequestPrincipal.class.getName();

    private RequestPrincipal() {}

    /** Who it is; nothing before that was found out. */
    public static Optional<Principal> of(HttpServletRequest request) {
        return request.getAttribute(ATTRIBUTE) instanceof Principal principal
                ? Optional.of(principal)
                : Optional.empty();
    }

    /** Who it is, for what is reached only once that is known. */
    public static Principal required(HttpServletRequest request) {
        return of(request)
                .orElseThrow(() -> new IllegalStateException("a request got past the filter without a principal"));
    }

    /** Keeps it. */
    public static void keep(HttpServletRequest request, Principal principal) {
        request.setAttribute(ATTRIBUTE, principal);
    }
}
