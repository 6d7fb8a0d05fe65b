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
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The keys that an issuer signs with. They are asked for when a token comes that none of the known ones fits, and again when
 * they are old; but never more often than once in two seconds, whatever strangers send: a token names its key, and may
 * name any. What is known is good for an hour, and nobody whose key is known waits for the issuer, however slow it is.
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
    private final Executor behind;
    private final Clock clock;
    /** Whoever has it asks; a permit and no lock, for it is taken on one thread and given back on another. */
    private final Semaphore asking = new Semaphore(1);

    private volatile @Nullable Known known;
    private volatile @Nullable Instant askedAt;
    private volatile boolean away;

    /** @param behind where old keys are renewed, while requests go on with them */
    IssuerKeys(Source source, Executor behind, Clock clock) {
        this.source = source;
        this.behind = behind;
        this.clock = clock;
    }

    /** @throws KeySourceException if there may be a key that fits, and the issuer has not answered yet */
    @Override
    public List<JWK> get(JWKSelector selector, @Nullable SecurityContext context) throws KeySourceException {
        Instant now = clock.instant();
        List<JWK> fitting = fitting(selector, now);
        if (fitting.isEmpty()) {
            return asked(selector, now);
        }
        Known found = known;
        if (found == null || !found.isYoungerThan(RENEWED_AFTER, now)) {
            renew(now);
        }
        return fitting;
    }

    private List<JWK> fitting(JWKSelector selector, Instant now) {
        Known found = known;
        return found != null && found.isYoungerThan(KEPT_MAX, now) ? selector.select(found.keys()) : List.of();
    }

    private void renew(Instant now) {
        if (!mayAsk(now) || !asking.tryAcquire()) {
            return;
        }
        try {
            behind.execute(() -> {
                try {
                    if (mayAsk(clock.instant())) { // nobody was faster
                        ask();
                    }
                } finally {
                    asking.release();
                }
            });
        } catch (RejectedExecutionException stopping) {
            asking.release();
        }
    }

    /** One asks; who comes meanwhile is put off, so that strangers hold no more than one thread. */
    private List<JWK> asked(JWKSelector selector, Instant now) throws KeySourceException {
        if (mayAsk(now)) {
            if (!asking.tryAcquire()) {
                throw new KeySourceException("the issuer of tokens is being asked");
            }
            try {
                if (mayAsk(clock.instant())) { // nobody was faster
                    ask();
                }
            } finally {
                asking.release();
            }
        }
        List<JWK> fitting = fitting(selector, now);
        if (fitting.isEmpty() && away) {
            throw new KeySourceException("the issuer of tokens does not answer");
        }
        return fitting;
    }

    private boolean mayAsk(Instant now) {
        Instant last = askedAt;
        return last == null || !now.isBefore(last.plus(ASKED_EACH_MIN));
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
        } finally {
            askedAt = clock.instant();
        }
    }
}
