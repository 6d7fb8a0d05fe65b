package dev.taskorder.activities.event;

import dev.taskorder.api.tenant.TenantId;
import java.util.List;

/**
 * Sees events once they are committed, and gives each its place: {@code seq}, from 1 on without a gap for each tenant. Whoever goes on from
 * a seq misses nothing, for nothing ever comes before it. In the order of the changes for each object. Several processes may do it.
 */
public interface EventRelay {
    /** Most that are seen at once. */
    int EVENTS_MAX = 1000;

    /** Tenants with events that nobody saw yet. Not within a tenant's transaction. */
    List<TenantId> tenantsWithUnseen();

    /**
     * Sees the next events of the bound tenant, in a transaction of its own.
     *
     * @return how many; {@link #EVENTS_MAX} if there may be more, 0 also while another process sees to this tenant
     */
    int seeNext();

    /** Sees to it that events can be written for a week from now on, whoever's; harmless when repeated. */
    void prepareDays();
}
