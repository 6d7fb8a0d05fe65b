package dev.taskorder.activities;

import dev.taskorder.activities.testing.Statements.Statement;
import java.math.BigDecimal;
import java.sql.Types;
import java.time.Clock;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.springframework.jdbc.core.SqlParameterValue;

/** Values to ask with, by the names that the module's statements give their parameters: a new name is added here. */
final class StatementValues {
    private static final UUID ID = UUID.fromString("0199d0c5-0000-7000-8000-000000000001");
    private static final OffsetDateTime TEN_DAYS_AGO =
            Clock.systemUTC().instant().atOffset(ZoneOffset.UTC).minusDays(10);
    private static final Map<String, Object> BY_NAME = new HashMap<>();

    static {
        name(ID, "task", "lease", "token", "before_id");
        name(new UUID[] {ID, ID, ID}, "tasks", "leases");
        name(new Long[] {1L, 2L}, "ids");
        name(new String[] {"a-7", "C-7"}, "added", "gone", "tags", "categories", "assets", "projects");
        name(
                "[]",
                "grants",
                "ends",
                "events",
                "lines",
                "orders",
                "keys",
                "starts",
                "costs",
                "revenue",
                "outcomes",
                "moves");
        name(new Integer[] {1, 2}, "ends_needed");
        name(
                1,
                "number",
                "attempt",
                "policy",
                "run_no",
                "seconds",
                "claim_seconds",
                "counted",
                "per_line",
                "ttl_s",
                "days",
                "event_days",
                "payload_days",
                "most_hours");
        name(20, "max", "rows", "priority", "high_priority");
        name(1, "asking");
        name(0L, "last");
        name(1000L, "started_max", "open_limit", "rest_ms", "backoff_ms", "hold_ms");
        name(true, "quotas", "at_once", "all_locked", "easing", "overdue", "high_may", "low_may");
        name(TEN_DAYS_AGO, "created_at", "before");
        name(new SqlParameterValue(Types.NUMERIC, null), "high_now", "high_ever", "low_now", "low_ever", "high_value");
        name(new SqlParameterValue(Types.VARCHAR, null), "key", "message", "output", "progress", "traceparent");
        name(new SqlParameterValue(Types.VARCHAR, null), "description", "prefix", "category");
        name("x", "actor", "by", "reason", "code", "currency", "executor", "project", "after");
        name(BigDecimal.ZERO, "executor_hold");
        name(new SqlParameterValue(Types.NUMERIC, null), "max_total_cost");
        name("prod", "env");
        name("line-7", "demand");
        name("project", "scope");
        name("PART", "mode");
        name("tenant-admin", "role");
        name("00".repeat(32), "hash");
        name(1, "place");
        name(false, "only_first");
        name("[]", "too_small");
        name("e-7", "entry");
        name("acme-shop", "id", "key_id");
        name("a-7", "asset");
        name("FAILED", "status");
        name("RELEASED", "state");
        name("Acme", "tenant_name");
        name(new SqlParameterValue(Types.TIMESTAMP_WITH_TIMEZONE, null), "expires_at");
        name("SUSPENDED", "tenant_status");
        name("orders", "what", "after_what");
        name("hold", "pause_mode");
        name(1, "held_for");
        name(true, "drained");
        name("tenant.suspended", "event_type");
        name("{}", "body");
        name("w-7", "webhook");
        name("https://example.com/", "url");
        name(new String[] {"*"}, "types");
        name(new byte[] {1}, "secret");
        name("t-7", "owner", "owner_tenant", "owner_key");
        name(ID, "delivery");
        name(TEN_DAYS_AGO, "from");
        name("[]", "in_flight", "results");
        name(true, "wanted", "failing_too", "over", "blames");
        name(7L, "seq", "after_seq", "before_seq");
        name(1000L, "retry_ms", "response_ms");
        name(200, "response_status");
        name("gone", "why");
        name(new SqlParameterValue(Types.VARCHAR, null), "only_env", "error");
        name(8, "per_webhook");
        name("k-7", "idempotency_key");
        name(new SqlParameterValue(Types.OTHER, null), "caused_by");
        name(0, "depth");
        name(500, "window");
        name(0L, "first");
        name(List.of("task_order.failed"), "types");
        name(1, "version", "from_version", "to_version");
    }

    private StatementValues() {}

    /** What a statement may be asked with. */
    static Map<String, Object> of(Statement statement) {
        Map<String, Object> values = new HashMap<>(BY_NAME);
        if (statement.name().equals("JdbcEvents.OF_ORDER")) {
            values.put("task", ID.toString());
            values.put("after", 0L);
        }
        if (statement.name().equals("JdbcEventFeed.WINDOW")) {
            values.put("after", 0L);
        }
        return values;
    }

    private static void name(Object value, String... names) {
        List.of(names).forEach(name -> BY_NAME.put(name, value));
    }
}
