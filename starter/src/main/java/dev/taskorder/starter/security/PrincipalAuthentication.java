package dev.taskorder.starter.security;

import dev.taskorder.api.principal.Principal;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.springframework.security.authentication.AbstractAuthenticationToken;

/** A principal as Spring Security hands it on. What it may do the table of roles says, so it has no authorities. */
final class PrincipalAuthentication extends AbstractAuthenticationToken {
    private static final long serialVersionUID = 1L;

    private final transient Principal principal;
    private final transient BooleanSupplier stillGood;

    /** @param stillGood whether what proved it would prove it again; asked later, on any thread that serves no tenant */
    PrincipalAuthentication(Principal principal, BooleanSupplier stillGood) {
        super(List.of());
        this.principal = principal;
        this.stillGood = stillGood;
        setAuthenticated(true);
    }

    BooleanSupplier stillGood() {
        return stillGood;
    }

    @Override
    public Principal getPrincipal() {
        return principal;
    }

    /** Forgotten as soon as it was checked. */
    @Override
    public Object getCredentials() {
        return "";
    }

    @Override
    public String getName() {
        return principal.name();
    }
}
