package dev.taskorder.starter.control;

import dev.taskorder.api.control.ControlAdmin;
import dev.taskorder.api.control.Pause;
import dev.taskorder.api.tenant.TenantId;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Whether something is paused, as callers see it.
 *
 * @param tenantId null for all tenants
 * @param waiting how much would go on without it, counted to 100,000; null where nothing is paused
 */
record PauseResponse(
        @Nullable String tenantId,
        String what,
        boolean paused,
        @Nullable String mode,
        @Nullable String reason,
        @Nullable String pausedBy,
        @Nullable Instant pausedAt,
        @Nullable Long waiting) {
    static PauseResponse of(ControlAdmin.Shown shown) {
        Pause pause = shown.pause();
        return new PauseResponse(
                idOf(pause.tenant()),
                pause.what().word(),
                true,
                pause.mode().word(),
                pause.reason(),
                pause.by(),
                pause.at(),
                shown.waiting());
    }

    static PauseResponse notPaused(TenantId tenant, Pause.What what) {
        return new PauseResponse(idOf(tenant), what.word(), false, null, null, null, null, null);
    }

    private static @Nullable String idOf(TenantId tenant) {
        return tenant.equals(TenantId.SYSTEM) ? null : tenant.value();
    }
}
