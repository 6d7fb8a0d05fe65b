package dev.taskorder.starter.webhook;

import dev.taskorder.api.event.EventTypes;
import dev.taskorder.api.order.Limits;
import dev.taskorder.api.page.PageRequest;
import dev.taskorder.api.webhook.WebhookDelivery;
import dev.taskorder.api.webhook.WebhookSpec;
import dev.taskorder.api.webhook.Webhooks;
import dev.taskorder.api.webhook.Webhooks.PutResult;
import dev.taskorder.api.webhook.Webhooks.ReplayResult;
import dev.taskorder.starter.problem.Problem;
import dev.taskorder.starter.problem.ProblemCode;
import dev.taskorder.starter.problem.ProblemException;
import dev.taskorder.starter.role.InRole;
import dev.taskorder.starter.role.Role;
import dev.taskorder.starter.web.Audited;
import dev.taskorder.starter.web.Fields;
import dev.taskorder.starter.web.JsonBody;
import dev.taskorder.starter.web.PageResponse;
import dev.taskorder.starter.web.PathIds;
import dev.taskorder.starter.web.Query;
import dev.taskorder.starter.web.RequestPrincipal;
import dev.taskorder.starter.web.TextRule;
import dev.taskorder.starter.web.Violations;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.net.URI;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** The webhooks of a tenant. */
@RestController
@InRole(Role.API)
@RequestMapping(path = WebhookController.PATH, produces = MediaType.APPLICATION_JSON_VALUE)
final class WebhookController {
    static final String PATH = "/v1/webhooks";
    private static final String ID = "webhook_id";
    private static final int CREATED = 201;
    private static final int CHANGED = 200;
    private static final int ACCEPTED = 202;
    private static final Instant LATEST = Instant.parse("9999-01-01T00:00:00Z");
    private static final TextRule URL = new TextRule(null, 1, 2048, "must have 1 to 2048 characters");
    private static final TextRule TYPE = new TextRule(
            Pattern.compile("\\*|" + EventTypes.pattern()),
            0,
            64,
            "must be the type of an event, such as task_order.succeeded, or '*'");

    private final Webhooks webhooks;

    WebhookController(Webhooks webhooks) {
        this.webhooks = webhooks;
    }

    /** What is sent again: the events of these, of which the webhook gets what it takes. */
    private record Replay(long fromSeq, long toSeq) {}

    @PutMapping("/{webhook_id}")
    @Audited(value = "webhook.put", object = "webhook")
    ResponseEntity<WebhookResponse> put(HttpServletRequest request, @PathVariable(ID) String webhookId)
            throws IOException {
        Query.refuseAny(request);
        String id = PathIds.text(ID, webhookId, TextRule.NAME);
        PutResult result = webhooks.put(spec(request, id), RequestPrincipal.required(request));
        if (result instanceof PutResult.Put put) {
            ResponseEntity.BodyBuilder answer = put.secret() == null
                    ? ResponseEntity.status(CHANGED)
                    : ResponseEntity.status(CREATED)
                            .location(URI.create(PATH + "/" + id))
                            .header("Cache-Control", "no-store");
            return answer.body(WebhookResponse.of(put.webhook(), put.secret()));
        }
        throw refusal(result);
    }

    private static WebhookSpec spec(HttpServletRequest request, String id) throws IOException {
        Violations violations = new Violations();
        Fields fields = Fields.ofBody(JsonBody.read(request, Limits.BODY_BYTES_MAX), violations);
        fields.allowOnly(
                Set.of("url", "types", "env"),
                Set.of("webhook_id", "secret", "status", "why", "owner", "failing_since", "created_at", "updated_at")
                        ::contains);
        String url = fields.text("url", URL);
        List<String> types = fields.texts("types", TYPE, WebhookSpec.TYPES_MAX);
        Object sent = fields.asMap().get("types");
        if (sent == null || (sent instanceof List<?> list && list.isEmpty())) {
            fields.note("types", "must have 1 to " + WebhookSpec.TYPES_MAX + " items");
        }
        String env = fields.optionalText("env", TextRule.ENV);
        violations.refuseIfAny();
        return new WebhookSpec(id, url, types, env);
    }

    private static ProblemException refusal(PutResult result) {
        if (result instanceof PutResult.BadUrl bad) {
            return new ProblemException(
                    ProblemCode.INVALID_REQUEST, "/url", bad.reason().replaceFirst("^url ", ""));
        }
        if (result instanceof PutResult.NoKey no) {
            return new ProblemException(Problem.of(
                            ProblemCode.UNAVAILABLE,
                            "webhooks need " + no.setting()
                                    + ", 32 bytes in base64, which this installation has not set")
                    .withHeader("Retry-After", "3600"));
        }
        return new ProblemException(
                ProblemCode.ILLEGAL_TRANSITION,
                "the tenant has " + Webhooks.PER_TENANT + " webhooks, which is as many as may be: remove one first");
    }

    @GetMapping("/{webhook_id}")
    WebhookResponse get(HttpServletRequest request, @PathVariable(ID) String webhookId) {
        Query.refuseAny(request);
        return webhooks.find(PathIds.text(ID, webhookId, TextRule.NAME))
                .map(webhook -> WebhookResponse.of(webhook, null))
                .orElseThrow(WebhookController::notFound);
    }

    @GetMapping
    PageResponse<WebhookResponse> list(HttpServletRequest request) {
        PageRequest page = Query.ofPage(request).page();
        return PageResponse.of(webhooks.list(page), webhook -> WebhookResponse.of(webhook, null));
    }

    @DeleteMapping("/{webhook_id}")
    @Audited(value = "webhook.delete", object = "webhook")
    ResponseEntity<Void> delete(HttpServletRequest request, @PathVariable(ID) String webhookId) {
        Query.refuseAny(request);
        if (!webhooks.delete(PathIds.text(ID, webhookId, TextRule.NAME))) {
            throw notFound();
        }
        return ResponseEntity.noContent().build();
    }

    @GetMapping("/{webhook_id}/deliveries")
    PageResponse<WebhookDelivery> deliveries(HttpServletRequest request, @PathVariable(ID) String webhookId) {
        String id = PathIds.text(ID, webhookId, TextRule.NAME);
        PageRequest page = Query.ofPage(request).page();
        return webhooks.deliveries(id, page)
                .map(found -> PageResponse.of(found, Function.identity()))
                .orElseThrow(WebhookController::notFound);
    }

    @PostMapping("/{webhook_id}/replay")
    @Audited(value = "webhook.replay", object = "webhook")
    ResponseEntity<Replay> replay(HttpServletRequest request, @PathVariable(ID) String webhookId) throws IOException {
        Query.refuseAny(request);
        String id = PathIds.text(ID, webhookId, TextRule.NAME);
        Violations violations = new Violations();
        Fields fields = Fields.ofBody(JsonBody.read(request, Limits.BODY_BYTES_MAX), violations);
        fields.allowOnly(Set.of("from", "delivery_id"), name -> false);
        Instant from = fields.optionalTime("from", LATEST);
        UUID deliveryId = fields.optionalUuid("delivery_id");
        if (fields.has("from") == fields.has("delivery_id")) {
            fields.note("from", "is required, or else delivery_id: one of them, not both");
        }
        violations.refuseIfAny();
        ReplayResult result = deliveryId != null
                ? webhooks.replay(id, deliveryId)
                : webhooks.replayFrom(id, java.util.Objects.requireNonNull(from));
        if (result instanceof ReplayResult.Begun begun) {
            return ResponseEntity.status(ACCEPTED).body(new Replay(begun.fromSeq(), begun.toSeq()));
        }
        if (result instanceof ReplayResult.Disabled disabled) {
            throw new ProblemException(
                    ProblemCode.ILLEGAL_TRANSITION,
                    "the webhook is DISABLED (" + disabled.why().word() + "): put it again first");
        }
        throw deliveryId != null && webhooks.find(id).isPresent()
                ? new ProblemException(ProblemCode.NOT_FOUND, "the webhook has no such delivery")
                : notFound();
    }

    private static ProblemException notFound() {
        return new ProblemException(ProblemCode.NOT_FOUND, "there is no such webhook");
    }
}
