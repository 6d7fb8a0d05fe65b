package dev.taskorder.api.asset;

/** What became of a PUT. */
public sealed interface PutAssetResult {
    /** The asset is there as asked for; {@code created} if it was not there before. */
    record Stored(Asset asset, boolean created) implements PutAssetResult {}

    /** An asset never changes its env: its leases and its past belong to it. */
    record EnvFixed(String env, String sent) implements PutAssetResult {}

    /** An asset whose uses are up is RETIRED, and stays so until its limit is raised. */
    record UsedUp(int uses, int maxUses, AssetStatus sent) implements PutAssetResult {}
}
