package dev.taskorder.api.order;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonProperty;
import org.jspecify.annotations.Nullable;

/**
 * The priority wanted, 0 to 100, and who wants it. Sent by anyone who may signal: nothing in it can be relied on. Without
 * a priority it changes nothing, and the workflow shows the one that the order's row has by then.
 */
@JsonIgnoreProperties(ignoreUnknown = true)
public record ReprioritiseSignal(
        @Nullable Integer priority,
        @JsonProperty("requested_by") @Nullable String requestedBy) {
    /** For a row that has been changed: of two such changes the second is shown, whichever is told last. */
    public static final ReprioritiseSignal SHOW = new ReprioritiseSignal(null, null);
}
