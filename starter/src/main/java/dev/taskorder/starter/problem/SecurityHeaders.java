package dev.taskorder.starter.problem;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;

/** What every answer tells browsers not to do with it, whoever gives it: a handler, a filter, the container. */
public final class SecurityHeaders {
    private static final String NOTHING = "default-src 'none'; frame-ancestors 'none'";
    /** The one page that we serve brings its scripts along; its styles are partly in the page. */
    private static final String OWN_PAGE =
            "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; frame-ancestors 'none'";

    private static final String PAGES = "/swagger-ui";

    private SecurityHeaders() {}

    /** Sets them; before anything of the answer is written. */
    public static void set(HttpServletRequest request, HttpServletResponse response) {
        String path = request.getRequestURI();
        boolean page = path != null && path.startsWith(PAGES);
        response.setHeader("X-Content-Type-Options", "nosniff");
        response.setHeader("X-Frame-Options", "DENY");
        response.setHeader("Referrer-Policy", "no-referrer");
        response.setHeader("Cross-Origin-Resource-Policy", "same-origin");
        response.setHeader("Content-Security-Policy", page ? OWN_PAGE : NOTHING);
        if (!page) {
            // what is one tenant's must not be found in a cache by the next
            response.setHeader("Cache-Control", "no-store");
        }
        if (request.isSecure()) {
            response.setHeader("Strict-Transport-Security", "max-age=31536000");
        }
    }
}
