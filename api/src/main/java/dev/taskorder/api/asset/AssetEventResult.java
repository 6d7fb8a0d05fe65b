package dev.taskorder.api.asset;

/** What became of an event that was told to an asset. */
public sealed interface AssetEventResult {
    /**
     * It counts.
     *
     * @param asset as it is now
     * @param again whether it had been told before, with the same content: then it has changed nothing
     */
    record Told(Asset asset, boolean again) implements AssetEventResult {}

    /** Another event has this id. */
    record IdReused() implements AssetEventResult {}

    /** The tenant has no such asset. */
    record NoAsset() implements AssetEventResult {}

    /** The tenant has no such lease, or it is none of this asset, or none of the order that the event names. */
    record NoSuchLease() implements AssetEventResult {}

    /** The tenant has no such order, or it has never leased this asset. */
    record NoSuchOrder() implements AssetEventResult {}
}
