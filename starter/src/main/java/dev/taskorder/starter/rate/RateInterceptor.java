package dev.taskorder.starter.rate;

import dev.taskorder.starter.metrics.OrderMeters;
import dev.taskorder.starter.problem.ProblemException;
import dev.taskorder.starter.web.RequestPrincipal;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.servlet.HandlerInterceptor;

/** Takes the token of a call, or refuses it. */
final class RateInterceptor implements HandlerInterceptor {
    private final CreateRates rates;
    private final OrderMeters meters;

    RateInterceptor(CreateRates rates, OrderMeters meters) {
        this.rates = rates;
        this.meters = meters;
    }

    @Override
    public boolean preHandle(HttpServletRequest request, HttpServletResponse response, Object handler) {
        // an answer that had to wait comes by here again
        boolean takes = handler instanceof HandlerMethod method
                && method.hasMethodAnnotation(TakesToken.class)
                && CreateRate.of(request).isEmpty();
        if (takes) {
            CreateRate rate = rates.of(RequestPrincipal.required(request).name());
            if (!rate.takeOne()) {
                meters.refused(OrderMeters.Refusal.RATE_LIMITED, 1);
                throw new ProblemException(rate.problem());
            }
            request.setAttribute(CreateRate.ATTRIBUTE, rate);
            rate.tell(response);
        }
        return true;
    }
}
