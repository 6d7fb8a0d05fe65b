package dev.taskorder.starter.security;

import dev.taskorder.starter.problem.Problem;
import dev.taskorder.starter.problem.ProblemCode;
import dev.taskorder.starter.problem.ProblemWriter;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.HttpHeaders;
import org.springframework.security.authentication.AuthenticationServiceException;
import org.springframework.security.core.AuthenticationException;
import org.springframework.security.web.AuthenticationEntryPoint;
import org.springframework.web.servlet.HandlerExceptionResolver;

/**
 * Answers who has not proved who it is. All such answers are alike. They are counted, and one in a hundred is logged: a row of
 * the audit log for each would let strangers fill it.
 */
final class Unauthenticated implements AuthenticationEntryPoint {
    private static final Logger log = LoggerFactory.getLogger(Unauthenticated.class);
    private static final int LOGGED_ONE_IN = 100;

    private static final String RETRY_AFTER_S = "2";

    private final Counter refused;
    private final HandlerExceptionResolver problems;
    private final AtomicLong seen = new AtomicLong();

    Unauthenticated(MeterRegistry metrics, HandlerExceptionResolver problems) {
        this.problems = problems;
        this.refused = Counter.builder("taskorder.unauthenticated")
                .description("Requests without a key or token that is accepted")
                .register(metrics);
    }

    @Override
    public void commence(HttpServletRequest request, HttpServletResponse response, AuthenticationException why)
            throws IOException {
        if (why instanceof UndecidedException undecided) {
            undecided(request, response, undecided.why());
            return;
        }
        refused.increment();
        if (seen.getAndIncrement() % LOGGED_ONE_IN == 0) {
            log.info(
                    "refused a request without a key or token that is accepted method={} from={} (one in {} is logged)",
                    request.getMethod(),
                    request.getRemoteAddr(),
                    LOGGED_ONE_IN);
        }
        response.setHeader(HttpHeaders.WWW_AUTHENTICATE, "Bearer");
        ProblemWriter.write(
                Problem.of(
                        ProblemCode.UNAUTHENTICATED,
                        "/" + HttpHeaders.AUTHORIZATION,
                        "must be there once, as 'Bearer' and a key or token that is accepted: neither expired nor revoked"),
                response);
    }

    /** The caller is not told that what it sent is wrong, for nobody knows. */
    private void undecided(HttpServletRequest request, HttpServletResponse response, RuntimeException why)
            throws IOException {
        if (why instanceof AuthenticationServiceException) {
            ProblemWriter.write(
                    Problem.of(ProblemCode.UNAVAILABLE, "the service cannot reach the issuer of tokens now; try again")
                            .withHeader(HttpHeaders.RETRY_AFTER, RETRY_AFTER_S),
                    response);
        } else if (problems.resolveException(request, response, null, why) == null) {
            throw why;
        }
    }
}
