package dev.taskorder.starter.security;

import dev.taskorder.api.principal.ApiKeys.Stored;
import dev.taskorder.api.principal.KeyText;
import dev.taskorder.api.principal.Principal;
import java.time.Clock;
import java.time.Instant;
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
    private final KnownKeys known;
    private final KeyNotes notes;
    private final Clock clock;

    KeyAuthentication(KnownKeys known, KeyNotes notes, Clock clock) {
        this.known = known;
        this.notes = notes;
        this.clock = clock;
    }

    @Override
    public Authentication authenticate(Authentication asked) {
        String text = ((BearerTokenAuthenticationToken) asked).getToken();
        KeyText key = KeyText.parse(text).orElseThrow(KeyAuthentication::refused);
        Stored stored = known.find(key).orElseThrow(KeyAuthentication::refused);
        if (isOver(stored.expiresAt())) {
            throw refused();
        }
        notes.used(KnownKeys.KeyId.of(key));
        Principal principal = new Principal(stored.name(), key.tenant(), stored.role(), key.keyId());
        KnownKeys.KeyId id = KnownKeys.KeyId.of(key);
        return new PrincipalAuthentication(principal, () -> known.isLive(id) && !isOver(stored.expiresAt()));
    }

    private boolean isOver(@Nullable Instant expiresAt) {
        return expiresAt != null && !clock.instant().isBefore(expiresAt);
    }

    private static BadCredentialsException refused() {
        return new BadCredentialsException("no such key");
    }
}
