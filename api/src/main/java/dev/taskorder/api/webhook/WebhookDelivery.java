package dev.taskorder.api.webhook;

import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * One event on its way to one webhook.
 *
 * @param deliveryId the {@code webhook-id} of each of its calls
 * @param seq of the event
 * @param object what the event speaks of
 * @param attempts calls so far
 * @param nextAttemptAt when the next one is due; null once it is over
 * @param responseStatus what the last call was answered; null if it was not
 * @param error what was wrong with the last call; null if nothing was
 */
public record WebhookDelivery(
        UUID deliveryId,
        long seq,
        String eventType,
        String object,
        Status status,
        int attempts,
        @Nullable Instant nextAttemptAt,
        @Nullable Instant lastAttemptAt,
        @Nullable Integer responseStatus,
        @Nullable Long responseMs,
        @Nullable String error) {
    /** How far it is. */
    public enum Status {
        /** There is another call to come. */
        PENDING,
        /** A call was answered with 2xx. */
        DELIVERED,
        /** Given up. */
        FAILED
    }
}
