package dev.taskorder.api.explain;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One thing that keeps an order from going on.
 *
 * @param code one of api.md's blocker codes
 * @param message a sentence for a person
 * @param facts numbers, ids and times, in snake_case
 * @param change the smallest change that would do away with it; says so if that alone would not let the order go on
 */
public record Blocker(String code, String message, Map<String, @Nullable Object> facts, String change) {
    public static final String CONTROL_PAUSED = "control_paused";
    public static final String TENANT_PAUSED = "tenant_paused";
    public static final String QUOTA_RUNNING_ORDERS = "quota_running_orders";
    public static final String TENANT_SUSPENDED = "tenant_suspended";
    public static final String ASSETS_COOLING_DOWN = "assets_cooling_down";
    public static final String ASSETS_UNHEALTHY = "assets_unhealthy";
    public static final String ASSETS_BANNED = "assets_banned";
    public static final String CAPACITY_HELD = "capacity_held";
    public static final String SLOTS_RESERVED = "slots_reserved";
    public static final String BEHIND_IN_QUEUE = "behind_in_queue";
    public static final String ORDER_BUDGET = "order_budget";
    public static final String PROJECT_BUDGET = "project_budget";
    public static final String TENANT_BUDGET = "tenant_budget";
    public static final String WAITING_FOR_EXECUTOR = "waiting_for_executor";
    public static final String RETRY_BACKOFF = "retry_backoff";
    public static final String WAITING_FOR_START = "waiting_for_start";
    public static final String NO_MATCHING_ASSET = "no_matching_asset";
}
