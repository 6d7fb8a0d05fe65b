package dev.taskorder.starter.web;

import dev.taskorder.starter.problem.SecurityHeaders;
import dev.taskorder.starter.problem.TraceIds;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.slf4j.MDC;
import org.springframework.web.filter.OncePerRequestFilter;

/** First in line: gives the request its trace, so that every log line and every problem of it can be found again. */
final class TraceFilter extends OncePerRequestFilter {
    /** An answer that had to wait is written on another thread, under the same trace. */
    @Override
    protected boolean shouldNotFilterAsyncDispatch() {
        return false;
    }

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        MDC.put(TraceIds.KEY, Trace.current(request).traceId());
        SecurityHeaders.set(request, response);
        try {
            chain.doFilter(request, response);
        } finally {
            MDC.remove(TraceIds.KEY);
        }
    }
}
