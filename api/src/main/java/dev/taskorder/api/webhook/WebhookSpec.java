package dev.taskorder.api.webhook;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where events go, and which.
 *
 * @param url checked before each call: what it means may change
 * @param types of events; {@link #ANY} stands for all
 * @param env of events; null for all, also those that have none
 */
public record WebhookSpec(
        String webhookId,
        String url,
        List<String> types,
        @Nullable String env) {
    /** All types. */
    public static final String ANY = "*";

    /** How many types may be named. */
    public static final int TYPES_MAX = 64;

    public WebhookSpec {
        types = List.copyOf(types);
        if (types.isEmpty() || types.size() > TYPES_MAX) {
            throw new IllegalArgumentException("types must be 1 to " + TYPES_MAX + ", was " + types.size());
        }
    }
}
