package dev.taskorder.activities.asset;

import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What an order tells the assets that served it.
 *
 * @param policyVersion the version that the order is pinned to: its rules judge the outcomes
 * @param actor who moved the order
 * @param outcomes in the order in which they count
 * @param used the asset of each lease that an attempt has begun with for the first time
 */
public record AssetNews(UUID taskId, int policyVersion, String actor, List<Outcome> outcomes, List<String> used) {
    public AssetNews {
        outcomes = List.copyOf(outcomes);
        used = List.copyOf(used);
    }

    boolean isEmpty() {
        return outcomes.isEmpty() && used.isEmpty();
    }

    /**
     * One of them.
     *
     * @param eventId derived from what it tells of, with a ':' that no caller's id has: told twice it counts once
     * @param source whether the executor said so of this asset, or the order's end suggests it
     */
    public record Outcome(
            String eventId,
            String assetId,
            UUID leaseId,
            String eventType,
            Map<String, @Nullable Object> payload,
            Source source) {}

    /** How much an outcome says. */
    public enum Source {
        /** The executor's word on this asset. */
        RESULT,
        /** The end of the order, for which the asset may not be to blame: it weighs little and cools nothing down. */
        END
    }
}
