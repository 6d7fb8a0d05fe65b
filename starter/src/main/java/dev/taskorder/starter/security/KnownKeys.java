package dev.taskorder.starter.security;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.taskorder.activities.tenant.Changes;
import dev.taskorder.activities.tenant.TenantCache;
import dev.taskorder.api.principal.ApiKeys;
import dev.taskorder.api.principal.ApiKeys.Stored;
import dev.taskorder.api.principal.KeyText;
import dev.taskorder.api.tenant.TenantId;
import dev.taskorder.starter.problem.Problem;
import dev.taskorder.starter.problem.ProblemCode;
import dev.taskorder.starter.problem.ProblemException;
import dev.taskorder.starter.tenant.BackgroundRunner;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.springframework.http.HttpHeaders;

/**
 * Keys as the database has them, remembered until it says that they changed. Anybody can make up what looks like a key, so what
 * strangers ask for is kept apart from what holders of keys have, and few of them are looked for at a time: they can
 * take neither the memory nor the connections of who was right before.
 */
final class KnownKeys {
    /** Far below the connections of a pool, and yet thousands of look-ups a second. */
    private static final int CONNECTIONS_PER_LOOK_UP = 4;
    /** Far below the threads that serve requests. */
    private static final int ADMITTED_MAX = 16;

    private static final long WAIT_MS = 500;
    private static final String RETRY_AFTER_S = "1";
    private static final int PROVED_MAX = 10_000;

    /** Which key it is said to be. */
    record KeyId(TenantId tenant, String key) {
        static KeyId of(KeyText text) {
            return new KeyId(text.tenant(), text.keyId());
        }
    }

    private final TenantCache<KeyId, Optional<Stored>> known;
    /** The hash of a key that was right when it last came: whoever sends it again is no stranger, whatever was forgotten. */
    private final Cache<KeyId, String> proved =
            Caffeine.newBuilder().maximumSize(PROVED_MAX).build();
    /** Those who look, and those who wait for it. */
    private final Semaphore admitted = new Semaphore(ADMITTED_MAX);

    private final Semaphore lookUps;

    /** @param connections how many the process has for all its work */
    KnownKeys(ApiKeys keys, BackgroundRunner runner, Changes changes, int connections) {
        this.known = new TenantCache<>(
                changes, KeyId::tenant, id -> runner.call(id.tenant(), () -> keys.find(id.key())), Optional::isEmpty);
        this.lookUps = new Semaphore(lookUpsMax(connections), true);
    }

    /** How many connections are used for strangers at the most. */
    static int lookUpsMax(int connections) {
        return Math.max(1, connections / CONNECTIONS_PER_LOOK_UP);
    }

    /**
     * What is kept of the key; nothing if there is no such key, or it is revoked.
     *
     * @throws UndecidedException if too many are looked for that were never right here: nobody knows whether this one is
     */
    Optional<Stored> find(KeyText key) {
        KeyId id = KeyId.of(key);
        Optional<Stored> kept = known.remembered(id);
        if (kept == null) {
            String hash = proved.getIfPresent(id);
            kept = hash != null && key.matches(hash) ? known.get(id) : amongFew(() -> known.get(id));
        }
        if (kept.isEmpty()) {
            proved.invalidate(id);
        }
        Optional<Stored> right = kept.filter(stored -> key.matches(stored.hash()));
        right.filter(stored -> proved.getIfPresent(id) == null).ifPresent(stored -> proved.put(id, stored.hash()));
        return right;
    }

    /** Whether a key that was right is not revoked yet. */
    boolean isLive(KeyId id) {
        return known.get(id).isPresent();
    }

    private Optional<Stored> amongFew(Supplier<Optional<Stored>> lookUp) {
        if (!admitted.tryAcquire()) {
            throw busy();
        }
        try {
            if (!lookUps.tryAcquire(WAIT_MS, TimeUnit.MILLISECONDS)) {
                throw busy();
            }
            try {
                return lookUp.get();
            } finally {
                lookUps.release();
            }
        } catch (InterruptedException stopping) {
            Thread.currentThread().interrupt();
            throw busy();
        } finally {
            admitted.release();
        }
    }

    /** No 401: its caller would take that for the end of a key that may be good. */
    private static UndecidedException busy() {
        return new UndecidedException(new ProblemException(
                Problem.of(ProblemCode.UNAVAILABLE, "too many unknown keys are looked for at once; try again")
                        .withHeader(HttpHeaders.RETRY_AFTER, RETRY_AFTER_S)));
    }
}
