package dev.taskorder.api.asset;

/** Whether an asset may be leased (spec/task-order.md §5). */
public enum AssetStatus {
    AVAILABLE,
    COOLING_DOWN,
    BANNED,
    RETIRED
}
