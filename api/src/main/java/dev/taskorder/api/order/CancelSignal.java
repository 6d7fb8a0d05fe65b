package dev.taskorder.api.order;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonProperty;
import org.jspecify.annotations.Nullable;

/** Who wants the order cancelled, and why. */
@JsonIgnoreProperties(ignoreUnknown = true)
public record CancelSignal(
        @Nullable String reason,
        @JsonProperty("requested_by") @Nullable String requestedBy) {}
