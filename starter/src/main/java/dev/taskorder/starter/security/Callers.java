package dev.taskorder.starter.security;

import dev.taskorder.api.principal.Principal;
import dev.taskorder.api.principal.ReservedNames;
import dev.taskorder.api.principal.Role;
import dev.taskorder.api.tenant.TenantId;
import dev.taskorder.starter.tenant.Authentication;
import jakarta.servlet.http.HttpServletRequest;
import java.util.Optional;
import org.springframework.security.core.context.SecurityContextHolder;

/** Whom a key or token proved a caller to be, or, where a bare tenant header is believed, this machine's operator. */
final class Callers implements Authentication {
    /** Whoever reaches loopback runs the installation. */
    private static final Principal LOCAL = new Principal(ReservedNames.OPERATOR, TenantId.SYSTEM, Role.OPERATOR, null);

    private final boolean headerTrusted;

    Callers(boolean headerTrusted) {
        this.headerTrusted = headerTrusted;
    }

    @Override
    public Optional<Principal> principalOf(HttpServletRequest request) {
        if (SecurityContextHolder.getContext().getAuthentication() instanceof PrincipalAuthentication proved) {
            return Optional.of(proved.getPrincipal());
        }
        return headerTrusted ? Optional.of(LOCAL) : Optional.empty();
    }
}
