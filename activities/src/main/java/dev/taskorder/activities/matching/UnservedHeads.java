package dev.taskorder.activities.matching;

import java.time.Duration;
import java.util.List;
import java.util.UUID;

/**
 * Orders that wait although the matcher would serve them if it looked, and nothing makes it look. There should be none: whoever
 * frees something leaves a mark. Reads in the caller's transaction, which must see one state of the database.
 */
public interface UnservedHeads {
    /** Those that have waited for at least so long, over all envs of the bound tenant. */
    List<Unserved> find(Duration atLeast);

    /** An order, and what it would get. */
    record Unserved(String env, UUID taskId, List<String> assets) {}
}
