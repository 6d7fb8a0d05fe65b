package dev.taskorder.api.tenant;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A tenant as it is now.
 *
 * @param status EXPIRED once {@code expiresAt} has passed, as the database's clock judges it
 * @param expiresAt when its time is up; null means never
 * @param policy the version of its policy that is in force
 * @param suspension null unless it is SUSPENDED
 */
public record TenantView(
        TenantId tenantId,
        String name,
        TenantStatus status,
        @Nullable Instant expiresAt,
        int policy,
        @Nullable Suspension suspension) {}
