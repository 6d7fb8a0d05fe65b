package dev.taskorder.starter.security;

import java.util.function.BooleanSupplier;
import org.springframework.security.core.context.SecurityContextHolder;

/** For answers that last longer than the moment at which their caller was checked. */
public final class StillGood {
    private StillGood() {}

    /**
     * Whether what the caller of this thread's request proved would prove it again: its key is not revoked, its token has not expired. To be
     * asked later, on a thread that serves no tenant. Always, where a bare header was believed.
     */
    public static BooleanSupplier ofCaller() {
        return SecurityContextHolder.getContext().getAuthentication() instanceof PrincipalAuthentication proved
                ? proved.stillGood()
                : () -> true;
    }
}
