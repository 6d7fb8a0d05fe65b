package dev.taskorder.starter.rate;

import dev.taskorder.starter.problem.Problem;
import dev.taskorder.starter.problem.ProblemCode;
import io.github.bucket4j.Bucket;
import io.github.bucket4j.EstimationProbe;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.springframework.http.HttpHeaders;

/** How fast one tenant may create, for the request at hand. */
public final class CreateRate {
    static final String ATTRIBUTE = CreateRate.class.getName();
    private static final String RATE_LIMIT = "RateLimit";
    private static final String RATE_LIMIT_POLICY = "RateLimit-Policy";

    private final Bucket bucket;
    private final Limit limit;

    /**
     * What a policy says of it.
     *
     * @param perSecond tokens that come back in each second, from 1
     * @param burst how many there are at most, from 1
     */
    record Limit(int perSecond, int burst) {
        Limit {
            perSecond = Math.max(1, perSecond);
            burst = Math.max(1, burst);
        }

        private long secondsFor(long tokens) {
            return (tokens + perSecond - 1) / perSecond;
        }
    }

    CreateRate(Bucket bucket, Limit limit) {
        this.bucket = bucket;
        this.limit = limit;
    }

    /** Of a request that took its token; empty where rates are not limited. */
    public static Optional<CreateRate> of(HttpServletRequest request) {
        return Optional.ofNullable((CreateRate) request.getAttribute(ATTRIBUTE));
    }

    boolean takeOne() {
        return bucket.tryConsume(1);
    }

    /** Takes up to so many tokens more; how many there were. */
    public int takeUpTo(int tokens) {
        return tokens < 1 ? 0 : (int) bucket.tryConsumeAsMuchAsPossible(tokens);
    }

    /** Tells what is left, as of now. */
    public void tell(HttpServletResponse response) {
        response.setHeader(RATE_LIMIT, left());
        response.setHeader(RATE_LIMIT_POLICY, policy());
    }

    /** The answer to whoever finds no token. */
    public Problem problem() {
        EstimationProbe next = bucket.estimateAbilityToConsume(1);
        long seconds = Math.max(1, TimeUnit.NANOSECONDS.toSeconds(next.getNanosToWaitForRefill() + 999_999_999L));
        String detail = "the tenant creates faster than its policy allows: quotas.creates_per_second is "
                + limit.perSecond() + ", quotas.create_burst " + limit.burst();
        return Problem.of(ProblemCode.RATE_LIMITED, detail)
                .withHeader(HttpHeaders.RETRY_AFTER, Long.toString(seconds))
                .withHeader(RATE_LIMIT, left())
                .withHeader(RATE_LIMIT_POLICY, policy());
    }

    private String left() {
        long left = Math.max(0, bucket.getAvailableTokens());
        return "\"creates\";r=" + left + ";t=" + limit.secondsFor(limit.burst() - left);
    }

    private String policy() {
        return "\"creates\";q=" + limit.burst() + ";w=" + limit.secondsFor(limit.burst());
    }
}
