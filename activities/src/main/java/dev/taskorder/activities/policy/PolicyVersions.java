package dev.taskorder.activities.policy;

import dev.taskorder.api.policy.Policy;

/** The pinned policies of the bound tenant's orders. */
public interface PolicyVersions {
    /**
     * The rules of a version. They never change, so they are cached for as long as there is room.
     *
     * @throws IllegalStateException if the bound tenant has no such version
     */
    Policy version(int version);
}
