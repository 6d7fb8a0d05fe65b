package dev.taskorder.activities.webhook;

import dev.taskorder.api.event.Event;
import dev.taskorder.api.tenant.TenantId;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A call that this process alone is to make now.
 *
 * @param attempt the how many-th of its delivery, from 1
 * @param failing whether no call of the webhook has succeeded lately
 * @param secret null if it cannot be read: the installation's key is another one
 * @param event null if it is kept no more
 */
public record WebhookCall(
        TenantId tenant,
        String webhookId,
        UUID deliveryId,
        long seq,
        int attempt,
        boolean failing,
        String url,
        @Nullable WebhookSecret secret,
        @Nullable Event event) {
    /**
     * What became of it.
     *
     * @param how whether it succeeded, or else whether it is to be repeated
     * @param status of the answer; null if there was none
     * @param error null if it succeeded
     */
    public record Result(
            WebhookCall call,
            How how,
            @Nullable Integer status,
            long millis,
            @Nullable String error) {}

    /** How a call ended. */
    public enum How {
        /** Answered with 2xx. */
        DELIVERED,
        /** Not so; the next one may be. */
        FAILED,
        /** Answered with 410: nothing is wanted there any more. */
        GONE,
        /** It cannot be made, now or later. */
        IMPOSSIBLE
    }
}
