package dev.taskorder.starter.event;

import dev.taskorder.api.event.Event;
import dev.taskorder.starter.web.Json;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/** Server-sent events, as the HTML standard has them. JSON has no line ends, so each is one line of data. */
final class StreamText {
    /** Nothing for a reader; keeps what is between us from closing what seems to be idle. */
    static final byte[] COMMENT = bytes(":\n\n");

    static final byte[] OVER = last("over", "the order is over, and this was all of it");
    static final byte[] REVOKED = last("revoked", "whoever opened this stream may read it no more");
    static final byte[] SWITCHED_OFF = last("switched_off", "the tenant's policy has switched notifications off");
    static final byte[] SLOW = last("slow", "nothing was taken for too long; go on with Last-Event-ID");
    static final byte[] STOPPING = last("stopping", "this process stops; go on at another one with Last-Event-ID");

    private StreamText() {}

    /** The first words: from where on it goes, and how soon to come back when it breaks. */
    static byte[] begin(long after) {
        return bytes("retry: 2000\n: what comes after " + after + "\n\n");
    }

    /**
     * What was missed is not here any more.
     *
     * @param on the seq after which the stream goes on
     */
    static byte[] reset(String reason, long on) {
        Map<String, Object> data = Map.of("reason", reason, "after", on);
        return bytes("id: " + on + "\nevent: reset\ndata: " + text(Json.bytes(data)) + "\n\n");
    }

    /** In one piece, so that it leaves in one; one alone is the same piece for all its readers. */
    static byte[] of(List<EventTail.Told> events) {
        if (events.size() == 1) {
            return events.get(0).text();
        }
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        events.forEach(told -> all.writeBytes(told.text()));
        return all.toByteArray();
    }

    static byte[] of(Event event) {
        String head = "id: " + event.seq() + "\nevent: " + event.type() + "\ndata: ";
        return bytes(head + text(Json.bytes(EventEnvelope.of(event))) + "\n\n");
    }

    private static byte[] last(String reason, String detail) {
        return bytes("event: end\ndata: {\"reason\":\"" + reason + "\",\"detail\":\"" + detail + "\"}\n\n");
    }

    private static String text(byte[] json) {
        return new String(json, StandardCharsets.UTF_8);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
