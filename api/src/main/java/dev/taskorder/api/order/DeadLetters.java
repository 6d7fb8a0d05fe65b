package dev.taskorder.api.order;

import dev.taskorder.api.tenant.Caller;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Orders that wait for a person (spec/task-order.md §3), of the bound tenant. */
public interface DeadLetters {
    /** More groups of reasons than these are not told. */
    int REASONS_MAX = 100;

    /**
     * Puts a dead letter back into the queue: the same order, with its next attempt, a fresh window and all its retries, under
     * the policy that it was created by. Nobody waits for Temporal. Calling again changes nothing, for it is no dead
     * letter then.
     *
     * @param reason for people; null if none was given
     */
    RedriveResult redrive(UUID taskId, @Nullable String reason, Caller caller);

    /**
     * Why there are dead letters.
     *
     * @param env of which env; null for all
     */
    Summary summary(@Nullable String env);

    /**
     * Dead letters by reason.
     *
     * @param total how many there are, those of reasons that are not told included
     * @param reasons the most frequent first, at most {@link #REASONS_MAX}
     */
    record Summary(long total, List<Reason> reasons) {}

    /**
     * Dead letters that have one reason.
     *
     * @param reason their {@code result_message} without what tells one from the other: numbers and ids are {@code #}; null if they
     *     have none
     * @param count how many
     * @param firstAt when the first of them ended
     * @param lastAt when the last did
     * @param example the one that was created last
     */
    record Reason(
            String resultCode, @Nullable String reason, long count, Instant firstAt, Instant lastAt, UUID example) {}
}
