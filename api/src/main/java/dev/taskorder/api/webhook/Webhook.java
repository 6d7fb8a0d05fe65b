package dev.taskorder.api.webhook;

import java.time.Instant;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A webhook as it is; its secret is known to nobody after it was made.
 *
 * @param why it is disabled; null while it is not
 * @param owner who put it last: it ends with the key that this was done by
 * @param failingSince since when no call succeeded; null while they do
 */
public record Webhook(
        WebhookSpec spec,
        @Nullable Why why,
        String owner,
        @Nullable Instant failingSince,
        Instant createdAt,
        Instant updatedAt) {
    /** Why nothing is sent. */
    public enum Why {
        /** An event was given up, and no call had succeeded for days. */
        FAILING,
        /** The receiver answered 410. */
        GONE,
        /** The key that put it is revoked or expired. */
        OWNER,
        /** It is being removed. */
        DELETED;

        /** As callers and rows call it. */
        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }

        /** The one that is called so; there must be one. */
        public static Why of(String word) {
            return valueOf(word.toUpperCase(Locale.ROOT));
        }
    }
}
