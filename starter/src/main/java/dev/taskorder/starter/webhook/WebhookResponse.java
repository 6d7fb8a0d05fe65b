package dev.taskorder.starter.webhook;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.taskorder.api.webhook.Webhook;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A webhook as callers see it.
 *
 * @param why it is DISABLED; null while it is not
 * @param secret in the answer that makes it, and never again
 */
record WebhookResponse(
        String webhookId,
        String url,
        List<String> types,
        @Nullable String env,
        String status,
        @Nullable String why,
        String owner,
        @Nullable Instant failingSince,
        Instant createdAt,
        Instant updatedAt,
        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable String secret) {
    static WebhookResponse of(Webhook webhook, @Nullable String secret) {
        Webhook.Why why = webhook.why();
        return new WebhookResponse(
                webhook.spec().webhookId(),
                webhook.spec().url(),
                webhook.spec().types(),
                webhook.spec().env(),
                why == null ? "ENABLED" : "DISABLED",
                why == null ? null : why.word(),
                webhook.owner(),
                webhook.failingSince(),
                webhook.createdAt(),
                webhook.updatedAt(),
                secret);
    }

    /** Never the secret. */
    @Override
    public String toString() {
        return "WebhookResponse[" + webhookId + "]";
    }
}
