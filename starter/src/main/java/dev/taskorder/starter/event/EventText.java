package dev.taskorder.starter.event;

import dev.taskorder.api.event.Event;
import dev.taskorder.starter.web.Json;

/** An event as it leaves this application, whichever way. */
public final class EventText {
    private EventText() {}

    /** Its envelope as JSON: the same bytes whenever it is asked for. */
    public static byte[] of(Event event) {
        return Json.bytes(EventEnvelope.of(event));
    }
}
