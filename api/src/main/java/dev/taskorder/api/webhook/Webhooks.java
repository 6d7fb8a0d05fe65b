package dev.taskorder.api.webhook;

import dev.taskorder.api.page.Page;
import dev.taskorder.api.page.PageRequest;
import dev.taskorder.api.principal.Principal;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The webhooks of the bound tenant. */
public interface Webhooks {
    /** How many a tenant has at the most. */
    int PER_TENANT = 20;

    /**
     * Makes a webhook, which is sent what happens from now on; or changes the one of this id, which keeps its secret and is enabled again,
     * and goes on with what is pending. What happened while it was disabled is sent by a replay alone.
     */
    PutResult put(WebhookSpec spec, Principal owner);

    /** The webhook of that id; nothing if there is none. */
    Optional<Webhook> find(String webhookId);

    /**
     * Webhooks by id.
     *
     * @throws dev.taskorder.api.page.BadCursorException if the cursor is none of this list
     */
    Page<Webhook> list(PageRequest page);

    /** Removes it with its deliveries; nothing is sent any more. Whether there was one. */
    boolean delete(String webhookId);

    /** Its deliveries, newest event first, for as long as events are kept; nothing if there is no such webhook. */
    Optional<Page<WebhookDelivery>> deliveries(String webhookId, PageRequest page);

    /** Sends again, in their order, the events that it takes, from the first that occurred then or later. */
    ReplayResult replayFrom(String webhookId, Instant from);

    /** Sends one event again. */
    ReplayResult replay(String webhookId, UUID deliveryId);

    /** What became of a wish for a webhook. */
    sealed interface PutResult {
        /**
         * It is there.
         *
         * @param secret what its calls are signed with, this once; null if it was there before
         */
        record Put(Webhook webhook, @Nullable String secret) implements PutResult {
            /** Never the secret. */
            @Override
            public String toString() {
                return "Put[" + webhook.spec().webhookId() + "]";
            }
        }

        /** Its address may not be called. */
        record BadUrl(String reason) implements PutResult {}

        /** The tenant has {@link #PER_TENANT}. */
        record TooMany() implements PutResult {}

        /** The installation has no key to seal secrets with. */
        record NoKey(String setting) implements PutResult {}
    }

    /** What became of a wish to send again. */
    sealed interface ReplayResult {
        /**
         * Those from the first to the second seq, of which the webhook gets what it takes; none where the first is larger. What is
         * missing here, the events that were removed, is not sent.
         */
        record Begun(long fromSeq, long toSeq) implements ReplayResult {}

        /** There is no such webhook, or no such delivery of it. */
        record NotFound() implements ReplayResult {}

        /** It is disabled. */
        record Disabled(Webhook.Why why) implements ReplayResult {}
    }
}
