package dev.taskorder.starter.security;

import static dev.taskorder.api.principal.Role.OPERATOR;
import static dev.taskorder.api.principal.Role.SUBMITTER;
import static dev.taskorder.api.principal.Role.TENANT_ADMIN;
import static dev.taskorder.api.principal.Role.VIEWER;

import dev.taskorder.api.principal.Role;
import java.util.Map;
import java.util.Optional;

/** The least role that each call takes: the table of api.md, in this one place. A call that is not here is nobody's. */
public final class AccessRules {
    private static final Map<String, Role> LEAST = Map.ofEntries(
            Map.entry("POST /v1/task-orders", SUBMITTER),
            Map.entry("GET /v1/task-orders", VIEWER),
            Map.entry("POST /v1/task-orders/batch", SUBMITTER),
            Map.entry("GET /v1/task-orders/{task_id}", VIEWER),
            Map.entry("PATCH /v1/task-orders/{task_id}", SUBMITTER),
            Map.entry("POST /v1/task-orders/{task_id}/cancel", SUBMITTER),
            Map.entry("POST /v1/task-orders/cancel", TENANT_ADMIN),
            Map.entry("POST /v1/task-orders/redrive", TENANT_ADMIN),
            Map.entry("GET /v1/operations/{operation_id}", VIEWER),
            Map.entry("POST /v1/operations/{operation_id}/abort", TENANT_ADMIN),
            Map.entry("POST /v1/task-orders/{task_id}/redrive", TENANT_ADMIN),
            Map.entry("GET /v1/task-orders/dead-letters/summary", VIEWER),
            Map.entry("GET /v1/task-orders/{task_id}/attempts", VIEWER),
            Map.entry("GET /v1/task-orders/{task_id}/events", VIEWER),
            Map.entry("GET /v1/task-orders/{task_id}/explain", VIEWER),
            Map.entry("GET /v1/task-orders/{task_id}/leases", VIEWER),
            Map.entry("GET /v1/task-orders/{task_id}/ledger", VIEWER),
            Map.entry("GET /v1/assets", VIEWER),
            Map.entry("GET /v1/assets/{asset_id}", VIEWER),
            Map.entry("PUT /v1/assets/{asset_id}", TENANT_ADMIN),
            Map.entry("POST /v1/assets/batch", TENANT_ADMIN),
            Map.entry("POST /v1/assets/{asset_id}/events", SUBMITTER),
            Map.entry("GET /v1/leases", VIEWER),
            Map.entry("POST /v1/leases/{lease_id}/release", TENANT_ADMIN),
            Map.entry("GET /v1/budgets/{scope}/{id}", VIEWER),
            Map.entry("PUT /v1/budgets/{scope}/{id}", TENANT_ADMIN),
            Map.entry("GET /v1/ledger/entries", VIEWER),
            Map.entry("POST /v1/ledger/entries", TENANT_ADMIN),
            Map.entry("GET /v1/ledger/summary", VIEWER),
            Map.entry("GET /v1/ledger/verify", OPERATOR),
            Map.entry("GET /v1/audit", TENANT_ADMIN),
            Map.entry("GET /v1/events", VIEWER),
            Map.entry("GET /v1/webhooks", TENANT_ADMIN),
            Map.entry("GET /v1/webhooks/{webhook_id}", TENANT_ADMIN),
            Map.entry("PUT /v1/webhooks/{webhook_id}", TENANT_ADMIN),
            Map.entry("DELETE /v1/webhooks/{webhook_id}", TENANT_ADMIN),
            Map.entry("GET /v1/webhooks/{webhook_id}/deliveries", TENANT_ADMIN),
            Map.entry("POST /v1/webhooks/{webhook_id}/replay", TENANT_ADMIN),
            Map.entry("GET /v1/control", OPERATOR),
            Map.entry("POST /v1/control/pause", OPERATOR),
            Map.entry("POST /v1/control/resume", OPERATOR),
            Map.entry("GET /v1/tenants", OPERATOR),
            Map.entry("GET /v1/tenants/{tenant_id}", VIEWER),
            Map.entry("PUT /v1/tenants/{tenant_id}", OPERATOR),
            Map.entry("POST /v1/tenants/{tenant_id}/suspend", OPERATOR),
            Map.entry("POST /v1/tenants/{tenant_id}/activate", OPERATOR),
            Map.entry("POST /v1/tenants/{tenant_id}/pause", TENANT_ADMIN),
            Map.entry("POST /v1/tenants/{tenant_id}/resume", TENANT_ADMIN),
            Map.entry("GET /v1/tenants/{tenant_id}/policies", VIEWER),
            Map.entry("POST /v1/tenants/{tenant_id}/policies", OPERATOR),
            Map.entry("GET /v1/tenants/{tenant_id}/policies/{version}", VIEWER),
            Map.entry("POST /v1/tenants/{tenant_id}/policies/{version}/activate", OPERATOR),
            Map.entry("GET /v1/tenants/{tenant_id}/api-keys", TENANT_ADMIN),
            Map.entry("POST /v1/tenants/{tenant_id}/api-keys", TENANT_ADMIN),
            Map.entry("DELETE /v1/tenants/{tenant_id}/api-keys/{key_id}", TENANT_ADMIN));

    private AccessRules() {}

    /**
     * The least role that a call takes; nothing if there is no rule for it, so that nobody may do it.
     *
     * @param path as it is mapped, such as {@code /v1/assets/{asset_id}}
     */
    public static Optional<Role> least(String method, String path) {
        // whoever may ask for something may ask whether it is there
        String asked = method.equals("HEAD") ? "GET" : method;
        return Optional.ofNullable(LEAST.get(asked + " " + path));
    }
}
