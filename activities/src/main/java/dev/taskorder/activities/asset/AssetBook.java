package dev.taskorder.activities.asset;

/**
 * Tells assets what an order met with them, in the transaction that draws the conclusion from its attempt or ends it. Both
 * methods keep the outcomes and let each asset bear the consequences. They lock the assets by id until the transaction ends,
 * so they come last; the caller holds the order's row. What was told before changes nothing. Two statements at most, and none
 * if there is nothing to tell. A mark is left if an asset may serve more than before or has
 * retired.
 */
public interface AssetBook {
    /** For a caller that asks the matcher when it has committed. */
    void tell(AssetNews news);

    /** For a caller that does not: if a mark was left, the matcher looks soon after the commit. */
    void tellAndMatch(AssetNews news);
}
