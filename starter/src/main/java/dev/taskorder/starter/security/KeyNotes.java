package dev.taskorder.starter.security;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.taskorder.api.principal.ApiKeys;
import dev.taskorder.starter.security.KnownKeys.KeyId;
import dev.taskorder.starter.tenant.BackgroundRunner;
import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/** Writes down when keys were used, beside the requests: none waits for it, and none fails with it. */
final class KeyNotes {
    /** How many notes may wait. */
    static final int WAITING_MAX = 1_000;

    private static final Logger log = LoggerFactory.getLogger(KeyNotes.class);
    private static final int NOTED_MAX = 100_000;
    /** As exact as {@code last_used_at} is, so that a key in use costs one write a minute. */
    private static final Duration NOTED_EACH = Duration.ofMinutes(1);

    private final ApiKeys keys;
    private final BackgroundRunner runner;
    private final Executor later;
    private final AtomicBoolean failing = new AtomicBoolean();
    private final Cache<KeyId, Boolean> noted = Caffeine.newBuilder()
            .maximumSize(NOTED_MAX)
            .expireAfterWrite(NOTED_EACH)
            .build();

    /** @param later may refuse work, as when too much waits or the process ends */
    KeyNotes(ApiKeys keys, BackgroundRunner runner, Executor later) {
        this.keys = keys;
        this.runner = runner;
        this.later = later;
    }

    /** Notes that the key was used, at most once a minute; a note that is not written is made again by the next use. */
    void used(KeyId id) {
        if (noted.asMap().putIfAbsent(id, true) != null) {
            return;
        }
        try {
            later.execute(() -> write(id));
        } catch (RejectedExecutionException refused) {
            forget(id, refused);
        }
    }

    private void write(KeyId id) {
        try {
            runner.run(id.tenant(), () -> keys.used(id.key()));
            failing.set(false);
        } catch (RuntimeException unwritten) {
            forget(id, unwritten);
        }
    }

    private void forget(KeyId id, RuntimeException why) {
        noted.invalidate(id);
        log.atLevel(failing.getAndSet(true) ? Level.DEBUG : Level.WARN)
                .log("that a key was used is not written down, its next use tries again: {}", why.toString());
    }
}
