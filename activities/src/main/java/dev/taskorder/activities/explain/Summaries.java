package dev.taskorder.activities.explain;

import dev.taskorder.activities.matching.WaitingReasons.Waiting;
import dev.taskorder.api.explain.Blocker;
import dev.taskorder.api.explain.Explanation.Place;
import dev.taskorder.api.order.Status;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A few sentences for a person. */
final class Summaries {
    private static final Set<String> OF_BUDGETS = Set.of(Blocker.PROJECT_BUDGET, Blocker.TENANT_BUDGET);

    private Summaries() {}

    static String of(Story story, List<Blocker> blockers) {
        if (story.status() == Status.SUCCESS) {
            return "It succeeded at " + story.finishedAt() + " with attempt " + story.attempt() + ".";
        }
        if (story.status().isOver()) {
            return "It ended as " + story.status() + " at " + story.finishedAt() + ": "
                    + blockers.get(0).message() + ".";
        }
        String cancel = cancel(story);
        if (!blockers.isEmpty()) {
            return "It is " + story.status() + ": " + first(blockers) + until(story) + cancel;
        }
        if ("RUNNING".equals(story.attemptState())) {
            return "Attempt " + story.attempt() + " executes on " + story.executor() + " since " + story.attemptSince()
                    + "." + until(story) + cancel;
        }
        String soon = story.cancelRequested() ? "." : " and goes on at once.";
        return "It is " + story.status() + soon + until(story) + cancel;
    }

    /** @param endsBy when it ends by itself if it is not served before; null for never */
    static String ofWaiting(Story story, Waiting waiting, @Nullable Instant endsBy) {
        String where = story.status() == Status.QUEUED
                ? "It waits in the queue, " + place(waiting.place())
                : "It waits between two attempts" + what(waiting.blockers());
        String why = waiting.blockers().isEmpty()
                ? ", and can be served: the matcher is about to look."
                : ": " + first(waiting.blockers());
        return where + why + end(endsBy) + hold(story) + until(story) + cancel(story);
    }

    private static String what(List<Blocker> blockers) {
        String first = blockers.isEmpty() ? "" : blockers.get(0).code();
        if (Paused.CODES.contains(first)) {
            return "";
        }
        return OF_BUDGETS.contains(first) ? " for money" : " for leases in exchange";
    }

    private static String first(List<Blocker> blockers) {
        int more = blockers.size() - 1;
        String others = more == 0
                ? ""
                : " " + more + (more == 1 ? " more blocker stands" : " more blockers stand") + " behind it.";
        return blockers.get(0).message() + "." + others;
    }

    private static String place(Place place) {
        if (!place.counted()) {
            return "with more than " + (place.sameClassBefore() - 1) + " orders of the same demand before it";
        }
        return place.position() == 1
                ? "first of those with the same demand"
                : "number " + place.position() + " of those with the same demand";
    }

    private static String end(@Nullable Instant by) {
        return by == null ? "" : " If nothing serves it by " + by + ", it ends as FAILED (max_queue_ms).";
    }

    private static String hold(Story story) {
        return story.holdUntil() == null
                ? ""
                : " It keeps its other leases until " + story.holdUntil()
                        + ", then gives them back and waits for all that it wants.";
    }

    private static String until(Story story) {
        return story.deadline() == null ? "" : " It must be done by " + story.deadline() + ".";
    }

    private static String cancel(Story story) {
        return story.cancelRequested() ? " Its cancel is under way." : "";
    }
}
