package dev.taskorder.starter.web;

import dev.taskorder.starter.problem.Problem;
import dev.taskorder.starter.problem.ProblemCode;
import dev.taskorder.starter.problem.ProblemWriter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.springframework.web.filter.OncePerRequestFilter;

/** Refuses path parameters: what maps paths leaves them out, so {@code /assets/a;b} would name another asset, {@code a}. */
final class PlainPath extends OncePerRequestFilter {
    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        String path = request.getRequestURI();
        if (path.indexOf(';') < 0) {
            chain.doFilter(request, response);
            return;
        }
        String message = "must not hold ';' in its path, which was " + Shown.of(path);
        ProblemWriter.write(Problem.of(ProblemCode.INVALID_REQUEST, "/url", message), response);
    }
}
