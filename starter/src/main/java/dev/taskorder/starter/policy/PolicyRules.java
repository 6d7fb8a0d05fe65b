package dev.taskorder.starter.policy;

import static dev.taskorder.starter.policy.Rule.bool;
import static dev.taskorder.starter.policy.Rule.list;
import static dev.taskorder.starter.policy.Rule.number;
import static dev.taskorder.starter.policy.Rule.object;
import static dev.taskorder.starter.policy.Rule.oneOf;
import static dev.taskorder.starter.policy.Rule.orNull;
import static dev.taskorder.starter.policy.Rule.table;
import static dev.taskorder.starter.policy.Rule.text;
import static dev.taskorder.starter.policy.Rule.whole;

import dev.taskorder.api.order.Limits;
import dev.taskorder.starter.order.FollowUpTemplate;
import dev.taskorder.starter.web.TextRule;
import dev.taskorder.starter.web.Violations;
import java.math.BigDecimal;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What a policy may say, key by key. */
final class PolicyRules {
    private static final int LIST_MAX = 200;
    private static final int TABLE_MAX = 1000;
    private static final int MARKS_MAX = 10;
    private static final long DAYS_MAX = 3650;
    private static final long DAY_S = 24L * 60 * 60;
    private static final long MONTH_S = 30 * DAY_S;
    private static final long YEAR_S = 365 * DAY_S;
    private static final long GRACE_MS_MAX = 600_000;
    private static final long ORDERS_MAX = 10_000_000;
    private static final long RATE_MAX = 100_000;
    private static final long BAN_AFTER_MAX = 1000;
    private static final int SCORE_DIGITS = 3;

    private static final TextRule NAME_OR_ANY = new TextRule(
            Pattern.compile("[A-Za-z0-9._-]{1,128}|\\*"),
            1,
            128,
            "must be '*', or 1 to 128 of A-Z, a-z, 0-9, '.', '_' and '-'");
    private static final TextRule ENV_OR_ANY = new TextRule(
            Pattern.compile("[a-z][a-z0-9_-]{0,31}|\\*"),
            1,
            32,
            "must be '*', or 1 to 32 of a-z, 0-9, '_' and '-', starting with a letter");

    private static final Rule SPAN_MS = whole(0, Limits.TIMEOUT_MS_MAX);
    private static final Rule PRIORITY = whole(0, Limits.PRIORITY_MAX);
    private static final Rule AMOUNT = number(BigDecimal.ZERO, Limits.AMOUNT_MAX, Limits.AMOUNT_FRACTION_DIGITS_MAX);
    private static final Rule SCORE =
            number(BigDecimal.ZERO, BigDecimal.valueOf(Limits.HEALTH_SCORE_MAX), SCORE_DIGITS);
    private static final Rule PATTERN = text(TextRule.SKU_PATTERN);

    private static final Rule QUOTAS = part(Map.of(
            "open_orders", whole(0, ORDERS_MAX),
            "running_orders", whole(0, ORDERS_MAX),
            "creates_per_second", whole(1, RATE_MAX),
            "create_burst", whole(1, RATE_MAX)));

    private static final Rule DEFAULTS = part(Map.of(
            "max_retries", whole(0, Limits.MAX_RETRIES_MAX),
            "lease_policy", oneOf(new TreeSet<>(Set.of("RELEASE", "RETAIN"))),
            "retry_backoff_ms", SPAN_MS,
            "retry_backoff_max_ms", SPAN_MS,
            "retry_hold_ms", SPAN_MS,
            "cancel_grace_ms", whole(0, GRACE_MS_MAX),
            "abandoned_slot_ms", SPAN_MS,
            "reserve_after_ms", SPAN_MS,
            "max_queue_ms", orNull(whole(1, Limits.TIMEOUT_MS_MAX))));

    private static final Rule ASSET_HEALTH = part(Map.of(
            "outcomes", table(LIST_MAX, TextRule.NAME, oneOf(new TreeSet<>(Set.of("bad", "good", "soft")))),
            "half_life_s", whole(1, YEAR_S),
            "cool_down_ms", SPAN_MS,
            "cool_down_max_ms", SPAN_MS,
            "ban_after", whole(1, BAN_AFTER_MAX)));

    private static final Rule SUBSTITUTE = object(
            Set.of("from", "to", "min_health_score"),
            Map.of("from", PATTERN, "to", PATTERN, "min_health_score", SCORE));

    private static final Rule BUDGET = part(Map.of(
            "estimates", table(TABLE_MAX, TextRule.NAME, AMOUNT),
            "nearing", list(MARKS_MAX, number(new BigDecimal("0.000001"), new BigDecimal("0.999999"), 6))));

    private static final Rule FOLLOW_UP = object(
            Set.of("id", "on", "task_type", "create"),
            Map.of(
                    "id", text(TextRule.NAME),
                    "on",
                            oneOf(new TreeSet<>(Set.of(
                                    "task_order.cancelled",
                                    "task_order.dead_lettered",
                                    "task_order.failed",
                                    "task_order.succeeded",
                                    "task_order.timed_out"))),
                    "task_type", text(TextRule.NAME),
                    "result_code", orNull(text(TextRule.NAME)),
                    "create", FollowUpTemplate::check));

    private PolicyRules() {}

    /** Notes all that is wrong with a body as it was sent. */
    static void check(Map<String, @Nullable Object> body, Set<String> executors, Violations violations) {
        part(Map.ofEntries(
                        Map.entry("task_types", list(LIST_MAX, text(NAME_OR_ANY))),
                        Map.entry("envs", list(LIST_MAX, text(ENV_OR_ANY))),
                        Map.entry("sku_categories", list(LIST_MAX, text(NAME_OR_ANY))),
                        Map.entry("currency", text(TextRule.CURRENCY)),
                        Map.entry("quotas", QUOTAS),
                        Map.entry("defaults", DEFAULTS),
                        Map.entry("value", part(Map.of("high_priority", PRIORITY, "high_value", AMOUNT))),
                        Map.entry("substitutes", list(LIST_MAX, SUBSTITUTE)),
                        Map.entry("asset_health", ASSET_HEALTH),
                        Map.entry(
                                "retained_leases",
                                part(Map.of("ttl_s", whole(0, MONTH_S), "reclaim_for_priority", PRIORITY))),
                        Map.entry("budget", BUDGET),
                        Map.entry("routes", list(LIST_MAX, route(executors))),
                        Map.entry("follow_ups", list(LIST_MAX, FOLLOW_UP)),
                        Map.entry(
                                "handlers",
                                part(Map.of("activity_log", bool(), "notifications", bool(), "follow_ups", bool()))),
                        Map.entry(
                                "fairness_weight",
                                number(new BigDecimal("0.001"), BigDecimal.valueOf(TABLE_MAX), SCORE_DIGITS)),
                        Map.entry(
                                "retention",
                                part(Map.of("event_days", whole(1, DAYS_MAX), "payload_days", whole(1, DAYS_MAX)))),
                        Map.entry("on_suspend", oneOf(new TreeSet<>(Set.of("cancel", "finish"))))))
                .check(body, "", violations);
    }

    /** Notes pairs that contradict each other, one of which may not have been sent. */
    static void checkPairs(Map<String, @Nullable Object> filled, Violations violations) {
        checkOrder(filled, "defaults", "retry_backoff_ms", "retry_backoff_max_ms", violations);
        checkOrder(filled, "asset_health", "cool_down_ms", "cool_down_max_ms", violations);
        FollowUpPairs.check(filled, violations);
    }

    private static void checkOrder(
            Map<String, @Nullable Object> filled, String part, String less, String more, Violations violations) {
        if (filled.get(part) instanceof Map<?, ?> section
                && section.get(less) instanceof Number first
                && section.get(more) instanceof Number second
                && first.longValue() > second.longValue()) {
            violations.add(
                    "/" + part + "/" + less,
                    "must not be more than " + more + ", which is " + second + ", was " + first);
        }
    }

    private static Rule route(Set<String> executors) {
        return object(
                Set.of("task_type", "executor"),
                Map.of(
                        "task_type", PATTERN,
                        "task_category", orNull(text(TextRule.NAME)),
                        "executor", oneOf(executors)));
    }

    /** Each of its keys may be left out. */
    private static Rule part(Map<String, Rule> members) {
        return object(Set.of(), members);
    }
}
