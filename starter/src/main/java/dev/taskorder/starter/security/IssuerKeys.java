package dev.taskorder.starter.security;

import com.nimbusds.jose.KeySourceException;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSelector;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.source.JWKSource;
import com.nimbusds.jose.proc.SecurityContext;
import java.io.IOException;
import java.text.ParseException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The keys that an issuer signs with. They are asked for when a token comes that none of the known ones fits, and again when
 * they are old; but never more often than once in two seconds, whatever strangers send: a token names its key, and may
 * name any. While the issuer is away the keys that are known are good for an hour.
 */
final class IssuerKeys implements JWKSource<SecurityContext> {
    static final Duration ASKED_EACH_MIN = Duration.ofSeconds(2);
    static final Duration RENEWED_AFTER = Duration.ofMinutes(5);
    static final Duration KEPT_MAX = Duration.ofHours(1);

    private static final Logger log = LoggerFactory.getLogger(IssuerKeys.class);

    /** Where the keys come from. */
    @FunctionalInterface
    interface Source {
        JWKSet fetch() throws IOException, ParseException;
    }

    private record Known(JWKSet keys, Instant since) {
        boolean isYoungerThan(Duration age, Instant now) {
            return now.isBefore(since.plus(age));
        }
    }

    private final Source source;
    private final Clock clock;
    private final ReentrantLock asking = new ReentrantLock();
    private volatile @Nullable Known known;
    private @Nullable Instant askedAt;
    private boolean away;

    IssuerKeys(Source source, Clock clock) {
        this.source = source;
        this.clock = clock;
    }

    /** @throws KeySourceException if there may be a key that fits, and the issuer does not answer */
    @Override
    public List<JWK> get(JWKSelector selector, @Nullable SecurityContext context) throws KeySourceException {
        Known now = known;
        if (now != null && now.isYoungerThan(RENEWED_AFTER, clock.instant())) {
            List<JWK> fitting = selector.select(now.keys());
            if (!fitting.isEmpty()) {
                return fitting;
            }
        }
        return asked(selector);
    }

    /** One asks, and others wait for its answer. */
    private List<JWK> asked(JWKSelector selector) throws KeySourceException {
        asking.lock();
        try {
            Instant now = clock.instant();
            if (askedAt == null || !now.isBefore(askedAt.plus(ASKED_EACH_MIN))) {
                ask();
                askedAt = clock.instant();
            }
            Known newest = known;
            List<JWK> fitting =
                    newest != null && newest.isYoungerThan(KEPT_MAX, now) ? selector.select(newest.keys()) : List.of();
            if (fitting.isEmpty() && away) {
                throw new KeySourceException("the issuer of tokens does not answer");
            }
            return fitting;
        } finally {
            asking.unlock();
        }
    }

    private void ask() {
        try {
            known = new Known(source.fetch(), clock.instant());
            if (away) {
                log.info("the issuer of tokens answers again");
            }
            away = false;
        } catch (IOException | ParseException | RuntimeException unanswered) {
            if (!away) {
                log.warn("the issuer of tokens does not answer, it is asked again: {}", unanswered.toString());
            }
            away = true;
        }
    }
}
