package dev.taskorder.api.order;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import org.jspecify.annotations.Nullable;

/**
 * What a step tells the workflow to do next. Short names and codes only: it is written into the history. Times are
 * spans measured by the database, so that no two machines' clocks are compared.
 */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "do")
@JsonSubTypes({
    @JsonSubTypes.Type(value = Verdict.Await.class, name = "await"),
    @JsonSubTypes.Type(value = Verdict.Execute.class, name = "execute"),
    @JsonSubTypes.Type(value = Verdict.Stop.class, name = "stop"),
    @JsonSubTypes.Type(value = Verdict.BackOff.class, name = "back_off"),
    @JsonSubTypes.Type(value = Verdict.Over.class, name = "over")
})
public sealed interface Verdict {
    /**
     * Wait for a wake, at most so long, then ask again.
     *
     * @param atMostMs at least 1; null if nothing but a wake can change the answer
     */
    @JsonIgnoreProperties(ignoreUnknown = true)
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Await(@Nullable Long atMostMs) implements Verdict {}

    /**
     * Run this attempt.
     *
     * @param leftMs until the order's deadline, at least 1
     * @param graceMs how long an executor that is cancelled or late is waited for
     * @param weight the tenant's share of the workers; null where it was not told, in verdicts from before it was
     */
    @JsonIgnoreProperties(ignoreUnknown = true)
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Execute(
            int attempt,
            String taskType,
            int priority,
            long leftMs,
            long graceMs,
            @Nullable Float weight) implements Verdict {
        /** Whether it is still this attempt that is to run. */
        public boolean isSameAs(Verdict later) {
            return later instanceof Execute other && other.attempt == attempt;
        }
    }

    /**
     * Stop this attempt and draw its conclusion: the order ends, whatever it answers.
     *
     * @param attempt the attempt that is live, for a run of the order that does not know it yet
     */
    @JsonIgnoreProperties(ignoreUnknown = true)
    record Stop(Execute attempt) implements Verdict {
        /** Whether it is this attempt that is to stop. */
        public boolean concerns(Execute running) {
            return running.isSameAs(attempt);
        }
    }

    /** Sleep this long, then ask for the next attempt. */
    @JsonIgnoreProperties(ignoreUnknown = true)
    record BackOff(long ms) implements Verdict {}

    /** The order is over, with this status; or this run of it is, because a newer one has taken over. */
    @JsonIgnoreProperties(ignoreUnknown = true)
    record Over(String status) implements Verdict {
        /** Another run of the same order goes on: this one ends without a word. */
        public static final String SUPERSEDED = "SUPERSEDED";
        /** There is no such order, as after a restore of an older PostgreSQL: its workflow ends with this. */
        public static final String ORDER_UNKNOWN = "ORDER_UNKNOWN";
    }
}
