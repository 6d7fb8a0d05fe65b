package dev.taskorder.api.lease;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.math.BigDecimal;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Why this asset was chosen, and among which (at most 20 are kept). */
public record LeaseDecision(String reason, List<Considered> considered) {
    public static final int CONSIDERED_MAX = 20;

    public LeaseDecision {
        considered = List.copyOf(considered);
    }

    /** One asset that was looked at; {@code excludedBy} is null for one that could have served. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Considered(
            @JsonProperty("asset_id") String assetId,
            @JsonProperty("unit_cost") BigDecimal unitCost,
            @JsonProperty("health_score") BigDecimal healthScore,
            @JsonProperty("excluded_by") @Nullable String excludedBy) {}
}
