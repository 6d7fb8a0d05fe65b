package dev.taskorder.starter.security;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.taskorder.activities.tenant.Changes;
import dev.taskorder.activities.tenant.TenantCache;
import dev.taskorder.api.principal.ApiKeys;
import dev.taskorder.api.principal.ApiKeys.Stored;
import dev.taskorder.api.principal.KeyText;
import dev.taskorder.api.principal.Principal;
import dev.taskorder.api.tenant.TenantId;
import dev.taskorder.starter.tenant.BackgroundRunner;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import org.springframework.security.authentication.AuthenticationManager;
import org.springframework.security.authentication.BadCredentialsException;
import org.springframework.security.core.Authentication;
import org.springframework.security.oauth2.server.resource.authentication.BearerTokenAuthenticationToken;

/**
 * Accepts API keys. A key names its tenant, which is bound while its row is read, and is then compared in constant time. Every
 * refusal is the same: nobody learns whether a tenant or a key of that id exists.
 */
final class KeyAuthentication implements AuthenticationManager {
    private static final int CACHED_MAX = 100_000;
    /** As exact as {@code last_used_at} is, so that a key in use costs one write a minute. */
    private static final Duration NOTED_EACH = Duration.ofMinutes(1);

    private record KeyId(TenantId tenant, String key) {}

    private final ApiKeys keys;
    private final BackgroundRunner runner;
    private final Executor later;
    private final Clock clock;
    private final TenantCache<KeyId, Optional<Stored>> known;
    private final Cache<KeyId, Instant> noted = Caffeine.newBuilder()
            .maximumSize(CACHED_MAX)
            .expireAfterWrite(NOTED_EACH)
            .build();

    KeyAuthentication(ApiKeys keys, BackgroundRunner runner, Executor later, Clock clock, Changes changes) {
        this.keys = keys;
        this.runner = runner;
        this.later = later;
        this.clock = clock;
        this.known = new TenantCache<>(changes, KeyId::tenant, this::read);
    }

    @Override
    public Authentication authenticate(Authentication asked) {
        String text = ((BearerTokenAuthenticationToken) asked).getToken();
        KeyText key = KeyText.parse(text).orElseThrow(KeyAuthentication::refused);
        KeyId id = new KeyId(key.tenant(), key.keyId());
        Stored stored = known.get(id).orElse(null);
        if (stored == null || !key.matches(stored.hash()) || isOver(stored.expiresAt())) {
            throw refused();
        }
        note(id);
        return new PrincipalAuthentication(new Principal(stored.name(), key.tenant(), stored.role(), key.keyId()));
    }

    private Optional<Stored> read(KeyId id) {
        return runner.call(id.tenant(), () -> keys.find(id.key()));
    }

    private boolean isOver(@Nullable Instant expiresAt) {
        return expiresAt != null && !clock.instant().isBefore(expiresAt);
    }

    /** Beside the request: it does not wait for it, and does not fail with it. */
    private void note(KeyId id) {
        if (noted.asMap().putIfAbsent(id, clock.instant()) == null) {
            later.execute(() -> runner.run(id.tenant(), () -> keys.used(id.key())));
        }
    }

    private static BadCredentialsException refused() {
        return new BadCredentialsException("no such key");
    }
}
