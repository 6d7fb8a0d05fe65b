package dev.taskorder.activities.webhook;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** How long after a call that failed the next one follows (api.md, "Webhook"); the last one is 66 hours after the first. */
final class RetrySchedule {
    private static final Duration HALF_A_DAY = Duration.ofHours(12);
    private static final List<Duration> RESTS = List.of(
            Duration.ofSeconds(5),
            Duration.ofSeconds(30),
            Duration.ofMinutes(5),
            Duration.ofMinutes(30),
            Duration.ofHours(2),
            Duration.ofHours(5),
            Duration.ofHours(10),
            HALF_A_DAY,
            HALF_A_DAY,
            HALF_A_DAY,
            HALF_A_DAY);

    private RetrySchedule() {}

    /** The rest after so many calls, from 1 on; nothing if that was the last. */
    static Optional<Duration> after(int calls) {
        return calls > RESTS.size() ? Optional.empty() : Optional.of(RESTS.get(calls - 1));
    }
}
