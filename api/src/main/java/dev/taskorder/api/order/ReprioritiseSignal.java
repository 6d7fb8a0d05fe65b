package dev.taskorder.api.order;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonProperty;
import org.jspecify.annotations.Nullable;

/** The priority wanted, 0 to 100, and who wants it. Sent by anyone who may signal: nothing in it can be relied on. */
@JsonIgnoreProperties(ignoreUnknown = true)
public record ReprioritiseSignal(
        @Nullable Integer priority,
        @JsonProperty("requested_by") @Nullable String requestedBy) {
    /**
     * Stands for who wants it where the order's row has the priority already, with its event. The workflow then shows it
     * and its step changes nothing: by the time the signal comes, the row may have a later one.
     */
    public static final String RECORDED = "(recorded before)";

    /** Tells a workflow of a priority that its order has been given. */
    public static ReprioritiseSignal recorded(int priority) {
        return new ReprioritiseSignal(priority, RECORDED);
    }
}
