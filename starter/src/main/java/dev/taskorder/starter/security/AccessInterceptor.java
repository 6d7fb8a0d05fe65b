package dev.taskorder.starter.security;

import dev.taskorder.api.principal.Principal;
import dev.taskorder.api.principal.Role;
import dev.taskorder.starter.problem.ProblemCode;
import dev.taskorder.starter.problem.ProblemException;
import dev.taskorder.starter.web.RequestPrincipal;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.springframework.http.HttpMethod;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.servlet.HandlerInterceptor;
import org.springframework.web.servlet.HandlerMapping;

/** Lets a call through to its handler if the caller's role may make it; handlers check nothing of that. */
final class AccessInterceptor implements HandlerInterceptor {
    @Override
    public boolean preHandle(HttpServletRequest request, HttpServletResponse response, Object handler) {
        if (!(handler instanceof HandlerMethod) || HttpMethod.OPTIONS.matches(request.getMethod())) {
            return true; // nothing of ours is served there, and the framework says so
        }
        Principal caller = RequestPrincipal.required(request);
        Object path = request.getAttribute(HandlerMapping.BEST_MATCHING_PATTERN_ATTRIBUTE);
        Role least = AccessRules.least(request.getMethod(), String.valueOf(path))
                .orElseThrow(
                        () -> new IllegalStateException("no rule says who may " + request.getMethod() + " " + path));
        if (!caller.role().includes(least)) {
            throw new ProblemException(
                    ProblemCode.FORBIDDEN,
                    "this takes the role " + least.word() + ", the caller is a "
                            + caller.role().word());
        }
        return true;
    }
}
