package dev.taskorder.activities.maintenance;

import dev.taskorder.api.tenant.TenantId;
import java.util.List;

/** What is due, over all tenants by one question, and the chores of one tenant that no other feature owns. */
public interface DueWork {
    /** All that is due now; one statement, whose cost grows with what is due and not with tenants or orders. */
    List<Due> look();

    /** Every tenant that has an open order: whom to look after at start-up. Needs no tenant bound. */
    List<TenantId> tenantsWithOpenOrders();

    /** Ends leases of the bound tenant that are past their expiry, and lets the matcher look. Twice ends nothing more. */
    void expireLeases();

    /** Wakes the slots of the bound tenant whose rest is over, and lets the matcher look. */
    void wakeRestedSlots();
}
