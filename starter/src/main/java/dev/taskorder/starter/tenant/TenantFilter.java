package dev.taskorder.starter.tenant;

import dev.taskorder.api.tenant.TenantId;
import dev.taskorder.api.tenant.TenantView;
import dev.taskorder.api.tenant.Tenants;
import dev.taskorder.starter.problem.ProblemCode;
import dev.taskorder.starter.problem.ProblemException;
import dev.taskorder.starter.web.Shown;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Collections;
import java.util.List;
import org.springframework.web.filter.OncePerRequestFilter;
import org.springframework.web.servlet.HandlerExceptionResolver;

/** Binds the tenant that a request names to the thread that serves it, once it is known to exist. */
final class TenantFilter extends OncePerRequestFilter {
    static final String HEADER = "tenant";

    /** The {@link TenantView} of the request, for what else looks at it before a handler does. */
    static final String ATTRIBUTE = TenantFilter.class.getName();

    private final Tenants tenants;
    private final Routes routes;
    private final HandlerExceptionResolver problems;

    TenantFilter(Tenants tenants, Routes routes, HandlerExceptionResolver problems) {
        this.tenants = tenants;
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
        TenantView tenant;
        try {
            tenant = tenantOf(request);
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
        request.setAttribute(ATTRIBUTE, tenant);
        TenantBinding.bind(tenant.tenantId());
        try {
            chain.doFilter(request, response);
        } finally {
            TenantBinding.clear();
        }
    }

    private TenantView tenantOf(HttpServletRequest request) {
        if (request.getAttribute(ATTRIBUTE) instanceof TenantView found) {
            return found;
        }
        TenantId named = named(Collections.list(request.getHeaders(HEADER)));
        return tenants.find(named)
                .orElseThrow(() -> refusal(ProblemCode.TENANT_UNKNOWN, "names no tenant: '" + named.value() + "'"));
    }

    private static TenantId named(List<String> headers) {
        if (headers.isEmpty() || headers.get(0).isBlank()) {
            throw refusal(ProblemCode.TENANT_REQUIRED, "is required, as a header");
        }
        if (headers.size() > 1) {
            throw refusal(ProblemCode.INVALID_REQUEST, "must be there once, as a header");
        }
        if (!TenantId.isWellFormed(headers.get(0))) {
            throw refusal(
                    ProblemCode.INVALID_REQUEST,
                    "must be 1 to 63 of a-z, 0-9, '_' and '-', starting with a letter, was "
                            + Shown.of(headers.get(0)));
        }
        return new TenantId(headers.get(0));
    }

    private static ProblemException refusal(ProblemCode code, String message) {
        return new ProblemException(code, "/" + HEADER, message);
    }
}
