package dev.taskorder.activities.explain;

import dev.taskorder.api.control.Pause;
import dev.taskorder.api.explain.Blocker;
import dev.taskorder.api.order.Status;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Pauses that keep an order from going on: they bind before all else, that of all tenants first. */
final class Paused {
    static final Set<String> CODES = Set.of(Blocker.CONTROL_PAUSED, Blocker.TENANT_PAUSED);

    private static final Set<String> LIVE = Set.of("GRANTED", "RUNNING", "ANSWERED");

    private Paused() {}

    /** Whether one could: it is not over, is not to be, and executes nothing. */
    static boolean concern(Story story) {
        return !story.status().isOver()
                && !story.cancelRequested()
                && (story.status() != Status.RUNNING || !LIVE.contains(story.attemptState()));
    }

    static List<Blocker> blockers(Story story, List<Pause> inForce) {
        boolean began = story.status() == Status.RUNNING;
        return inForce.stream()
                .filter(pause -> !began || pause.mode() == Pause.Mode.DRAIN)
                .map(Paused::blocker)
                .toList();
    }

    private static Blocker blocker(Pause pause) {
        Map<String, @Nullable Object> facts = new LinkedHashMap<>();
        facts.put("mode", pause.mode().word());
        facts.put("paused_by", pause.by());
        facts.put("since", pause.at());
        facts.put("reason", pause.reason());
        String whose = pause.isOfAll() ? "all tenants" : "this tenant";
        String why = pause.reason() == null ? "" : " (" + pause.reason() + ")";
        String path = pause.isOfAll() ? "/v1/control/resume" : "/v1/tenants/" + pause.tenant() + "/resume";
        return new Blocker(
                pause.isOfAll() ? Blocker.CONTROL_PAUSED : Blocker.TENANT_PAUSED,
                "orders of " + whose + " are paused by " + pause.by() + " since " + pause.at() + why,
                facts,
                "Resume them (POST " + path + "); who waited is then served in the order of the queue");
    }
}
