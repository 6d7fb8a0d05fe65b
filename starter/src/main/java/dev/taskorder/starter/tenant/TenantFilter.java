package dev.taskorder.starter.tenant;

import dev.taskorder.api.tenant.TenantId;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.springframework.web.filter.OncePerRequestFilter;
import org.springframework.web.servlet.HandlerExceptionResolver;

/** Binds the tenant that a request acts for to the thread that serves it. */
final class TenantFilter extends OncePerRequestFilter {
    private final ActedTenant acted;
    private final Routes routes;
    private final HandlerExceptionResolver problems;

    TenantFilter(ActedTenant acted, Routes routes, HandlerExceptionResolver problems) {
        this.acted = acted;
        this.routes = routes;
        this.problems = problems;
    }

    /** An answer that had to wait is written on another thread, for the same tenant. */
    @Override
    protected boolean shouldNotFilterAsyncDispatch() {
        return false;
    }

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        TenantId tenant;
        try {
            tenant = acted.of(request);
        } catch (RuntimeException refused) {
            if (!routes.leadsSomewhere(request)) {
                // nothing is served there, to no tenant: the framework says so, with the methods that are
                chain.doFilter(request, response);
                return;
            }
            if (problems.resolveException(request, response, null, refused) == null) {
                throw refused;
            }
            return;
        }
        if (tenant == null) {
            chain.doFilter(request, response);
            return;
        }
        TenantBinding.bind(tenant);
        try {
            chain.doFilter(request, response);
        } finally {
            TenantBinding.clear();
        }
    }
}
