package dev.taskorder.activities.webhook;

import dev.taskorder.activities.event.EventRelay;
import dev.taskorder.activities.testing.Tenant;
import dev.taskorder.api.page.PageRequest;
import dev.taskorder.api.principal.Principal;
import dev.taskorder.api.principal.Role;
import dev.taskorder.api.webhook.Webhook;
import dev.taskorder.api.webhook.WebhookDelivery;
import dev.taskorder.api.webhook.WebhookSpec;
import dev.taskorder.api.webhook.Webhooks;
import dev.taskorder.api.webhook.Webhooks.PutResult;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A tenant's webhooks, its events, and who makes the calls. */
record Hooks(Tenant tenant) {
    static final String URL = "https://93.184.215.14/hook";

    static Hooks fresh() {
        return new Hooks(Tenant.fresh());
    }

    Webhooks webhooks() {
        return tenant.bean(Webhooks.class);
    }

    WebhookQueue queue() {
        return tenant.bean(WebhookQueue.class);
    }

    PutResult.Put put(String id) {
        return taking(id, null, "*");
    }

    PutResult.Put taking(String id, @Nullable String env, String... types) {
        return (PutResult.Put) put(id, new Principal("me", tenant.id(), Role.TENANT_ADMIN, null), env, types);
    }

    PutResult put(String id, Principal owner, @Nullable String env, String... types) {
        WebhookSpec spec = new WebhookSpec(id, URL, List.of(types), env);
        return tenant.as(() -> webhooks().put(spec, owner));
    }

    /** Events of an object that stands for others: seen, but not looked at for webhooks. */
    void happens(String type, String... objects) {
        for (String object : objects) {
            tenant.sql(jdbc -> jdbc.sql(
                            "INSERT INTO task_event (object_type, object_id, type, actor) VALUES ('asset', :object, :type, 'me')")
                    .param("object", object)
                    .param("type", type)
                    .update());
        }
        while (tenant.as(() -> tenant.bean(EventRelay.class).seeNext()) > 0) {}
    }

    /** Looks at all there is. */
    void fanOut() {
        while (tenant.as(() -> queue().fanOut())) {}
    }

    void happensAndIsLookedAt(String... objects) {
        happens("asset.changed", objects);
        fanOut();
    }

    List<WebhookCall> claim() {
        return claim(Map.of());
    }

    List<WebhookCall> claim(Map<String, Integer> inFlight) {
        return tenant.as(() -> queue().claim(inFlight, 100, true));
    }

    void end(WebhookCall call, WebhookCall.How how) {
        Integer status = Map.of(WebhookCall.How.DELIVERED, 200, WebhookCall.How.GONE, 410)
                .get(how);
        String error = how == WebhookCall.How.DELIVERED ? null : "it was " + how;
        WebhookCall.Result result = new WebhookCall.Result(call, how, status, 7, error);
        tenant.as(() -> {
            queue().record(List.of(result));
            return 0;
        });
    }

    void end(List<WebhookCall> calls, WebhookCall.How how) {
        calls.forEach(call -> end(call, how));
    }

    /** Claims and delivers until nothing is due: what was claimed, in its order. */
    List<Long> deliverAll() {
        List<Long> delivered = new ArrayList<>();
        for (List<WebhookCall> calls = claim(); !calls.isEmpty(); calls = claim()) {
            calls.forEach(call -> delivered.add(call.seq()));
            end(calls, WebhookCall.How.DELIVERED);
        }
        return delivered;
    }

    /** So much later, for whatever has a time here. */
    void later(String interval) {
        tenant.sql(jdbc -> jdbc.sql("UPDATE webhook_delivery SET next_attempt_at = next_attempt_at - :i::interval,"
                        + " over_at = over_at - :i::interval")
                .param("i", interval)
                .update());
        tenant.sql(jdbc -> jdbc.sql("UPDATE webhook SET failing_since = failing_since - :i::interval")
                .param("i", interval)
                .update());
    }

    Webhook webhook(String id) {
        return tenant.as(() -> webhooks().find(id)).orElseThrow();
    }

    /** Newest first. */
    List<WebhookDelivery> deliveries(String id) {
        return tenant.as(() -> webhooks().deliveries(id, new PageRequest(200, null)))
                .orElseThrow()
                .items();
    }

    List<Long> seqs(List<WebhookCall> calls) {
        return calls.stream().map(WebhookCall::seq).toList();
    }
}
