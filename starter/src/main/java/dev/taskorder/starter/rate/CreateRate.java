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

/** How fast one tenant, and one key of it, may create, for the request at hand. */
public final class CreateRate {
    static final String ATTRIBUTE = CreateRate.class.getName();
    private static final String RATE_LIMIT = "RateLimit";
    private static final String SHARE_IN_WORDS = "four fifths";
    private static final String RATE_LIMIT_POLICY = "RateLimit-Policy";

    private final Band tenant;
    private final Band key;

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

        /** What one key has while others of the tenant create too: a runaway leaves them room. */
        Limit shared() {
            return new Limit(perSecond * 4 / 5, burst * 4 / 5);
        }

        long secondsFor(long tokens) {
            return (tokens + perSecond - 1) / perSecond;
        }
    }

    /** What is left of a limit. */
    record Band(Bucket bucket, Limit limit) {
        private long left() {
            return Math.max(0, bucket.getAvailableTokens());
        }
    }

    CreateRate(Band tenant, Band key) {
        this.tenant = tenant;
        this.key = key;
    }

    /** Of a request that took its token; empty where rates are not limited. */
    public static Optional<CreateRate> of(HttpServletRequest request) {
        return Optional.ofNullable((CreateRate) request.getAttribute(ATTRIBUTE));
    }

    boolean takeOne() {
        return takeUpTo(1) == 1;
    }

    /** Takes up to so many tokens more; how many there were. */
    public int takeUpTo(int tokens) {
        if (tokens < 1) {
            return 0;
        }
        long ofKey = key.bucket.tryConsumeAsMuchAsPossible(tokens);
        long ofBoth = ofKey < 1 ? 0 : tenant.bucket.tryConsumeAsMuchAsPossible(ofKey);
        if (ofBoth < ofKey) {
            key.bucket.addTokens(ofKey - ofBoth);
        }
        return (int) ofBoth;
    }

    /** Tells what is left, as of now. */
    public void tell(HttpServletResponse response) {
        response.setHeader(RATE_LIMIT, left(scarcer()));
        response.setHeader(RATE_LIMIT_POLICY, policy(scarcer()));
    }

    /** The answer to whoever finds no token. */
    public Problem problem() {
        Band band = scarcer();
        EstimationProbe next = band.bucket.estimateAbilityToConsume(1);
        long seconds = Math.max(1, TimeUnit.NANOSECONDS.toSeconds(next.getNanosToWaitForRefill() + 999_999_999L));
        Limit all = tenant.limit;
        String detail = "the tenant creates faster than its policy allows: quotas.creates_per_second is "
                + all.perSecond() + ", quotas.create_burst " + all.burst()
                + (band.limit.equals(all)
                        ? ""
                        : "; of these one key has " + SHARE_IN_WORDS + " while others create too");
        return Problem.of(ProblemCode.RATE_LIMITED, detail + ". Repeat it after " + seconds + " s")
                .withHeader(HttpHeaders.RETRY_AFTER, Long.toString(seconds))
                .withHeader(RATE_LIMIT, left(band))
                .withHeader(RATE_LIMIT_POLICY, policy(band));
    }

    private Band scarcer() {
        return key.left() < tenant.left() ? key : tenant;
    }

    private static String left(Band band) {
        long left = band.left();
        return "\"creates\";r=" + left + ";t=" + band.limit.secondsFor(band.limit.burst() - left);
    }

    private static String policy(Band band) {
        return "\"creates\";q=" + band.limit.burst() + ";w=" + band.limit.secondsFor(band.limit.burst());
    }
}
