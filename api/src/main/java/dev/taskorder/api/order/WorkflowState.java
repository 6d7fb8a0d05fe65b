package dev.taskorder.api.order;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonProperty;

/**
 * What a workflow is doing, for the query {@code state}.
 *
 * @param phase one of {@code admitting, waiting, executing, stopping, backing_off, cancelling, over}
 * @param attempt the current attempt, 0 before the first
 */
@JsonIgnoreProperties(ignoreUnknown = true)
public record WorkflowState(
        String phase,
        int attempt,
        @JsonProperty("cancel_requested") boolean cancelRequested) {}
