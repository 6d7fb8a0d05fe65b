package dev.taskorder.activities.webhook;

import dev.taskorder.activities.control.Pauses;
import dev.taskorder.activities.event.EventRows;
import dev.taskorder.activities.json.Json;
import dev.taskorder.activities.tenant.SystemTransactions;
import dev.taskorder.activities.tenant.TenantTransactions;
import dev.taskorder.api.control.Pause;
import dev.taskorder.api.tenant.TenantContext;
import dev.taskorder.api.tenant.TenantId;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Writes {@code webhook_delivery}, and of {@code webhook} what calls find out. */
final class JdbcWebhookQueue implements WebhookQueue {
    private static final Logger log = LoggerFactory.getLogger(JdbcWebhookQueue.class);

    /** One question for each webhook that is enabled, and not for each delivery: of one receiver that is away there may be a million. */
    static final String LOOK = """
            SELECT 'FAN_OUT' AS kind, f.tenant_id FROM webhook_fan_out f
              JOIN tenant_seq s ON s.tenant_id = f.tenant_id
             WHERE s.last > f.fanned_seq
            UNION
            SELECT 'FAN_OUT', tenant_id FROM webhook WHERE status = 'ENABLED' AND replay_to IS NOT NULL
            UNION
            SELECT 'SEND', w.tenant_id FROM webhook w
             WHERE w.status = 'ENABLED'
               AND (SELECT d.next_attempt_at FROM webhook_delivery d
                     WHERE d.tenant_id = w.tenant_id AND d.webhook_id = w.webhook_id AND d.next_attempt_at IS NOT NULL
                     ORDER BY d.next_attempt_at LIMIT 1) <= now()
               AND NOT EXISTS (SELECT FROM pause p WHERE p.tenant_id = w.tenant_id AND p.what = 'webhooks')
               AND NOT EXISTS (SELECT FROM pause_of_all WHERE what = 'webhooks')
            UNION
            (SELECT 'ANY', tenant_id FROM webhook WHERE status = 'ENABLED' LIMIT 1)
            """;

    static final String ORPHANS = """
            SELECT w.tenant_id, w.webhook_id, w.owner_key FROM webhook w
             WHERE w.status = 'ENABLED' AND w.owner_key IS NOT NULL
               AND NOT EXISTS (SELECT FROM api_key k
                                WHERE k.tenant_id = w.owner_tenant AND k.key_id = w.owner_key AND k.place IS NOT NULL
                                  AND (k.expires_at IS NULL OR k.expires_at > now()))
            """;

    /**
     * While webhooks are paused nothing is claimed. What is behind an earlier one of its object waits. Each row is found by the whole of an
     * index, also where the planner knows nothing yet of a table that was empty a moment ago.
     */
    static final String CLAIM = """
            WITH busy AS MATERIALIZED (
                SELECT b.webhook_id, b.calls FROM jsonb_to_recordset(:in_flight::jsonb) AS b(webhook_id text, calls int)
            ), room AS MATERIALIZED (
                SELECT w.webhook_id, w.url, w.secret, w.failing_since IS NOT NULL AS failing,
                       greatest(0, CASE WHEN w.failing_since IS NULL THEN :per_webhook ELSE 1 END - coalesce(b.calls, 0)) AS calls
                  FROM webhook w
                  LEFT JOIN busy b ON b.webhook_id = w.webhook_id
                 WHERE w.tenant_id = current_tenant() AND w.status = 'ENABLED' AND (:failing_too OR w.failing_since IS NULL)
                   AND %s
                 ORDER BY coalesce(b.calls, 0), random() -- who has the fewest calls comes first, however short the room is
            ), picked AS MATERIALIZED (
                SELECT r.webhook_id, r.url, r.secret, r.failing, d.seq
                  FROM room r CROSS JOIN LATERAL (
                       SELECT d.seq FROM webhook_delivery d
                        WHERE d.tenant_id = current_tenant() AND d.webhook_id = r.webhook_id
                          AND d.next_attempt_at <= now()
                          AND d.seq = (SELECT e.seq FROM webhook_delivery e
                                        WHERE e.tenant_id = current_tenant() AND e.webhook_id = d.webhook_id
                                          AND e.object = d.object AND e.status = 'PENDING'
                                        ORDER BY e.seq LIMIT 1)
                        ORDER BY d.next_attempt_at, d.seq
                        LIMIT r.calls
                          FOR UPDATE OF d SKIP LOCKED) d
                 LIMIT :max
            ), claimed AS (
                UPDATE webhook_delivery d
                   SET attempts = d.attempts + 1, last_attempt_at = now(),
                       next_attempt_at = now() + :claim_seconds * interval '1 second'
                  FROM picked p
                 WHERE d.tenant_id = current_tenant() AND d.webhook_id = p.webhook_id AND d.seq = p.seq
                RETURNING d.webhook_id, d.seq, d.delivery_id, d.attempts, p.url, p.secret, p.failing
            )
            SELECT c.webhook_id, c.seq, c.delivery_id, c.attempts, c.url, c.secret, c.failing,
                   e.event_no, e.type, e.occurred_at, e.actor, e.object_type, e.object_id, e.env, e.project_id, e.data
              FROM claimed c
              LEFT JOIN LATERAL (SELECT * FROM task_event t WHERE t.tenant_id = current_tenant() AND t.seq = c.seq LIMIT 1) e ON true
             ORDER BY c.seq
            """.formatted(Pauses.none(Pause.What.WEBHOOKS));

    /** Also if it was taken for lost meanwhile: it is there. */
    static final String DELIVERED = """
            WITH told AS MATERIALIZED (
                SELECT t.webhook_id, t.seq, t.response_status, t.response_ms
                  FROM jsonb_to_recordset(:results::jsonb) AS t(webhook_id text, seq bigint, response_status int, response_ms bigint)
            ), done AS (
                UPDATE webhook_delivery d
                   SET status = 'DELIVERED', next_attempt_at = NULL, over_at = clock_timestamp(),
                       response_status = t.response_status, response_ms = t.response_ms, error = NULL
                  FROM told t
                 WHERE d.tenant_id = current_tenant() AND d.webhook_id = t.webhook_id AND d.seq = t.seq
                   AND d.over_at IS NULL
            )
            UPDATE webhook w SET failing_since = NULL
             WHERE w.tenant_id = current_tenant() AND w.failing_since IS NOT NULL
               AND w.webhook_id IN (SELECT webhook_id FROM told)
            """;

    /** What comes after it of the same object is not due any sooner: it would only be looked at in vain. */
    static final String FAILED = """
            WITH failed AS (
                UPDATE webhook_delivery d
                   SET status = CASE WHEN :over THEN 'FAILED' ELSE 'PENDING' END,
                       next_attempt_at = CASE WHEN NOT :over THEN now() + :retry_ms * interval '1 millisecond' END,
                       over_at = CASE WHEN :over THEN clock_timestamp() END,
                       response_status = :response_status, response_ms = :response_ms, error = :error
                 WHERE d.tenant_id = current_tenant() AND d.webhook_id = :webhook AND d.seq = :seq AND d.attempts = :attempt
                   AND d.over_at IS NULL
                RETURNING d.object, d.seq
            ), put_off AS (
                UPDATE webhook_delivery d SET next_attempt_at = now() + :retry_ms * interval '1 millisecond'
                  FROM failed f
                 CROSS JOIN LATERAL (
                       SELECT e.seq FROM webhook_delivery e
                        WHERE e.tenant_id = current_tenant() AND e.webhook_id = :webhook AND e.object = f.object
                          AND e.seq > f.seq AND e.status = 'PENDING'
                        ORDER BY e.seq LIMIT 1000) behind
                 WHERE d.tenant_id = current_tenant() AND d.webhook_id = :webhook AND d.seq = behind.seq AND NOT :over
            )
            UPDATE webhook w SET failing_since = now()
             WHERE w.tenant_id = current_tenant() AND w.webhook_id = :webhook AND w.failing_since IS NULL AND :blames
               AND EXISTS (SELECT FROM failed)
            """;

    private static final String DISABLE = """
            WITH ended AS (
                UPDATE webhook w SET status = 'DISABLED', why = :why, updated_at = clock_timestamp()
                 WHERE w.tenant_id = current_tenant() AND w.webhook_id = :webhook AND w.status = 'ENABLED' AND %s
                RETURNING w.webhook_id
            )
            INSERT INTO task_event (object_type, object_id, type, actor, data)
            SELECT 'webhook', webhook_id, 'webhook.disabled', 'maintenance', jsonb_build_object('why', :why::text) FROM ended
            """;

    static final String DISABLE_GONE = DISABLE.formatted("true");
    static final String DISABLE_ORPHAN = DISABLE.formatted("w.owner_key = :owner_key");
    static final String DISABLE_FAILING = DISABLE.formatted("w.failing_since <= now() - interval '2 days'");

    private static final String TENANTS = "SELECT tenant_id FROM webhook_fan_out";

    static final String FORGET = """
            DELETE FROM webhook_delivery
             WHERE tenant_id = current_tenant() AND (webhook_id, seq) IN (
                   SELECT webhook_id, seq FROM webhook_delivery
                    WHERE tenant_id = current_tenant() AND over_at IS NOT NULL
                      AND over_at < now() - interval '1 day' * coalesce((
                          SELECT (p.body -> 'retention' ->> 'event_days')::int
                            FROM tenant t
                            JOIN tenant_policy p ON p.tenant_id = t.tenant_id AND p.version = t.active_policy
                           WHERE t.tenant_id = current_tenant()), 7)
                    ORDER BY over_at
                    LIMIT :max)
            """;

    /** Longer than any call may take, so that nobody makes one that is being made. */
    static final int CLAIM_SECONDS = 30;

    private static final int FORGOTTEN_AT_ONCE = 5_000;

    private final SystemTransactions system;
    private final TenantTransactions transactions;
    private final JdbcClient jdbc;
    private final SecretSeal seal;
    private final FanOut events;

    JdbcWebhookQueue(SystemTransactions system, TenantTransactions transactions, JdbcClient jdbc, SecretSeal seal) {
        this.system = system;
        this.transactions = transactions;
        this.jdbc = jdbc;
        this.seal = seal;
        this.events = new FanOut(jdbc);
    }

    @Override
    public boolean canSend() {
        return seal.isThere();
    }

    @Override
    public Due look() {
        record Row(String kind, TenantId tenant) {}
        List<Row> rows = system.in(() -> jdbc.sql(LOOK)
                .query((row, n) -> new Row(row.getString("kind"), new TenantId(row.getString("tenant_id"))))
                .list());
        Set<TenantId> fanOut = new LinkedHashSet<>();
        Set<TenantId> send = new LinkedHashSet<>();
        boolean any = false;
        for (Row row : rows) {
            switch (row.kind()) {
                case "FAN_OUT" -> fanOut.add(row.tenant());
                case "SEND" -> send.add(row.tenant());
                default -> any = true;
            }
        }
        return new Due(fanOut, send, any);
    }

    @Override
    public List<Orphan> orphans() {
        return system.in(() -> jdbc.sql(ORPHANS)
                .query((row, n) -> new Orphan(
                        new TenantId(row.getString("tenant_id")),
                        row.getString("webhook_id"),
                        row.getString("owner_key")))
                .list());
    }

    @Override
    public void disable(Orphan orphan) {
        transactions.in(() -> jdbc.sql(DISABLE_ORPHAN)
                .param("webhook", orphan.webhookId())
                .param("owner_key", orphan.ownerKey())
                .param("why", "owner")
                .update());
    }

    @Override
    public boolean fanOut() {
        boolean more = transactions.in(events::next);
        return transactions.in(events::again) || more;
    }

    @Override
    public List<WebhookCall> claim(Map<String, Integer> inFlight, int max, boolean failingToo) {
        List<Map<String, Object>> busy = inFlight.entrySet().stream()
                .map(one -> Map.<String, Object>of("webhook_id", one.getKey(), "calls", one.getValue()))
                .toList();
        // who loses it with the database's machine claims again
        return transactions.relaxed(() -> jdbc.sql(CLAIM)
                .param("in_flight", Json.write(busy))
                .param("per_webhook", CALLS_PER_WEBHOOK)
                .param("failing_too", failingToo)
                .param("max", max)
                .param("claim_seconds", CLAIM_SECONDS)
                .query(this::call)
                .list());
    }

    @Override
    public void record(List<WebhookCall.Result> results) {
        List<Map<String, @Nullable Object>> delivered = results.stream()
                .filter(one -> one.how() == WebhookCall.How.DELIVERED)
                .map(JdbcWebhookQueue::row)
                .toList();
        // what is lost with the database's machine is sent once more
        transactions.relaxed(() -> {
            if (!delivered.isEmpty()) {
                jdbc.sql(DELIVERED).param("results", Json.write(delivered)).update();
            }
            results.stream()
                    .filter(one -> one.how() != WebhookCall.How.DELIVERED)
                    .forEach(this::recordFailure);
            return results.size();
        });
    }

    private static Map<String, @Nullable Object> row(WebhookCall.Result result) {
        Map<String, @Nullable Object> row = new LinkedHashMap<>();
        row.put("webhook_id", result.call().webhookId());
        row.put("seq", result.call().seq());
        row.put("response_status", result.status());
        row.put("response_ms", result.millis());
        return row;
    }

    private void recordFailure(WebhookCall.Result result) {
        WebhookCall call = result.call();
        Optional<Duration> rest =
                result.how() == WebhookCall.How.FAILED ? RetrySchedule.after(call.attempt()) : Optional.empty();
        jdbc.sql(FAILED)
                .param("webhook", call.webhookId())
                .param("seq", call.seq())
                .param("attempt", call.attempt())
                .param("over", rest.isEmpty())
                .param("retry_ms", rest.map(Duration::toMillis).orElse(0L))
                .param("blames", result.how() != WebhookCall.How.IMPOSSIBLE)
                .param("response_status", result.status(), Types.INTEGER)
                .param("response_ms", result.millis())
                .param("error", result.error(), Types.VARCHAR)
                .update();
        if (result.how() == WebhookCall.How.GONE) {
            disable(DISABLE_GONE, call, "gone");
        } else if (rest.isEmpty() && result.how() == WebhookCall.How.FAILED) {
            disable(DISABLE_FAILING, call, "failing");
        }
    }

    private void disable(String sql, WebhookCall call, String why) {
        int disabled = jdbc.sql(sql)
                .param("webhook", call.webhookId())
                .param("why", why)
                .update();
        if (disabled > 0) {
            log.warn("webhook disabled tenant={} webhook={} why={}", call.tenant(), call.webhookId(), why);
        }
    }

    @Override
    public List<TenantId> tenants() {
        return system.in(() -> jdbc.sql(TENANTS).query(String.class).list()).stream()
                .map(TenantId::new)
                .toList();
    }

    @Override
    public boolean forgetSome() {
        return transactions.in(
                        () -> jdbc.sql(FORGET).param("max", FORGOTTEN_AT_ONCE).update())
                == FORGOTTEN_AT_ONCE;
    }

    private WebhookCall call(ResultSet row, int rowNum) throws SQLException {
        TenantId tenant = TenantContext.required();
        String webhookId = row.getString("webhook_id");
        return new WebhookCall(
                tenant,
                webhookId,
                row.getObject("delivery_id", UUID.class),
                row.getLong("seq"),
                row.getInt("attempts"),
                row.getBoolean("failing"),
                row.getString("url"),
                secret(row.getBytes("secret"), tenant, webhookId),
                row.getString("type") == null ? null : EventRows.read(row, rowNum));
    }

    private @Nullable WebhookSecret secret(byte[] kept, TenantId tenant, String webhookId) {
        try {
            return WebhookSecret.opened(seal, kept, tenant, webhookId);
        } catch (IllegalStateException sealed) {
            log.error("webhook={} cannot be called: {}", webhookId, sealed.getMessage());
            return null;
        }
    }
}
