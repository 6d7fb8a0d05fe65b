package dev.taskorder.activities.order;

/** What {@code on_suspend: cancel} of a policy means. */
@FunctionalInterface
public interface CancelOnSuspend {
    /**
     * Cancels open orders of the bound tenant, by the door of callers, while it is suspended or its time is up and its policy
     * in force says so. One that cannot be cancelled is logged and left to a later call. Each order is cancelled once, whoever
     * does this at the same time, and none once an activation has been answered.
     *
     * @param max how many at most
     * @return whether there may be more to cancel at once
     */
    boolean cancelSome(int max);
}
