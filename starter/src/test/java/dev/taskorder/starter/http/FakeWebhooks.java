package dev.taskorder.starter.http;

import dev.taskorder.api.page.BadCursorException;
import dev.taskorder.api.page.Page;
import dev.taskorder.api.page.PageRequest;
import dev.taskorder.api.principal.Principal;
import dev.taskorder.api.webhook.Webhook;
import dev.taskorder.api.webhook.WebhookDelivery;
import dev.taskorder.api.webhook.WebhookSpec;
import dev.taskorder.api.webhook.Webhooks;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** One webhook that is always there, whatever it is called, with one delivery. */
record FakeWebhooks(Instant at) implements Webhooks {
    @Override
    public PutResult put(WebhookSpec spec, Principal owner) {
        return new PutResult.Put(new Webhook(spec, null, owner.name(), null, at, at), "whsec_AAAA");
    }

    @Override
    public Optional<Webhook> find(String webhookId) {
        WebhookSpec spec = new WebhookSpec(webhookId, "https://example.com/", List.of("*"), null);
        return Optional.of(new Webhook(spec, Webhook.Why.GONE, "me", at, at, at));
    }

    @Override
    public Page<Webhook> list(PageRequest page) {
        if (page.cursor() != null) {
            throw BadCursorException.notOfThisList();
        }
        return new Page<>(find("hook").stream().toList(), null);
    }

    @Override
    public boolean delete(String webhookId) {
        return true;
    }

    @Override
    public Optional<Page<WebhookDelivery>> deliveries(String webhookId, PageRequest page) {
        if (page.cursor() != null) {
            throw BadCursorException.notOfThisList();
        }
        WebhookDelivery one = new WebhookDelivery(
                new UUID(0, 1),
                1,
                "asset.changed",
                "asset/a1",
                WebhookDelivery.Status.DELIVERED,
                1,
                null,
                at,
                200,
                7L,
                null);
        return Optional.of(new Page<>(List.of(one), null));
    }

    @Override
    public ReplayResult replayFrom(String webhookId, Instant from) {
        return new ReplayResult.Begun(1, 1);
    }

    @Override
    public ReplayResult replay(String webhookId, UUID deliveryId) {
        return new ReplayResult.Begun(1, 1);
    }
}
