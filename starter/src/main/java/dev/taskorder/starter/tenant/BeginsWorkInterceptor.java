package dev.taskorder.starter.tenant;

import dev.taskorder.api.tenant.TenantStatus;
import dev.taskorder.api.tenant.TenantView;
import dev.taskorder.starter.metrics.OrderMeters;
import dev.taskorder.starter.metrics.OrderMeters.Refusal;
import dev.taskorder.starter.problem.ProblemCode;
import dev.taskorder.starter.problem.ProblemException;
import dev.taskorder.starter.web.BeginsWork;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.servlet.HandlerInterceptor;

/** Lets work begin only for tenants that are active; what settles, releases or reads goes on for all. */
final class BeginsWorkInterceptor implements HandlerInterceptor {
    private final OrderMeters meters;

    BeginsWorkInterceptor(OrderMeters meters) {
        this.meters = meters;
    }

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

    private ProblemException refusal(TenantView tenant) {
        boolean suspended = tenant.status() == TenantStatus.SUSPENDED;
        meters.refused(suspended ? Refusal.TENANT_SUSPENDED : Refusal.TENANT_EXPIRED, 1);
        return suspended
                ? new ProblemException(
                        ProblemCode.TENANT_SUSPENDED,
                        "the tenant is suspended: nothing new begins, reading goes on; why, GET /v1/tenants/{tenant_id} tells,"
                                + " and an operator can activate it")
                : new ProblemException(
                        ProblemCode.TENANT_EXPIRED,
                        "the tenant has expired: nothing new begins, reading goes on; an operator can move its expires_at");
    }
}
