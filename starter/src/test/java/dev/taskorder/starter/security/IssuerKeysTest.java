package dev.taskorder.starter.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.nimbusds.jose.KeySourceException;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKMatcher;
import com.nimbusds.jose.jwk.JWKSelector;
import com.nimbusds.jose.jwk.JWKSet;
import dev.taskorder.starter.testing.TestIssuer;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** When the issuer is asked for its keys, and what holds while it does not answer. */
class IssuerKeysTest {
    private static final JWK OLD = TestIssuer.newKey();
    private static final JWK NEW = TestIssuer.newKey();

    private volatile Instant now = Instant.EPOCH;
    private volatile JWKSet published = new JWKSet(OLD);
    private boolean away;
    private int asked;
    private final IssuerKeys keys = new IssuerKeys(this::fetch, Runnable::run, new Moved());

    private final ExecutorService threads = Executors.newCachedThreadPool();

    @AfterEach
    void no_thread_is_left() {
        threads.shutdownNow();
    }

    /** Goes on when the test says so. */
    private final class Moved extends Clock {
        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }

        @Override
        public Instant instant() {
            return now;
        }
    }

    private JWKSet fetch() throws IOException {
        asked++;
        if (away) {
            throw new IOException("away");
        }
        return published;
    }

    @Test
    void a_known_key_is_asked_for_once_until_it_is_old() throws Exception {
        assertThat(found(OLD)).isTrue();
        now = now.plus(IssuerKeys.RENEWED_AFTER).minusSeconds(1);
        assertThat(found(OLD)).isTrue();
        assertThat(asked).isEqualTo(1);
        now = now.plusSeconds(1);
        assertThat(found(OLD)).isTrue();
        assertThat(asked).isEqualTo(2);
    }

    @Test
    void an_unknown_key_is_asked_for_at_once_and_then_once_in_two_seconds() throws Exception {
        assertThat(found(NEW)).isFalse();
        assertThat(found(NEW)).isFalse();
        assertThat(asked).isEqualTo(1);
        published = new JWKSet(NEW);
        now = now.plus(IssuerKeys.ASKED_EACH_MIN);
        assertThat(found(NEW)).isTrue();
        assertThat(asked).isEqualTo(2);
        assertThat(found(OLD)).as("the issuer took it back").isFalse();
    }

    @Test
    void while_the_issuer_is_away_what_is_known_holds_for_an_hour_and_the_rest_is_undecided() throws Exception {
        away = true;
        assertThatThrownBy(() -> found(OLD)).isInstanceOf(KeySourceException.class);
        away = false;
        now = now.plus(IssuerKeys.ASKED_EACH_MIN);
        assertThat(found(OLD)).isTrue();

        away = true;
        now = now.plus(IssuerKeys.KEPT_MAX).minus(Duration.ofSeconds(1));
        assertThat(found(OLD)).isTrue();
        assertThatThrownBy(() -> found(NEW)).isInstanceOf(KeySourceException.class);
        now = now.plusSeconds(1);
        assertThatThrownBy(() -> found(OLD)).isInstanceOf(KeySourceException.class);
    }

    @Test
    void nobody_whose_key_is_known_waits_while_the_issuer_is_slow() throws Exception {
        SlowIssuer slow = new SlowIssuer();
        IssuerKeys kept = new IssuerKeys(slow, threads, new Moved());
        slow.answers.countDown();
        assertThat(found(kept, OLD)).isTrue();
        slow.isAskedAgain();
        now = now.plus(IssuerKeys.KEPT_MAX).minusSeconds(1);

        for (int i = 0; i < 50; i++) {
            assertThat(found(kept, OLD)).isTrue();
        }
        assertThat(slow.entered.await(10, TimeUnit.SECONDS))
                .as("it is renewed behind")
                .isTrue();
        assertThat(found(kept, OLD)).isTrue();
        assertThat(slow.times).hasValue(2);

        published = new JWKSet(NEW);
        slow.answers.countDown();
        await().until(() -> found(kept, NEW));
    }

    @Test
    void strangers_hold_one_thread_while_the_issuer_is_slow() throws Exception {
        SlowIssuer slow = new SlowIssuer();
        IssuerKeys kept = new IssuerKeys(slow, threads, new Moved());
        Future<Boolean> first = threads.submit(() -> found(kept, OLD));
        assertThat(slow.entered.await(10, TimeUnit.SECONDS)).isTrue();

        List<Future<Boolean>> others = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            others.add(threads.submit(() -> found(kept, NEW)));
        }
        for (Future<Boolean> other : others) {
            assertThatThrownBy(() -> other.get(10, TimeUnit.SECONDS)).hasCauseInstanceOf(KeySourceException.class);
        }
        assertThat(first).isNotDone();
        assertThat(slow.times).hasValue(1);
        slow.answers.countDown();
        assertThat(first.get(10, TimeUnit.SECONDS)).isTrue();
    }

    /** Is asked, and answers when the test says so. */
    private final class SlowIssuer implements IssuerKeys.Source {
        private final AtomicInteger times = new AtomicInteger();
        private volatile CountDownLatch entered = new CountDownLatch(1);
        private volatile CountDownLatch answers = new CountDownLatch(1);

        void isAskedAgain() {
            entered = new CountDownLatch(1);
            answers = new CountDownLatch(1);
        }

        @Override
        public JWKSet fetch() throws IOException {
            times.incrementAndGet();
            entered.countDown();
            try {
                answers.await();
            } catch (InterruptedException e) {
                throw new IOException(e);
            }
            return published;
        }
    }

    private boolean found(JWK key) throws KeySourceException {
        return found(keys, key);
    }

    private static boolean found(IssuerKeys keys, JWK key) throws KeySourceException {
        List<JWK> found = keys.get(
                new JWKSelector(new JWKMatcher.Builder().keyID(key.getKeyID()).build()), null);
        return found.size() == 1;
    }
}
