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
 * @param downgrade what it was due and did not get, for money's sake; null if it got what it was due
 */
public record LeaseDecision(
        String reason,
        List<Considered> considered,

        @JsonProperty("not_shown") @JsonInclude(JsonInclude.Include.NON_EMPTY)
        Map<String, Integer> notShown,

        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Downgrade downgrade) {
    public static final int CONSIDERED_MAX = 20;

    public LeaseDecision {
        considered = List.copyOf(considered);
        // absent in decisions from before it was told
        notShown = notShown == null ? Map.of() : Collections.unmodifiableMap(new TreeMap<>(notShown));
    }

    public LeaseDecision(String reason, List<Considered> considered, Map<String, Integer> notShown) {
        this(reason, considered, notShown, null);
    }

    /** The same choice, which was made in place of another one. */
    public LeaseDecision insteadOf(Downgrade due) {
        return new LeaseDecision(reason, considered, notShown, due);
    }

    /**
     * What money kept an order from.
     *
     * @param wanted the asset that was free and that it preferred for this place
     * @param saved {@code wantedCost} less {@code takenCost}; over all leases of a grant more than 0, of one of several it may be
     *     less, where what was left was shared out anew
     * @param reason what was left, for how many attempts at what price
     */
    public record Downgrade(
            String wanted,
            @JsonProperty("wanted_cost") BigDecimal wantedCost,
            @JsonProperty("taken_cost") BigDecimal takenCost,
            BigDecimal saved,
            String reason) {}

    /** One asset that was looked at; {@code excludedBy} is null for one that could have served. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Considered(
            @JsonProperty("asset_id") String assetId,
            @JsonProperty("unit_cost") BigDecimal unitCost,
            @JsonProperty("health_score") BigDecimal healthScore,
            @JsonProperty("excluded_by") @Nullable String excludedBy) {}
}
