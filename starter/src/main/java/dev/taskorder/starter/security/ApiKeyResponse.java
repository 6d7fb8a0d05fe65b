package dev.taskorder.starter.security;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.taskorder.api.principal.ApiKey;
import dev.taskorder.starter.web.AuditedAnswer;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A key as callers see it.
 *
 * @param prefix how the key begins, so that it can be told from others; no part of its secret
 * @param key the key itself: in the answer that makes it, and never again
 */
record ApiKeyResponse(
        String keyId,
        String name,
        String role,
        String prefix,
        Instant createdAt,
        String createdBy,
        @Nullable Instant expiresAt,
        @Nullable Instant revokedAt,
        @Nullable Instant lastUsedAt,
        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable String key)
        implements AuditedAnswer {
    @Override
    public String idOfObject() {
        return keyId;
    }

    static ApiKeyResponse of(String tenant, ApiKey key, @Nullable String text) {
        return new ApiKeyResponse(
                key.keyId(),
                key.name(),
                key.role().word(),
                "to_" + tenant + "." + key.keyId() + ".",
                key.createdAt(),
                key.createdBy(),
                key.expiresAt(),
                key.revokedAt(),
                key.lastUsedAt(),
                text);
    }

    /** Never the secret. */
    @Override
    public String toString() {
        return "ApiKeyResponse[" + prefix + "…]";
    }
}
