package dev.taskorder.api.tenant;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The tenant of the call that runs on this thread (spec/tenancy-and-events.md §A). Bound and cleared by three classes
 * only: the HTTP filter, the Temporal context propagator and the background runner; everyone else reads it.
 */
public final class TenantContext {
    private static final ThreadLocal<@Nullable TenantId> CURRENT = new ThreadLocal<>();

    private TenantContext() {}

    /** The tenant bound to this thread, or nothing. */
    public static Optional<TenantId> current() {
        return Optional.ofNullable(CURRENT.get());
    }

    /**
     * The tenant bound to this thread.
     *
     * @throws TenantNotBoundException if there is none: the work never begins, it does not fall back to a default
     */
    public static TenantId required() {
        return current().orElseThrow(TenantNotBoundException::new);
    }

    /** Binds the tenant to this thread, in place of whatever was bound; the caller clears it when the call ends. */
    public static void bind(TenantId tenant) {
        CURRENT.set(tenant);
    }

    /** Leaves this thread without a tenant; harmless when there is none. */
    public static void clear() {
        CURRENT.remove();
    }
}
