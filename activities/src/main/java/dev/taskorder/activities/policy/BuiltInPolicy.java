package dev.taskorder.activities.policy;

/** {@code tenant_policy.v1}: the defaults of api.md, the policy of a tenant that never posted one. */
final class BuiltInPolicy {
    static final String BODY = """
            {"task_types": ["*"], "envs": ["prod", "staging", "dev", "sandbox"], "sku_categories": ["*"], "currency": "USD",
             "quotas": {"open_orders": 100000, "running_orders": 500, "creates_per_second": 500, "create_burst": 1000},
             "defaults": {"max_retries": 2, "lease_policy": "RELEASE", "retry_backoff_ms": 1000,
                          "retry_backoff_max_ms": 60000, "retry_hold_ms": 30000, "cancel_grace_ms": 5000,
                          "abandoned_slot_ms": 30000, "reserve_after_ms": 60000, "max_queue_ms": null},
             "value": {"high_priority": 80, "high_value": 20}, "substitutes": [],
             "asset_health": {"outcomes": {"OK": "good", "IP_BLOCKED": "bad", "CARD_DECLINED": "bad", "LATENCY": "soft"},
                              "half_life_s": 3600, "cool_down_ms": 60000, "cool_down_max_ms": 3600000, "ban_after": 5},
             "retained_leases": {"ttl_s": 3600, "reclaim_for_priority": 80},
             "budget": {"estimates": {}, "nearing": [0.8, 0.95]},
             "routes": [], "follow_ups": [],
             "handlers": {"activity_log": true, "notifications": true, "follow_ups": true}, "fairness_weight": 1.0,
             "retention": {"event_days": 7, "payload_days": 30}, "on_suspend": "finish"}
            """;

    private BuiltInPolicy() {}
}
