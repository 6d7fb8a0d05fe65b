package dev.taskorder.api.order;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import dev.taskorder.api.tenant.TenantId;
import io.temporal.activity.ActivityInterface;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The steps of the workflow, each one transaction (design.md §3). Each may run twice, or again after its answer was
 * lost: it then answers with what it did. Each judges the row as it is and trusts nothing that the workflow remembers.
 * Their names have a colon, which no task type can have: an attempt's activity type is its task's.
 */
@ActivityInterface(namePrefix = "order:")
public interface OrderSteps {
    /** Marks the run as started, PENDING → QUEUED, and asks the matcher. On a later run, finds where the order is. */
    Verdict admit(TaskOrderRef order);

    /**
     * Reads the row: after a wake, and when a wait or a back-off is over. Begins the next attempt of an order whose
     * back-off is over, and ends one that has waited for longer than it may.
     */
    Verdict proceed(TaskOrderRef order);

    /** An attempt has ended, or was given up: settles the order or prepares its next attempt. */
    Verdict conclude(AttemptEnd end);

    /** Ends an order that no executor works for as CANCELLED: by signal or by Temporal's own cancel. */
    Verdict end(EndOrder end);

    /**
     * Changes the priority of an order that is not over, if one is wanted.
     *
     * @return what the row says then; null if the order is over, or goes on in another run
     */
    @Nullable
    Integer reprioritise(Reprioritise command);

    /** How the workflow saw an attempt end. */
    enum How {
        /** The executor answered; its result is stored with the attempt. */
        ANSWERED,
        /** The worker that ran it is gone. */
        LOST,
        /** It did not end within the deadline and the grace; it may still run. */
        ABANDONED,
        /** The activity failed in a way that no executor's answer explains. */
        FAULT
    }

    /**
     * The end of an attempt.
     *
     * @param cancelled why the order is to be cancelled, if a signal or Temporal said so; null otherwise
     * @param cancelledBy who said so
     * @param message what went wrong, for {@link How#FAULT}
     */
    @JsonIgnoreProperties(ignoreUnknown = true)
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record AttemptEnd(
            TenantId tenant,
            UUID taskId,
            int runNo,
            int attempt,
            How how,
            @Nullable String cancelled,
            @Nullable String cancelledBy,
            @Nullable String message)
            implements OrderCommand {}

    /** Ends an order that is QUEUED, or RUNNING between two attempts. */
    @JsonIgnoreProperties(ignoreUnknown = true)
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record EndOrder(
            TenantId tenant,
            UUID taskId,
            int runNo,
            @Nullable String reason,
            @Nullable String requestedBy) implements OrderCommand {}

    /**
     * A change of priority, or a look at it.
     *
     * @param priority the new one, 0 to 100; null, or out of that range, to change nothing
     */
    @JsonIgnoreProperties(ignoreUnknown = true)
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Reprioritise(
            TenantId tenant,
            UUID taskId,
            int runNo,
            @Nullable Integer priority,
            @Nullable String requestedBy) implements OrderCommand {}
}
