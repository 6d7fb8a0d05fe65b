package dev.taskorder.activities.asset;

import dev.taskorder.api.asset.AssetStatus;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What became of a locked asset, and of what.
 *
 * @param told the events that counted, in the order in which they did
 */
record Change(ConditionTable.Locked asset, Condition after, List<Told> told) {
    private static final int SHOWN_MAX = 20;

    /** An event and what it was taken for. */
    record Told(String eventId, String eventType, Outcome outcome) {}

    private Condition before() {
        return asset.condition();
    }

    boolean isVisible() {
        return !after.looksLike(before());
    }

    boolean concernsTheQueue() {
        return after.concernsTheQueueAfter(before());
    }

    String eventType() {
        return after.status() == AssetStatus.BANNED && before().status() != AssetStatus.BANNED
                ? "asset.banned"
                : "asset.changed";
    }

    /** What the asset's event says. */
    Map<String, @Nullable Object> data() {
        Map<String, @Nullable Object> data = new LinkedHashMap<>();
        boolean usedUp = after.hasRetiredSince(before());
        data.put("what", usedUp ? "max_uses reached" : "outcomes told");
        data.put("status", after.status());
        data.put("status_before", before().status());
        data.put("health_score", after.score());
        data.put("health_score_before", before().score());
        data.put("bad_in_row", after.badInRow());
        if (after.coolUntil() != null) {
            data.put("cool_until", after.coolUntil().toString());
        }
        if (usedUp) {
            data.put("uses", after.uses().count());
            data.put("max_uses", after.uses().max());
        }
        data.put("outcomes", shown());
        data.put("outcomes_count", told.size());
        return data;
    }

    private List<Map<String, Object>> shown() {
        List<Map<String, Object>> shown = new ArrayList<>();
        for (Told one : told.subList(0, Math.min(told.size(), SHOWN_MAX))) {
            shown.add(Map.of(
                    "event_id", one.eventId(),
                    "event_type", one.eventType(),
                    "outcome", one.outcome().word()));
        }
        return shown;
    }
}
