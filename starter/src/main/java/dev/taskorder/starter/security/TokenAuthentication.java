package dev.taskorder.starter.security;

import dev.taskorder.api.principal.Principal;
import dev.taskorder.api.principal.ReservedNames;
import dev.taskorder.api.principal.Role;
import dev.taskorder.api.tenant.TenantId;
import java.time.Clock;
import java.time.Instant;
import java.util.regex.Pattern;
import org.springframework.core.convert.converter.Converter;
import org.springframework.security.authentication.AbstractAuthenticationToken;
import org.springframework.security.authentication.BadCredentialsException;
import org.springframework.security.oauth2.jwt.Jwt;

/** Reads who somebody is from a token that Spring has checked: its subject, and the claims that name tenant and role. */
final class TokenAuthentication implements Converter<Jwt, AbstractAuthenticationToken> {
    /**
     * It stands in events, log lines and the audit log for as long as they are kept: printable, as long as OpenID Connect allows,
     * and never cut, for two that are cut alike would be one.
     */
    private static final Pattern SUBJECT = Pattern.compile("(?!\\s)[^\\p{C}\\p{Zl}\\p{Zp}]{1,255}(?<!\\s)");

    private final String tenantClaim;
    private final String roleClaim;
    private final Clock clock;

    TokenAuthentication(String tenantClaim, String roleClaim, Clock clock) {
        this.tenantClaim = tenantClaim;
        this.roleClaim = roleClaim;
        this.clock = clock;
    }

    @Override
    public AbstractAuthenticationToken convert(Jwt token) {
        String subject = token.getSubject();
        Object role = token.getClaims().get(roleClaim);
        Role known = role instanceof String word ? Role.of(word).orElse(null) : null;
        if (subject == null || !isWritten(subject) || known == null) {
            throw new BadCredentialsException("the token names no subject that can be written down, or no role");
        }
        Instant end = token.getExpiresAt();
        return new PrincipalAuthentication(
                new Principal(subject, tenant(token, known), known, null),
                () -> end == null || clock.instant().isBefore(end));
    }

    /** One that is called as we are would have done what we did. */
    private static boolean isWritten(String subject) {
        return SUBJECT.matcher(subject).matches() && !ReservedNames.contains(subject);
    }

    /** An operator has none: whichever it acts for, it names with the request. */
    private TenantId tenant(Jwt token, Role role) {
        Object tenant = token.getClaims().get(tenantClaim);
        if (role == Role.OPERATOR) {
            return TenantId.SYSTEM;
        }
        if (!(tenant instanceof String id) || !TenantId.isWellFormed(id)) {
            throw new BadCredentialsException("the token names no tenant");
        }
        return new TenantId(id);
    }
}
