package dev.taskorder.activities.explain;

import dev.taskorder.api.explain.Blocker;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What keeps an order from going on that waits for no leases. */
final class Going {
    private Going() {}

    static Blocker waitingForStart(Story story) {
        Map<String, @Nullable Object> facts = new LinkedHashMap<>();
        facts.put("since", story.queuedAt() == null ? story.createdAt() : story.queuedAt());
        facts.put("tries", story.startClaims());
        boolean trying = story.startClaims() > 1;
        return new Blocker(
                Blocker.WAITING_FOR_START,
                trying
                        ? "its start was tried " + story.startClaims() + " times and Temporal has not taken it"
                        : "its start is under way",
                facts,
                trying
                        ? "See that Temporal can be reached (readiness tells); it is tried again by itself"
                        : "None: it starts as soon as the orders before it are started");
    }

    /** Of an order that runs and has all its leases. */
    static List<Blocker> on(Story story) {
        if ("GRANTED".equals(story.attemptState())) {
            Map<String, @Nullable Object> facts = new LinkedHashMap<>();
            facts.put("attempt", story.attempt());
            facts.put("executor", story.executor());
            facts.put("queue", "taskorder");
            facts.put("since", story.attemptSince());
            return List.of(new Blocker(
                    Blocker.WAITING_FOR_EXECUTOR,
                    "it has its leases and waits for a worker to begin attempt " + story.attempt(),
                    facts,
                    "See that workers poll task queue taskorder and have free slots"));
        }
        if (story.retryAt() != null) {
            Map<String, @Nullable Object> facts = new LinkedHashMap<>();
            facts.put("until", story.retryAt());
            facts.put("last_attempt", story.attempt());
            return List.of(new Blocker(
                    Blocker.RETRY_BACKOFF,
                    "attempt " + (story.attempt() + 1) + " begins at " + story.retryAt(),
                    facts,
                    "None: it goes on by itself"));
        }
        return List.of();
    }
}
