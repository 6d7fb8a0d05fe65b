package dev.taskorder.starter.tenant;

import dev.taskorder.api.principal.Principal;
import dev.taskorder.api.tenant.TenantContext;
import dev.taskorder.api.tenant.TenantId;
import dev.taskorder.starter.audit.RefusedCalls;
import dev.taskorder.starter.problem.ProblemException;
import dev.taskorder.starter.web.RequestPrincipal;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpMethod;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.servlet.HandlerInterceptor;
import org.springframework.web.servlet.HandlerMapping;

/**
 * Lets no call through to a handler of another tenant than the bound one. The filter binds by the path as it was sent, and handlers are
 * found by the path as it is meant: {@code /v1/%74enants/b} is {@code /v1/tenants/b} to the one and nothing to the other.
 */
final class PathTenantInterceptor implements HandlerInterceptor {
    private static final String VARIABLE = "tenant_id";

    private final RefusedCalls refusals;

    PathTenantInterceptor(RefusedCalls refusals) {
        this.refusals = refusals;
    }

    /** @throws ProblemException as for a tenant that is not there, written down as if it had been named plainly */
    @Override
    public boolean preHandle(HttpServletRequest request, HttpServletResponse response, Object handler) {
        if (!(handler instanceof HandlerMethod) || HttpMethod.OPTIONS.matches(request.getMethod())) {
            return true; // nothing of ours is served there, and the framework says so
        }
        TenantId bound = TenantContext.current().orElse(null);
        Principal caller = RequestPrincipal.required(request);
        String meant = meant(request);
        if (meant != null && (bound == null || !bound.value().equals(meant))) {
            if (!caller.isOperator()) {
                refusals.write(ActedTenant.mismatch(request));
            }
            throw ActedTenant.noSuchTenant();
        }
        Object path = request.getAttribute(HandlerMapping.BEST_MATCHING_PATTERN_ATTRIBUTE);
        if (PathTenant.ALL.equals(path) && bound != null && caller.isOperator()) {
            throw ActedTenant.noSuchTenant(); // all tenants are nobody's, and this is one's; others have not the role
        }
        if (caller.isOperator()
                && path instanceof String mapped
                && PathTenant.isOfControl(mapped)
                && !TenantId.SYSTEM.equals(bound)) {
            throw ActedTenant.noSuchTenant(); // nor is the installation a tenant
        }
        return true;
    }

    private static @Nullable String meant(HttpServletRequest request) {
        return request.getAttribute(HandlerMapping.URI_TEMPLATE_VARIABLES_ATTRIBUTE) instanceof Map<?, ?> values
                        && values.get(VARIABLE) instanceof String text
                ? text
                : null;
    }
}
