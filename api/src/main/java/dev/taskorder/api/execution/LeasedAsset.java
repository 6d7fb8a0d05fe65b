package dev.taskorder.api.execution;

import java.util.Map;
import java.util.UUID;

/** A lease as the executor sees it. The handle names the resource; secrets stay in a secret store. */
public record LeasedAsset(
        UUID leaseId,
        long fencingToken,
        int hintIndex,
        String skuCategory,
        String skuCode,
        Map<String, Object> attributes,
        String handle) {}
