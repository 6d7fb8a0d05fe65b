package dev.taskorder.starter.tenant;

import dev.taskorder.api.principal.Principal;
import jakarta.servlet.http.HttpServletRequest;
import java.util.Optional;

/** Who a request proved to come from, before its tenant is known. */
@FunctionalInterface
public interface Authentication {
    /** The principal; nothing for a request that proved nothing, where that is not enough. */
    Optional<Principal> principalOf(HttpServletRequest request);
}
