package dev.taskorder.api.order;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonProperty;
import org.jspecify.annotations.Nullable;

/** The priority wanted, 0 to 100, and who wants it. */
@JsonIgnoreProperties(ignoreUnknown = true)
public record ReprioritiseSignal(
        int priority,
        @JsonProperty("requested_by") @Nullable String requestedBy) {}
