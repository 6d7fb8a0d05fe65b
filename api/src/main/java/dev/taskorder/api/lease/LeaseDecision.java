package dev.taskorder.api.lease;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.math.BigDecimal;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Why this asset was chosen, and among which.
 *
 * @param considered at most 20 assets of the hint's category: those that fit, best first, then those that are nearest to it
 * @param notShown how many more there were, by what excluded them; {@code ranked_lower} for those that nothing excluded
 */
public record LeaseDecision(
        String reason,
        List<Considered> considered,

        @JsonProperty("not_shown") @JsonInclude(JsonInclude.Include.NON_EMPTY)
        Map<String, Integer> notShown) {
    public static final int CONSIDERED_MAX = 20;

    public LeaseDecision {
        considered = List.copyOf(considered);
        // absent in decisions from before it was told
        notShown = notShown == null ? Map.of() : Collections.unmodifiableMap(new TreeMap<>(notShown));
    }

    /** One asset that was looked at; {@code excludedBy} is null for one that could have served. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Considered(
            @JsonProperty("asset_id") String assetId,
            @JsonProperty("unit_cost") BigDecimal unitCost,
            @JsonProperty("health_score") BigDecimal healthScore,
            @JsonProperty("excluded_by") @Nullable String excludedBy) {}
}
