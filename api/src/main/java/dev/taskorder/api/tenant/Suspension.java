package dev.taskorder.api.tenant;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * That a tenant was suspended, until it is activated.
 *
 * @param at when
 * @param reason what the operator said; null if nothing
 */
public record Suspension(Instant at, @Nullable String reason) {}
