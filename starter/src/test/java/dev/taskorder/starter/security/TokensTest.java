package dev.taskorder.starter.security;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jwt.JWTClaimsSet;
import dev.taskorder.starter.testing.TestIssuer;
import java.time.Clock;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.boot.security.oauth2.server.resource.autoconfigure.OAuth2ResourceServerProperties;
import org.springframework.security.authentication.AuthenticationManager;
import org.springframework.security.core.AuthenticationException;
import org.springframework.security.oauth2.server.resource.authentication.BearerTokenAuthenticationToken;

/** Whose tokens are accepted, where it is known where the keys are. */
class TokensTest {
    private static final TestIssuer ISSUER = new TestIssuer();
    /** Nothing is there: it is not asked. */
    private static final String ELSEWHERE = "https://issuer.invalid/";

    @BeforeAll
    static void it_starts() {
        ISSUER.start();
    }

    @AfterAll
    static void it_ends() {
        ISSUER.stop();
    }

    @Test
    void beside_the_place_of_its_keys_the_issuer_is_looked_at_and_not_asked() {
        AuthenticationManager tokens = tokens(ELSEWHERE, List.of("taskorder"));
        assertThat(accepted(tokens, claims().issuer(ELSEWHERE))).isTrue();
        assertThat(accepted(tokens, claims())).as("of another").isFalse();
        assertThat(accepted(tokens, claims().issuer(null))).as("of none").isFalse();
        assertThat(accepted(tokens, claims().issuer(ELSEWHERE).audience("shop")))
                .as("for another service")
                .isFalse();
    }

    @Test
    void without_the_one_or_the_other_any_is_accepted_of_it_alone() {
        AuthenticationManager ofAny = tokens(null, List.of("taskorder"));
        assertThat(accepted(ofAny, claims().issuer("anybody"))).isTrue();
        assertThat(accepted(ofAny, claims().audience("shop"))).isFalse();
        AuthenticationManager forAny = tokens(ELSEWHERE, List.of());
        assertThat(accepted(forAny, claims().issuer(ELSEWHERE).audience("shop")))
                .isTrue();
        assertThat(accepted(forAny, claims().audience("shop"))).isFalse();
    }

    private static AuthenticationManager tokens(@Nullable String issuer, List<String> audiences) {
        OAuth2ResourceServerProperties.Jwt settings = new OAuth2ResourceServerProperties.Jwt();
        settings.setIssuerUri(issuer);
        settings.setJwkSetUri(ISSUER.keysUri());
        settings.setAudiences(audiences);
        return Tokens.of(
                settings,
                new TokenAuthentication("tenant", "role", Clock.systemUTC()),
                Runnable::run,
                Clock.systemUTC());
    }

    private static JWTClaimsSet.Builder claims() {
        return ISSUER.claims("anna").claim("tenant", "acme").claim("role", "viewer");
    }

    private static boolean accepted(AuthenticationManager tokens, JWTClaimsSet.Builder claims) {
        BearerTokenAuthenticationToken asked = new BearerTokenAuthenticationToken(ISSUER.signed(claims));
        try {
            return tokens.authenticate(asked).isAuthenticated();
        } catch (AuthenticationException refused) {
            return false;
        }
    }
}
