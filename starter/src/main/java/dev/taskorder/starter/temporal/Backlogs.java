package dev.taskorder.starter.temporal;

import dev.taskorder.api.tenant.TenantId;

/** Who has more orders to be started than can be started at once, as seen by the dispatcher of this process. */
@FunctionalInterface
public interface Backlogs {
    /** Whether this tenant has a backlog, and somebody who has none is about. */
    boolean isHeld(TenantId tenant);
}
