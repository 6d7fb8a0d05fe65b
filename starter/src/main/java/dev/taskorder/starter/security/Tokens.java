package dev.taskorder.starter.security;

import com.nimbusds.jose.jwk.source.JWKSource;
import com.nimbusds.jose.proc.SecurityContext;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Executor;
import org.springframework.boot.security.oauth2.server.resource.autoconfigure.OAuth2ResourceServerProperties;
import org.springframework.security.authentication.AuthenticationManager;
import org.springframework.security.oauth2.core.OAuth2TokenValidator;
import org.springframework.security.oauth2.jose.jws.SignatureAlgorithm;
import org.springframework.security.oauth2.jwt.Jwt;
import org.springframework.security.oauth2.jwt.JwtClaimNames;
import org.springframework.security.oauth2.jwt.JwtClaimValidator;
import org.springframework.security.oauth2.jwt.JwtIssuerValidator;
import org.springframework.security.oauth2.jwt.JwtTimestampValidator;
import org.springframework.security.oauth2.jwt.JwtTypeValidator;
import org.springframework.security.oauth2.jwt.JwtValidators;
import org.springframework.security.oauth2.jwt.NimbusJwtDecoder;
import org.springframework.security.oauth2.server.resource.authentication.JwtAuthenticationProvider;

/** Accepts the tokens of one issuer, by Spring's settings of it. Its keys are asked for when the first token comes. */
final class Tokens {
    /** An access token by RFC 9068 says that it is one; most issuers say JWT, or nothing. */
    private static final String ACCESS_TOKEN = "at+jwt";

    private Tokens() {}

    static AuthenticationManager of(
            OAuth2ResourceServerProperties.Jwt settings, TokenAuthentication reader, Executor behind, Clock clock) {
        IssuerKeys keys = new IssuerKeys(new Issuer(settings.getIssuerUri(), settings.getJwkSetUri()), behind, clock);
        JwtAuthenticationProvider provider = new JwtAuthenticationProvider(decoder(keys, settings, clock));
        provider.setJwtAuthenticationConverter(reader);
        return provider::authenticate;
    }

    private static NimbusJwtDecoder decoder(
            JWKSource<SecurityContext> keys, OAuth2ResourceServerProperties.Jwt settings, Clock clock) {
        NimbusJwtDecoder decoder = NimbusJwtDecoder.withJwkSource(keys)
                .jwsAlgorithms(accepted -> settings.getJwsAlgorithms()
                        .forEach(word -> accepted.add(Objects.requireNonNull(
                                SignatureAlgorithm.from(word),
                                () -> "spring.security.oauth2.resourceserver.jwt.jws-algorithms: no such one: "
                                        + word))))
                .build();
        decoder.setJwtValidator(JwtValidators.createDefaultWithValidators(checks(settings, clock)));
        return decoder;
    }

    private static List<OAuth2TokenValidator<Jwt>> checks(OAuth2ResourceServerProperties.Jwt settings, Clock clock) {
        List<OAuth2TokenValidator<Jwt>> checks = new ArrayList<>();
        JwtTimestampValidator times = new JwtTimestampValidator();
        times.setClock(clock);
        // one that never ends could not be taken back
        times.setAllowEmptyExpiryClaim(false);
        checks.add(times);
        JwtTypeValidator type = new JwtTypeValidator("JWT", ACCESS_TOKEN);
        type.setAllowEmpty(true);
        checks.add(type);
        // one of them is missing only where a setting says that any will do
        String issuer = settings.getIssuerUri();
        if (issuer != null) {
            checks.add(new JwtIssuerValidator(issuer));
        }
        List<String> audiences = settings.getAudiences();
        if (!audiences.isEmpty()) {
            checks.add(new JwtClaimValidator<List<String>>(
                    JwtClaimNames.AUD, named -> named != null && !Collections.disjoint(named, audiences)));
        }
        return checks;
    }
}
