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
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.web.filter.OncePerRequestFilter;
import org.springframework.web.servlet.HandlerExceptionResolver;

/** Binds the tenant that a request names to the thread that serves it, once it is known to exist. */
final class TenantFilter extends OncePerRequestFilter {
    static final String HEADER = "tenant";

    /** The {@link TenantView} of the request, for what else looks at it before a handler does. */
    static final String ATTRIBUTE = TenantFilter.class.getName();

    private static final String SHAPE = "1 to 63 of a-z, 0-9, '_' and '-', starting with a letter";

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
        TenantId tenant;
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

    /** Null for a call that is about no tenant in particular. */
    private @Nullable TenantId tenantOf(HttpServletRequest request) {
        if (request.getAttribute(ATTRIBUTE) instanceof TenantView found) {
            return found.tenantId();
        }
        Optional<String> inPath = PathTenant.in(request);
        if (inPath.isPresent()) {
            return ofPath(request, inPath.get());
        }
        if (PathTenant.isOfAll(request)) {
            return null;
        }
        TenantId named = named(Collections.list(request.getHeaders(HEADER)));
        return existing(request, named)
                .orElseThrow(() -> refusal(ProblemCode.TENANT_UNKNOWN, "names no tenant: '" + named.value() + "'"));
    }

    /** One that is not there yet is bound for the call that makes it. */
    private TenantId ofPath(HttpServletRequest request, String text) {
        boolean isMade = PathTenant.isMade(request);
        if (!TenantId.isWellFormed(text)) {
            throw isMade
                    ? new ProblemException(
                            ProblemCode.INVALID_REQUEST, "/tenant_id", "must be " + SHAPE + ", was " + Shown.of(text))
                    : noSuchTenant();
        }
        TenantId tenant = new TenantId(text);
        Optional<TenantId> there = existing(request, tenant);
        return isMade ? tenant : there.orElseThrow(TenantFilter::noSuchTenant);
    }

    private Optional<TenantId> existing(HttpServletRequest request, TenantId tenant) {
        Optional<TenantView> found = tenants.find(tenant);
        found.ifPresent(view -> request.setAttribute(ATTRIBUTE, view));
        return found.map(TenantView::tenantId);
    }

    static ProblemException noSuchTenant() {
        return new ProblemException(ProblemCode.NOT_FOUND, "there is no such tenant");
    }

    private static TenantId named(List<String> headers) {
        if (headers.isEmpty() || headers.get(0).isBlank()) {
            throw refusal(ProblemCode.TENANT_REQUIRED, "is required, as a header");
        }
        if (headers.size() > 1) {
            throw refusal(ProblemCode.INVALID_REQUEST, "must be there once, as a header");
        }
        if (!TenantId.isWellFormed(headers.get(0))) {
            throw refusal(ProblemCode.INVALID_REQUEST, "must be " + SHAPE + ", was " + Shown.of(headers.get(0)));
        }
        return new TenantId(headers.get(0));
    }

    private static ProblemException refusal(ProblemCode code, String message) {
        return new ProblemException(code, "/" + HEADER, message);
    }
}
