package dev.taskorder.starter.web;

import dev.taskorder.starter.problem.Problem;
import dev.taskorder.starter.problem.ProblemCode;
import dev.taskorder.starter.problem.ProblemWriter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Collection;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Refuses what a web page of somebody else sends from this machine's browser. Whoever reaches loopback is believed, and a
 * page reaches it by a name of its own that resolves to 127.0.0.1; but it cannot change the {@code Host} and
 * {@code Origin} that the browser sends.
 */
final class OwnHost extends OncePerRequestFilter {
    private static final String NAMES =
            "(?:(?:[a-z0-9_-]+\\.)*localhost|127(?:\\.[0-9]{1,3}){1,3}|\\[::1])(?::[0-9]{1,5})?";
    private static final Pattern HOST = Pattern.compile(NAMES, Pattern.CASE_INSENSITIVE);
    private static final Pattern ORIGIN = Pattern.compile("https?://" + NAMES, Pattern.CASE_INSENSITIVE);

    private final Set<String> origins;

    /** Pages of these origins are let in besides this machine's own. */
    OwnHost(Collection<String> origins) {
        this.origins = Set.copyOf(origins);
    }

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        if (!isOwn(HOST, request.getHeader(HttpHeaders.HOST))) {
            refuse(HttpHeaders.HOST, request.getHeader(HttpHeaders.HOST), response);
        } else if (!isOwn(ORIGIN, request.getHeader(HttpHeaders.ORIGIN))
                && !origins.contains(request.getHeader(HttpHeaders.ORIGIN))) {
            refuse(HttpHeaders.ORIGIN, request.getHeader(HttpHeaders.ORIGIN), response);
        } else {
            chain.doFilter(request, response);
        }
    }

    /** A header that is not there was not sent by a browser. */
    private static boolean isOwn(Pattern allowed, @Nullable String header) {
        return header == null || allowed.matcher(header).matches();
    }

    private static void refuse(String header, String value, HttpServletResponse response) throws IOException {
        String message = "must be localhost, a loopback address or a name that ends in .localhost while callers are not"
                + " authenticated, was " + Shown.of(value);
        ProblemWriter.write(Problem.of(ProblemCode.FORBIDDEN, "/" + header, message), response);
    }
}
