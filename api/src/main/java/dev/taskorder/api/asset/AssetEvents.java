package dev.taskorder.api.asset;

import dev.taskorder.api.tenant.Caller;

/** Outcomes told to assets of the bound tenant. */
public interface AssetEvents {
    /**
     * Tells an asset what a task met with it: that moves its health and may make it rest or ban it, by the policy that the
     * order is pinned to where the event names one, else by the tenant's active one. Then asks the matcher, if the asset
     * may serve more now. The same event again changes nothing; an id is never free again.
     */
    AssetEventResult tell(AssetEvent event, Caller caller);
}
