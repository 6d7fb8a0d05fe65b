package dev.taskorder.api.asset;

import org.jspecify.annotations.Nullable;

/** Which assets of a list; null means any. {@code skuCodePrefix} is literal. */
public record AssetFilter(
        @Nullable String env,
        @Nullable String skuCategory,
        @Nullable String skuCodePrefix,
        @Nullable AssetStatus status) {}
