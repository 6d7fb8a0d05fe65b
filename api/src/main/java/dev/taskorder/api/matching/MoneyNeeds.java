package dev.taskorder.api.matching;

import java.util.Optional;
import java.util.UUID;

/** Says which orders of the queue wait for money, and not for what money buys. */
public interface MoneyNeeds {
    /**
     * For which money the order waits, and how much of it would do, in words for people; nothing if it waits for something
     * else, or not at all. Reads in the caller's transaction, and writes nothing.
     */
    Optional<String> of(UUID taskId);
}
