package dev.taskorder.starter.temporal;

import dev.taskorder.api.tenant.TenantId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Tenants that may have work, each served in its turn. */
final class Turns {
    private final Set<TenantId> waiting = new LinkedHashSet<>();

    void add(Collection<TenantId> tenants) {
        waiting.addAll(tenants);
    }

    boolean isEmpty() {
        return waiting.isEmpty();
    }

    /** How much of the free places one tenant may take at a time, if all are to have some. */
    int share(int free) {
        return Math.max(1, free / Math.max(1, waiting.size()));
    }

    /** Everyone once, in turn; whoever is served goes to the end of the line. */
    List<TenantId> inTurn() {
        return new ArrayList<>(waiting);
    }

    /** The tenant has had its turn; if it may have more, it goes to the end of the line. */
    void served(TenantId tenant, boolean mayHaveMore) {
        waiting.remove(tenant);
        if (mayHaveMore) {
            waiting.add(tenant);
        }
    }
}
