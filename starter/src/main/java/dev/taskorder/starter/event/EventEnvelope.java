package dev.taskorder.starter.event;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.taskorder.api.event.Event;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An event as CloudEvents 1.0 has it. Attributes of our own have no underscore, as it demands; those that are null are left out.
 *
 * @param id the same for an event wherever it is met, and for no other of the same source
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
record EventEnvelope(
        String specversion,
        String id,
        String source,
        String type,
        Instant time,
        String subject,
        String datacontenttype,
        String actor,
        @Nullable String env,
        @Nullable String projectid,
        @Nullable String taskid,
        long seq,
        Map<String, @Nullable Object> data) {
    static EventEnvelope of(Event event) {
        Event.Subject subject = event.subject();
        return new EventEnvelope(
                "1.0",
                Long.toString(event.eventNo()),
                "/v1/tenants/" + event.tenant(),
                event.type(),
                event.occurredAt(),
                subject.type() + "/" + subject.id(),
                "application/json",
                event.actor(),
                event.env(),
                event.projectId(),
                subject.isOrder() ? subject.id() : null,
                event.seq(),
                event.data());
    }
}
