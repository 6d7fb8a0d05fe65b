package dev.taskorder.starter.security;

import dev.taskorder.api.principal.KeyText;
import org.springframework.security.authentication.AuthenticationManager;
import org.springframework.security.authentication.AuthenticationServiceException;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.AuthenticationException;
import org.springframework.security.oauth2.server.resource.authentication.BearerTokenAuthenticationToken;

/** By what a bearer sends: a key of ours, or else a token. */
final class Bearers implements AuthenticationManager {
    private final AuthenticationManager keys;
    private final AuthenticationManager tokens;

    Bearers(AuthenticationManager keys, AuthenticationManager tokens) {
        this.keys = keys;
        this.tokens = tokens;
    }

    /** @throws UndecidedException if the database or the issuer could not be asked: that is no refusal */
    @Override
    public Authentication authenticate(Authentication asked) {
        String sent = ((BearerTokenAuthenticationToken) asked).getToken();
        try {
            return (KeyText.isMeant(sent) ? keys : tokens).authenticate(asked);
        } catch (AuthenticationServiceException unanswered) {
            throw new UndecidedException(unanswered);
        } catch (AuthenticationException refused) {
            throw refused;
        } catch (RuntimeException fault) {
            throw new UndecidedException(fault);
        }
    }
}
