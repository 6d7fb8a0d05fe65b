package dev.taskorder.activities.event;

import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** A change of an order that is about to be committed, as the event that tells of it (types: api.md, "Events"). */
public record NewEvent(UUID taskId, String type, String actor, Map<String, @Nullable Object> data) {}
