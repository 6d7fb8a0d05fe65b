package dev.taskorder.api.tenant;

/** Tenant-owned work was asked for on a thread that no tenant is bound to: always a fault in our code. */
public final class TenantNotBoundException extends IllegalStateException {
    private static final long serialVersionUID = 1L;

    public TenantNotBoundException() {
        super("no tenant is bound to this thread; bind it in the filter, the propagator or the background runner");
    }
}
