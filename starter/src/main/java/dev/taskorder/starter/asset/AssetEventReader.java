package dev.taskorder.starter.asset;

import dev.taskorder.api.asset.AssetEvent;
import dev.taskorder.api.order.Limits;
import dev.taskorder.starter.web.Fields;
import dev.taskorder.starter.web.TextRule;
import dev.taskorder.starter.web.Violations;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/** Reads one event that a caller tells of an asset. */
final class AssetEventReader {
    private static final Set<String> FIELDS =
            Set.of("event_id", "event_type", "task_id", "lease_id", "occurred_at", "payload");
    private static final String LATENCY = "external_latency_ms";
    private static final String CONTEXT = "context";
    private static final Set<String> PAYLOAD = Set.of("error_code", LATENCY, "provider_status", CONTEXT);
    private static final Duration AHEAD_MAX = Duration.ofMinutes(Limits.EVENT_AHEAD_MINUTES_MAX);

    private final Clock clock;

    AssetEventReader(Clock clock) {
        this.clock = clock;
    }

    /**
     * The event that the body describes.
     *
     * @throws dev.taskorder.starter.problem.ProblemException if anything is wrong with it, naming all that is
     */
    AssetEvent read(ObjectNode body, String assetId) {
        Violations violations = new Violations();
        Fields fields = Fields.ofBody(body, violations);
        fields.allowOnly(FIELDS, name -> false);
        String eventId = fields.text("event_id", TextRule.NAME);
        String eventType = fields.text("event_type", TextRule.NAME);
        UUID taskId = fields.optionalUuid("task_id");
        UUID leaseId = fields.optionalUuid("lease_id");
        Instant latest = clock.instant().plus(AHEAD_MAX).truncatedTo(ChronoUnit.SECONDS);
        Instant occurredAt = fields.optionalTime("occurred_at", latest);
        Map<String, @Nullable Object> payload = payload(fields.object("payload"));
        violations.refuseIfAny();
        return new AssetEvent(eventId, assetId, taskId, leaseId, eventType, payload, occurredAt);
    }

    private static Map<String, @Nullable Object> payload(Fields payload) {
        payload.allowOnly(PAYLOAD, name -> false);
        payload.withinBytes(Limits.EVENT_PAYLOAD_BYTES_MAX);
        payload.checkScalar("error_code");
        payload.checkScalar("provider_status");
        if (payload.has(LATENCY)) {
            var unused = payload.integer(LATENCY, 0, Long.MAX_VALUE, 0);
        }
        if (payload.has(CONTEXT)) {
            var unused = payload.object(CONTEXT);
        }
        return payload.asMap();
    }
}
