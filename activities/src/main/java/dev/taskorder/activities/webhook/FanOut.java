package dev.taskorder.activities.webhook;

import java.util.Optional;
import org.springframework.jdbc.core.simple.JdbcClient;

/** From events to deliveries: a bounded number at a time, once each. */
final class FanOut {
    /** A statement of its own: what another one did before it gave the lock back is seen by the next one alone. */
    static final String TAKE_TURN = """
            SELECT f.fanned_seq,
                   coalesce((SELECT (p.body -> 'handlers' ->> 'notifications')::boolean
                               FROM tenant t
                               JOIN tenant_policy p ON p.tenant_id = t.tenant_id AND p.version = t.active_policy
                              WHERE t.tenant_id = current_tenant()), true) AS wanted
              FROM webhook_fan_out f
             WHERE f.tenant_id = current_tenant()
               FOR UPDATE OF f SKIP LOCKED
            """;

    /** What the alias e of an event and w of a webhook have to be to belong together. */
    private static final String TAKES = "(w.types && ARRAY['*', e.type]::text[]) AND (w.env IS NULL OR w.env = e.env)";

    /**
     * Behind one that waits for its next attempt it is not due any sooner. One whose call is under way, which is due when its claim ends,
     * waits for nothing: the call may be over in a moment.
     */
    static final String FAN_OUT = """
            WITH batch AS MATERIALIZED (
                SELECT seq, type, env, object_type || '/' || object_id AS object
                  FROM task_event
                 WHERE tenant_id = current_tenant() AND seq > :after_seq
                 ORDER BY seq
                 LIMIT :max
            ), added AS (
                INSERT INTO webhook_delivery (webhook_id, seq, event_type, object, next_attempt_at)
                SELECT w.webhook_id, e.seq, e.type, e.object,
                       coalesce((SELECT max(d.next_attempt_at) FROM webhook_delivery d
                                  WHERE d.tenant_id = current_tenant() AND d.webhook_id = w.webhook_id AND d.object = e.object
                                    AND d.status = 'PENDING' AND d.attempts > 0
                                    AND d.next_attempt_at <> d.last_attempt_at + interval '%2$d seconds'), now())
                  FROM batch e
                  JOIN webhook w ON w.tenant_id = current_tenant() AND w.status = 'ENABLED' AND e.seq > w.since_seq AND %1$s
                 WHERE :wanted
                 ORDER BY w.webhook_id, e.seq
                    ON CONFLICT ON CONSTRAINT webhook_delivery_pkey DO NOTHING
            ), moved AS (
                UPDATE webhook_fan_out SET fanned_seq = (SELECT max(seq) FROM batch)
                 WHERE tenant_id = current_tenant() AND EXISTS (SELECT FROM batch)
            )
            SELECT count(*)::int FROM batch
            """.formatted(TAKES, JdbcWebhookQueue.CLAIM_SECONDS);

    /** Of one webhook at a time; who sends it meanwhile is not asked. */
    static final String AGAIN = """
            WITH w AS MATERIALIZED (
                SELECT webhook_id, types, env, replay_after, replay_to FROM webhook
                 WHERE tenant_id = current_tenant() AND status = 'ENABLED' AND replay_to IS NOT NULL
                 ORDER BY webhook_id
                 LIMIT 1
                   FOR UPDATE SKIP LOCKED
            ), batch AS MATERIALIZED (
                SELECT e.seq, e.type, e.env, e.object
                  FROM w CROSS JOIN LATERAL (
                       SELECT seq, type, env, object_type || '/' || object_id AS object
                         FROM task_event
                        WHERE tenant_id = current_tenant() AND seq > w.replay_after AND seq <= w.replay_to
                        ORDER BY seq
                        LIMIT :max) e
            ), again AS (
                INSERT INTO webhook_delivery (webhook_id, seq, event_type, object, next_attempt_at)
                SELECT w.webhook_id, e.seq, e.type, e.object, now()
                  FROM batch e CROSS JOIN w
                 WHERE %s
                 ORDER BY e.seq
                    ON CONFLICT ON CONSTRAINT webhook_delivery_pkey
                    DO UPDATE SET status = 'PENDING', attempts = 0, next_attempt_at = now(), over_at = NULL
            ), whole AS (
                SELECT count(*) < :max AS is FROM batch
            ), moved AS (
                UPDATE webhook h
                   SET replay_after = CASE WHEN whole.is THEN NULL ELSE (SELECT max(seq) FROM batch) END,
                       replay_to = CASE WHEN whole.is THEN NULL ELSE h.replay_to END
                  FROM w CROSS JOIN whole
                 WHERE h.tenant_id = current_tenant() AND h.webhook_id = w.webhook_id
            )
            SELECT count(*)::int FROM w
            """.formatted(TAKES);

    private final JdbcClient jdbc;

    FanOut(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    private record Turn(long fannedSeq, boolean wanted) {}

    /** The next events; whether there may be more. */
    boolean next() {
        Optional<Turn> turn = jdbc.sql(TAKE_TURN)
                .query((row, n) -> new Turn(row.getLong("fanned_seq"), row.getBoolean("wanted")))
                .optional();
        int looked = turn.map(mine -> jdbc.sql(FAN_OUT)
                        .param("after_seq", mine.fannedSeq())
                        .param("wanted", mine.wanted())
                        .param("max", WebhookQueue.EVENTS_MAX)
                        .query(Integer.class)
                        .single())
                .orElse(0);
        return looked == WebhookQueue.EVENTS_MAX;
    }

    /** The next ones that are to be sent again; whether there may be more. */
    boolean again() {
        return jdbc.sql(AGAIN)
                        .param("max", WebhookQueue.EVENTS_MAX)
                        .query(Integer.class)
                        .single()
                > 0;
    }
}
