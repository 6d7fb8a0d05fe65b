package dev.taskorder.api.tenant;

import dev.taskorder.api.page.Page;
import dev.taskorder.api.page.PageRequest;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Makes and changes the tenant that is bound. A repeat changes nothing. */
public interface TenantAdmin {
    /**
     * A tenant as it was put.
     *
     * @param created whether there was no such tenant before
     */
    record Put(TenantView tenant, boolean created) {}

    /**
     * Makes the bound tenant be so: active and under the built-in policy if it is new, else as active as it was.
     *
     * @param expiresAt when nothing new begins for it any more; null means never
     */
    Put put(String name, @Nullable Instant expiresAt, Caller caller);

    /**
     * Lets nothing new begin for the bound tenant from now on; what is open goes on or is cancelled, as its policy says. Nothing if
     * there is none.
     */
    Optional<TenantView> suspend(@Nullable String reason, Caller caller);

    /** Lets work begin again, and what waited first. One whose time is up stays EXPIRED. Nothing if there is none. */
    Optional<TenantView> activate(@Nullable String reason, Caller caller);

    /** All tenants by their ids, whichever is bound; the installation itself is none of them. */
    Page<TenantView> list(PageRequest page);
}
