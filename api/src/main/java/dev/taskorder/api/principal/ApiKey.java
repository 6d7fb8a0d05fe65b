package dev.taskorder.api.principal;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A key as it may be shown: never the key itself, of which only a hash is kept.
 *
 * @param name what it is for; at most two of a name are live at a time, so that one can be exchanged for another without a gap
 * @param createdBy who made it
 * @param expiresAt from when on it is not accepted; null for never
 * @param revokedAt since when it is not accepted; null while it is
 * @param lastUsedAt when it was last accepted, to the minute; null for never
 */
public record ApiKey(
        String keyId,
        String name,
        Role role,
        Instant createdAt,
        String createdBy,
        @Nullable Instant expiresAt,
        @Nullable Instant revokedAt,
        @Nullable Instant lastUsedAt) {}
