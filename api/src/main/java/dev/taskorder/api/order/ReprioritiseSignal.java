package dev.taskorder.api.order;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonProperty;
import org.jspecify.annotations.Nullable;

/** The priority wanted, 0 to 100, and who wants it. Sent by anyone who may signal: nothing in it can be relied on. */
@JsonIgnoreProperties(ignoreUnknown = true)
public record ReprioritiseSignal(
        @Nullable Integer priority,
        @JsonProperty("requested_by") @Nullable String requestedBy) {}
