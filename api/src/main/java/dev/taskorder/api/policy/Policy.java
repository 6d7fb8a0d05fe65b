package dev.taskorder.api.policy;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The rules of one policy version that are in force today; what a later part adds to the body is kept in its row. */
@JsonIgnoreProperties(ignoreUnknown = true)
public record Policy(
        @JsonProperty("task_types") List<String> taskTypes,
        List<String> envs,
        @JsonProperty("sku_categories") List<String> skuCategories,
        String currency,
        Quotas quotas,
        Defaults defaults,
        Value value,
        List<Substitute> substitutes,
        @JsonProperty("asset_health") AssetHealth assetHealth,
        @JsonProperty("retained_leases") RetainedLeases retainedLeases,
        Budget budget,
        List<Route> routes,
        @JsonProperty("follow_ups") List<FollowUp> followUps,
        @Nullable Handlers handlers,
        @JsonProperty("fairness_weight") @Nullable Float fairnessWeight,
        Retention retention) {
    private static final String ANY = "*";
    private static final float USUAL_WEIGHT = 1;
    private static final Retention USUAL_RETENTION = new Retention(7, 30);

    public Policy {
        // absent in bodies from before there were any
        substitutes = substitutes == null ? List.of() : List.copyOf(substitutes);
        retention = retention == null ? USUAL_RETENTION : retention;
        followUps = followUps == null ? List.of() : List.copyOf(followUps);
    }

    /**
     * What the tenant may use, whatever its orders are.
     *
     * @param openOrders how many of its orders are not over at a time
     * @param createsPerSecond how many it may create in the long run
     * @param createBurst how many it may create at once
     */
    @JsonIgnoreProperties(ignoreUnknown = true)
    public record Quotas(
            @JsonProperty("open_orders") int openOrders,
            @JsonProperty("creates_per_second") int createsPerSecond,
            @JsonProperty("create_burst") int createBurst) {}

    /** What holds where an order's constraints say nothing; spans in milliseconds. */
    @JsonIgnoreProperties(ignoreUnknown = true)
    public record Defaults(
            @JsonProperty("max_retries") int maxRetries,
            @JsonProperty("lease_policy") String leasePolicy,
            @JsonProperty("retry_backoff_ms") long retryBackoffMs,
            @JsonProperty("retry_backoff_max_ms") long retryBackoffMaxMs,
            @JsonProperty("retry_hold_ms") long retryHoldMs,
            @JsonProperty("cancel_grace_ms") long cancelGraceMs,
            @JsonProperty("abandoned_slot_ms") long abandonedSlotMs,
            @JsonProperty("reserve_after_ms") long reserveAfterMs,
            @JsonProperty("max_queue_ms") @Nullable Long maxQueueMs) {}

    /** From which priority or value on an order gets the healthiest assets instead of the cheapest. */
    @JsonIgnoreProperties(ignoreUnknown = true)
    public record Value(
            @JsonProperty("high_priority") int highPriority,
            @JsonProperty("high_value") BigDecimal highValue) {}

    /**
     * What may serve a hint in place of what it asks for, where money runs short.
     *
     * @param from the {@code sku_code} of hints that it is for: exact, or a literal prefix ending in {@code *}
     * @param to what may serve them, likewise
     * @param minHealthScore the least health of what serves so, if the order does not ask for more
     */
    @JsonIgnoreProperties(ignoreUnknown = true)
    public record Substitute(
            String from,
            String to,
            @JsonProperty("min_health_score") BigDecimal minHealthScore) {
        /** Whether all that the hint asks for lies within {@code from}; never for one that asks for no sku. */
        public boolean isFor(@Nullable String hintSku) {
            return hintSku != null && isWithin(from, hintSku);
        }

        public boolean allows(String sku) {
            return isWithin(to, sku);
        }
    }

    /**
     * What outcomes say of an asset, and what follows.
     *
     * @param outcomes type of event → good, soft or bad; a type that is not here is soft
     * @param halfLifeSeconds after so long an outcome counts half
     * @param coolDownMs the rest after a bad outcome; doubled with each further one in a row, up to {@code coolDownMaxMs}
     * @param banAfter so many bad ones in a row ban the asset
     */
    @JsonIgnoreProperties(ignoreUnknown = true)
    public record AssetHealth(
            Map<String, String> outcomes,
            @JsonProperty("half_life_s") long halfLifeSeconds,
            @JsonProperty("cool_down_ms") long coolDownMs,
            @JsonProperty("cool_down_max_ms") long coolDownMaxMs,
            @JsonProperty("ban_after") int banAfter) {
        private static final String BAD = "bad";

        /** Whether an event of this type speaks against the asset. */
        public boolean isBad(String eventType) {
            return BAD.equals(outcomes.get(eventType));
        }
    }

    /**
     * Assets that an ended order leaves to the next of its key.
     *
     * @param ttlSeconds how long they are kept for it
     * @param reclaimForPriority orders of this priority or more get them all the same, before they wait
     */
    @JsonIgnoreProperties(ignoreUnknown = true)
    public record RetainedLeases(
            @JsonProperty("ttl_s") long ttlSeconds,
            @JsonProperty("reclaim_for_priority") int reclaimForPriority) {}

    /**
     * What is set aside for work before it begins, and when to tell that money runs short.
     *
     * @param estimates task type → what its executor is expected to spend itself in one attempt, in the order's currency; a type
     *     that is not here is expected to spend nothing
     * @param nearing shares of a budget, 0 to 1, each told of when what is held and spent reaches it
     */
    @JsonIgnoreProperties(ignoreUnknown = true)
    public record Budget(Map<String, BigDecimal> estimates, List<BigDecimal> nearing) {
        /** What is held for the executor's own costs in one attempt. */
        public BigDecimal estimateOf(String taskType) {
            return estimates.getOrDefault(taskType, BigDecimal.ZERO);
        }
    }

    /**
     * How long what is over is kept.
     *
     * @param eventDays events, from when they were seen on
     * @param payloadDays large inputs and outputs of orders that did not end as DEAD_LETTER, from their end on
     */
    @JsonIgnoreProperties(ignoreUnknown = true)
    public record Retention(
            @JsonProperty("event_days") int eventDays,
            @JsonProperty("payload_days") int payloadDays) {}

    /** Sends task types to an executor; first match wins. */
    @JsonIgnoreProperties(ignoreUnknown = true)
    public record Route(
            @JsonProperty("task_type") String taskType,
            @JsonProperty("task_category") @Nullable String taskCategory,
            String executor) {
        private boolean matches(String type, @Nullable String category) {
            return isWithin(taskType, type) && (taskCategory == null || taskCategory.equals(category));
        }
    }

    /**
     * An order that follows from the end of another.
     *
     * @param id its name, for good: an order has at most one that follows by it
     * @param on the type of the event that tells of the end
     * @param taskType of the order that ended
     * @param resultCode of the order that ended; null for any
     * @param create the fields of the new order; a value may be one of the order that ended
     */
    @JsonIgnoreProperties(ignoreUnknown = true)
    public record FollowUp(
            String id,
            String on,
            @JsonProperty("task_type") String taskType,
            @JsonProperty("result_code") @Nullable String resultCode,
            Map<String, @Nullable Object> create) {}

    /** Which handlers of events work for the tenant. */
    @JsonIgnoreProperties(ignoreUnknown = true)
    public record Handlers(
            @JsonProperty("follow_ups") @Nullable Boolean followUps,
            @Nullable Boolean notifications) {}

    /** @param pattern exact, or a literal prefix ending in {@code *} */
    private static boolean isWithin(String pattern, String text) {
        return pattern.endsWith(ANY)
                ? text.startsWith(pattern.substring(0, pattern.length() - 1))
                : pattern.equals(text);
    }

    /** Its share of the workers where tenants want more than there are, beside those of the others. */
    public float weight() {
        return fairnessWeight == null ? USUAL_WEIGHT : fairnessWeight;
    }

    /** Whether rules for what follows are in force. */
    public boolean runsFollowUps() {
        return handlers == null || !Boolean.FALSE.equals(handlers.followUps());
    }

    /** Whether streams and webhooks tell of events. */
    public boolean notifies() {
        return handlers == null || !Boolean.FALSE.equals(handlers.notifications());
    }

    public boolean allowsTaskType(String taskType) {
        return taskTypes.contains(ANY) || taskTypes.contains(taskType);
    }

    public boolean allowsEnv(String env) {
        return envs.contains(ANY) || envs.contains(env);
    }

    public boolean allowsSkuCategory(String category) {
        return skuCategories.contains(ANY) || skuCategories.contains(category);
    }

    /** The executor that this policy's routes name for the type, if one does. */
    public Optional<String> routeOf(String taskType, @Nullable String category) {
        return routes.stream()
                .filter(route -> route.matches(taskType, category))
                .map(Route::executor)
                .findFirst();
    }
}
