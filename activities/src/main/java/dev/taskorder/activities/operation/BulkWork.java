package dev.taskorder.activities.operation;

import dev.taskorder.api.tenant.TenantId;
import java.util.List;

/** Goes on with operations; any number of processes may, at the same time. */
public interface BulkWork {
    /** Every tenant that has an operation to go on with now. Needs no tenant bound. */
    List<TenantId> tenantsDue();

    /**
     * Goes on with an operation of the bound tenant that is due, if one is, for some of its orders: what was done and that it was is one
     * transaction. When the next ones have their turn stands in its row.
     *
     * @return whether there was one
     */
    boolean goOn();
}
