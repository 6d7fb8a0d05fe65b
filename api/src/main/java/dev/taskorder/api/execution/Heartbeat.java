package dev.taskorder.api.execution;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** How an executor speaks while it works. Liveness is not its business: whoever runs it beats for it. */
public interface Heartbeat {
    /**
     * Tells how far it is and what it cost so far. The last values told are kept, about once a second.
     *
     * @param progress a JSON object, handed to the next attempt as {@code previous_progress}
     * @param costsSoFar running totals of this attempt per kind; a kind left out keeps its total
     * @throws IllegalArgumentException if a bound is passed or a total is smaller than it was; nothing was told then
     */
    void report(Map<String, @Nullable Object> progress, List<Money> costsSoFar);

    /** Whether the attempt is cancelled or past its deadline: stop, and answer with what there is. */
    boolean cancelled();
}
