package dev.taskorder.starter.audit;

import dev.taskorder.api.audit.AuditLog;
import dev.taskorder.api.tenant.TenantContext;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.core.MethodParameter;
import org.springframework.http.MediaType;
import org.springframework.http.converter.HttpMessageConverter;
import org.springframework.http.server.ServerHttpRequest;
import org.springframework.http.server.ServerHttpResponse;
import org.springframework.http.server.ServletServerHttpRequest;
import org.springframework.http.server.ServletServerHttpResponse;
import org.springframework.web.bind.annotation.ControllerAdvice;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.servlet.HandlerInterceptor;
import org.springframework.web.servlet.mvc.method.annotation.ResponseBodyAdvice;

/**
 * Writes down what each call did, for all controllers. Before the answer is sent and after the call's own transaction has ended: a
 * change that was answered stands in the log, and the entry needs no second connection beside the first. If the entry
 * cannot be written, the caller is told to try again, and a repeat is harmless.
 */
@ControllerAdvice
final class AuditInterceptor implements HandlerInterceptor, ResponseBodyAdvice<Object> {
    private static final Logger log = LoggerFactory.getLogger(AuditInterceptor.class);
    private static final String WRITTEN = AuditInterceptor.class.getName();

    private final AuditLog audit;
    private final RefusedCalls refusals;

    AuditInterceptor(AuditLog audit, RefusedCalls refusals) {
        this.audit = audit;
        this.refusals = refusals;
    }

    /**
     * What an operator looks at is written down before it sees any of it: a long answer is sent in portions, and none is taken back.
     */
    @Override
    public boolean preHandle(HttpServletRequest request, HttpServletResponse response, Object handler) {
        if (handler instanceof HandlerMethod && TenantContext.current().isPresent()) {
            new AuditedCall(request, response.getStatus(), null).operatorsLook().ifPresent(audit::writeOncePerHour);
        }
        return true;
    }

    @Override
    public boolean supports(MethodParameter returnType, Class<? extends HttpMessageConverter<?>> converterType) {
        return true;
    }

    @Override
    public @Nullable Object beforeBodyWrite(
            @Nullable Object body,
            MethodParameter returnType,
            MediaType contentType,
            Class<? extends HttpMessageConverter<?>> converterType,
            ServerHttpRequest request,
            ServerHttpResponse response) {
        if (request instanceof ServletServerHttpRequest asked && response instanceof ServletServerHttpResponse answer) {
            HttpServletRequest servletRequest = asked.getServletRequest();
            writeOnce(
                    new AuditedCall(servletRequest, answer.getServletResponse().getStatus(), body));
        }
        return body;
    }

    /** What was answered without a body has not been seen yet. */
    @Override
    public void afterCompletion(
            HttpServletRequest request, HttpServletResponse response, Object handler, @Nullable Exception fault) {
        writeOnce(new AuditedCall(request, response.getStatus(), null));
    }

    private void writeOnce(AuditedCall call) {
        HttpServletRequest request = call.request();
        // a refusal before a tenant is bound is written by whoever refused: only there it is known whose it is
        if (TenantContext.current().isEmpty() || request.getAttribute(WRITTEN) != null) {
            return;
        }
        request.setAttribute(WRITTEN, true);
        if (call.isDone()) {
            write(call);
            return;
        }
        try {
            write(call);
        } catch (RuntimeException unwritten) {
            // nothing was changed that could be repeated: the answer to the call itself says more than this fault would
            log.error("a refused call is missing in the audit log", unwritten);
        }
    }

    private void write(AuditedCall call) {
        call.act().ifPresent(act -> {
            if (AuditedCall.isOfRoleOrTenant(act)) {
                refusals.write(act);
            } else {
                audit.write(act);
            }
        });
        call.operatorsAct().ifPresent(audit::writeOncePerHour);
    }
}
