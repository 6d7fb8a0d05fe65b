package dev.taskorder.activities.control;

import dev.taskorder.api.control.Pause;
import java.util.List;

/** Why orders of the bound tenant begin nothing. */
@FunctionalInterface
public interface OrderPauses {
    /** The pauses of orders that are in force for the bound tenant, as the open transaction sees them: that of all first. */
    List<Pause> inForce();
}
