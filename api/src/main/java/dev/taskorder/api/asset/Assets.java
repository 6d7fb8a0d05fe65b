package dev.taskorder.api.asset;

import dev.taskorder.api.page.Page;
import dev.taskorder.api.page.PageRequest;
import dev.taskorder.api.tenant.Caller;
import java.util.List;
import java.util.Optional;

/** Assets of the bound tenant. */
public interface Assets {
    /**
     * Creates or replaces each asset, in one transaction and in the order given; then asks the matcher, for new
     * capacity may start waiting orders. Twice with the same content changes nothing.
     */
    List<PutAssetResult> put(List<AssetSpec> assets, Caller caller);

    Optional<Asset> find(String assetId);

    /** By {@code asset_id}. */
    Page<Asset> list(AssetFilter filter, PageRequest page);
}
