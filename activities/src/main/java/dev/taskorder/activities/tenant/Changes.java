package dev.taskorder.activities.tenant;

import dev.taskorder.api.tenant.TenantId;

/**
 * Tells caches of this process what any process changed of a tenant, its policy in force or its keys, and who follows a tenant's
 * events that there are new ones. While the database's word is not heard, a cache trusts nothing for longer than a second.
 */
public interface Changes {
    /** What is told. Called from a thread that serves no tenant. */
    interface Listener {
        /** Something of the tenant changed. */
        void changed(TenantId tenant);

        /** Anything may have changed. */
        void anythingChanged();

        /** Events of the tenant have their place from now on. */
        default void eventsSeen(TenantId tenant) {}

        /** Whether there is anything to forget; while nobody has anything, nothing is asked of the database. */
        boolean remembers();
    }

    /** From now on the listener is told, for as long as the process runs. */
    void add(Listener listener);

    /** Tells this process at once of a change that it has committed; the others hear of it from the database. */
    void tell(TenantId tenant);

    /** Whether the database's word is heard. */
    boolean areHeard();
}
