package dev.taskorder.starter.tenant;

import dev.taskorder.api.tenant.TenantStatus;
import dev.taskorder.api.tenant.TenantView;
import dev.taskorder.starter.problem.ProblemCode;
import dev.taskorder.starter.problem.ProblemException;
import dev.taskorder.starter.web.BeginsWork;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.servlet.HandlerInterceptor;

/** Lets work begin only for tenants that are active; what settles, releases or reads goes on for all. */
final class BeginsWorkInterceptor implements HandlerInterceptor {
    @Override
    public boolean preHandle(HttpServletRequest request, HttpServletResponse response, Object handler) {
        if (handler instanceof HandlerMethod method
                && method.hasMethodAnnotation(BeginsWork.class)
                && request.getAttribute(ActedTenant.ATTRIBUTE) instanceof TenantView tenant
                && tenant.status() != TenantStatus.ACTIVE) {
            throw refusal(tenant);
        }
        return true;
    }

    private static ProblemException refusal(TenantView tenant) {
        return tenant.status() == TenantStatus.SUSPENDED
                ? new ProblemException(
                        ProblemCode.TENANT_SUSPENDED, "the tenant is suspended: nothing new begins, reading goes on")
                : new ProblemException(
                        ProblemCode.TENANT_EXPIRED, "the tenant has expired: nothing new begins, reading goes on");
    }
}
