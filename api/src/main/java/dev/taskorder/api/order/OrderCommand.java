package dev.taskorder.api.order;

import dev.taskorder.api.tenant.TenantId;
import java.util.UUID;

/** The one argument of every activity: whose order it is about, and which. Both are checked before the activity begins. */
public interface OrderCommand {
    TenantId tenant();

    UUID taskId();
}
