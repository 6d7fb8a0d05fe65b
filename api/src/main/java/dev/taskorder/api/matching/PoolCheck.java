package dev.taskorder.api.matching;

import dev.taskorder.api.order.ResourceHint;
import dev.taskorder.api.order.UnservableHint;
import java.util.List;

/** Asks what the pool could ever serve: were it idle, and all of it well but what is retired. */
public interface PoolCheck {
    /**
     * What an order wants of the pool, as far as time does not change it.
     *
     * @param currency that of the order, which its assets must share
     * @param noDatacenterIp whether its network assets must promise to be outside datacenters
     */
    record Wanted(List<ResourceHint> hints, String currency, boolean noDatacenterIp) {}

    /**
     * Reads the bound tenant's pool of the env in the caller's transaction, with one statement for all that is wanted,
     * and locks nothing.
     *
     * @return for each, in the order given, the hints that cannot be served; empty if all could be, each by other assets
     */
    List<List<UnservableHint>> unservable(String env, List<Wanted> wanted);
}
