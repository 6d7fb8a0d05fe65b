package dev.taskorder.api.tenant;

/** Whether work may begin for a tenant. What settles, releases, posts or reads goes on in every state. */
public enum TenantStatus {
    ACTIVE,
    SUSPENDED,
    EXPIRED
}
