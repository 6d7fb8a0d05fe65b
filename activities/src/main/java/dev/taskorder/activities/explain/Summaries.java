package dev.taskorder.activities.explain;

import dev.taskorder.activities.matching.WaitingReasons.Waiting;
import dev.taskorder.api.explain.Blocker;
import dev.taskorder.api.explain.Explanation.Place;
import dev.taskorder.api.order.Status;
import java.util.List;

/** A sentence or two for a person. */
final class Summaries {
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
            return "It is " + story.status() + ": " + blockers.get(0).message() + "." + until(story) + cancel;
        }
        if ("RUNNING".equals(story.attemptState())) {
            return "Attempt " + story.attempt() + " executes on " + story.executor() + " since " + story.attemptSince()
                    + "." + until(story) + cancel;
        }
        return "It is " + story.status() + " and goes on at once." + until(story) + cancel;
    }

    static String ofWaiting(Story story, Waiting waiting) {
        String where = story.status() == Status.QUEUED
                ? "It waits in the queue, " + place(waiting.place())
                : "It waits between two attempts for leases in exchange";
        String why = waiting.blockers().isEmpty()
                ? ", and can be served: the matcher is about to look."
                : ": " + waiting.blockers().get(0).message() + ".";
        return where + why + until(story) + cancel(story);
    }

    private static String place(Place place) {
        if (!place.counted()) {
            return "with more than " + (place.sameClassBefore() - 1) + " orders that want the same before it";
        }
        return place.position() == 1
                ? "first of those that want the same"
                : "number " + place.position() + " of those that want the same";
    }

    private static String until(Story story) {
        return story.deadline() == null ? "" : " It must be done by " + story.deadline() + ".";
    }

    private static String cancel(Story story) {
        return story.cancelRequested() ? " Its cancel is under way." : "";
    }
}
