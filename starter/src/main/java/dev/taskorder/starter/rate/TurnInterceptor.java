package dev.taskorder.starter.rate;

import dev.taskorder.api.tenant.TenantContext;
import dev.taskorder.starter.metrics.OrderMeters;
import dev.taskorder.starter.problem.Problem;
import dev.taskorder.starter.problem.ProblemCode;
import dev.taskorder.starter.problem.ProblemException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.servlet.AsyncHandlerInterceptor;

/** Waits for the turn of a create, and gives it back when that is done, whatever its answer waits for. */
final class TurnInterceptor implements AsyncHandlerInterceptor {
    private static final String ATTRIBUTE = CreateTurns.Turn.class.getName();

    private final CreateTurns turns;
    private final OrderMeters meters;

    TurnInterceptor(CreateTurns turns, OrderMeters meters) {
        this.turns = turns;
        this.meters = meters;
    }

    @Override
    public boolean preHandle(HttpServletRequest request, HttpServletResponse response, Object handler) {
        // an answer that had to wait comes by here again
        boolean takes = handler instanceof HandlerMethod method
                && method.hasMethodAnnotation(TakesToken.class)
                && request.getAttribute(ATTRIBUTE) == null;
        if (takes) {
            CreateTurns.Turn turn = turns.take(TenantContext.required()).orElseThrow(this::refusal);
            request.setAttribute(ATTRIBUTE, turn);
            if (turn != CreateTurns.NOT_HELD) {
                meters.heldBack();
            }
        }
        return true;
    }

    private ProblemException refusal() {
        meters.refused(OrderMeters.Refusal.RATE_LIMITED, 1);
        String detail = "more orders of the tenant wait to be started than can be started soon, and so do "
                + CreateTurns.WAITING_MAX + " more that are being created: repeat it later";
        return new ProblemException(
                Problem.of(ProblemCode.RATE_LIMITED, detail).withHeader(HttpHeaders.RETRY_AFTER, "1"));
    }

    @Override
    public void afterConcurrentHandlingStarted(
            HttpServletRequest request, HttpServletResponse response, Object handler) {
        over(request);
    }

    @Override
    public void afterCompletion(
            HttpServletRequest request, HttpServletResponse response, Object handler, @Nullable Exception thrown) {
        over(request);
    }

    private static void over(HttpServletRequest request) {
        if (request.getAttribute(ATTRIBUTE) instanceof CreateTurns.Turn turn) {
            turn.over();
        }
    }
}
