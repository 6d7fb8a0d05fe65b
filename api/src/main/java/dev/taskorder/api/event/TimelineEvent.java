package dev.taskorder.api.event;

import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One line of an order's timeline: what happened, when, by whom, and in a sentence. */
public record TimelineEvent(
        long eventNo, String type, Instant occurredAt, String actor, String text, Map<String, @Nullable Object> data) {}
