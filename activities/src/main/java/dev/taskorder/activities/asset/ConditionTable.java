package dev.taskorder.activities.asset;

import dev.taskorder.activities.json.Json;
import dev.taskorder.api.asset.AssetStatus;
import java.math.BigDecimal;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Owns {@code asset_event} and the columns of {@code asset} that outcomes move: locked, decided on, written back. */
final class ConditionTable {
    /**
     * The rows are locked in one direction, whoever comes; the clock is asked behind the lock, for who had to wait for it
     * may not decide by an older time than the one before.
     */
    static final String KEEP_AND_LOCK = """
            WITH kept AS (
                INSERT INTO asset_event (event_id, asset_id, task_id, lease_id, event_type, payload, occurred_at,
                       outcome, weight)
                SELECT event_id, asset_id, task_id, lease_id, event_type, payload, occurred_at, outcome, weight
                  FROM jsonb_to_recordset(:events::jsonb) AS e(
                       event_id text, asset_id text, task_id uuid, lease_id uuid, event_type text, payload jsonb,
                       occurred_at timestamptz, outcome text, weight double precision)
                ON CONFLICT ON CONSTRAINT asset_event_pkey DO NOTHING
                RETURNING event_id, asset_id
            )
            SELECT a.*, clock_timestamp() AS now,
                   ARRAY(SELECT k.event_id FROM kept k WHERE k.asset_id = a.asset_id) AS kept
              FROM (SELECT asset_id, env, status, health_weight, health_value, health_at, bad_in_row, cool_until,
                           uses, max_uses
                      FROM asset
                     WHERE tenant_id = current_tenant() AND asset_id = ANY (:assets)
                     ORDER BY asset_id
                       FOR NO KEY UPDATE) a
             ORDER BY a.asset_id
            """;

    /**
     * With its event where somebody could see the change, and with a mark where an order may be served or ended by it. The ids
     * are asked for once more as an array: a recordset counts as a hundred rows, for which all assets would be read.
     */
    static final String WRITE = """
            WITH change AS (
                SELECT * FROM jsonb_to_recordset(:changes::jsonb) AS c(
                       asset_id text, env text, status text, health_score numeric, health_weight double precision,
                       health_value double precision, health_at timestamptz, bad_in_row int, cool_until timestamptz,
                       uses int, visible boolean, concerns_queue boolean, type text, data jsonb)
            ), told AS (
                INSERT INTO task_event (object_type, object_id, type, actor, data)
                SELECT 'asset', asset_id, type, :actor, data FROM change WHERE visible ORDER BY asset_id
            ), marked AS (
                INSERT INTO match_wanted (env) SELECT DISTINCT env FROM change WHERE concerns_queue
            )
            UPDATE asset a
               SET status = c.status, health_score = c.health_score, health_weight = c.health_weight,
                   health_value = c.health_value, health_at = c.health_at, bad_in_row = c.bad_in_row,
                   cool_until = c.cool_until, uses = c.uses,
                   updated_at = CASE WHEN c.visible THEN clock_timestamp() ELSE a.updated_at END
              FROM change c
             WHERE a.tenant_id = current_tenant() AND a.asset_id = c.asset_id
               AND a.asset_id = ANY (ARRAY(SELECT asset_id FROM change))
            """;

    private static final String SAME = """
            SELECT (asset_id, task_id, lease_id, event_type, payload, occurred_at)
                   IS NOT DISTINCT FROM (e.asset, e.task, e.lease, e.type, e.what, e.happened)
              FROM asset_event,
                   (SELECT :asset::text AS asset, :task::uuid AS task, :lease::uuid AS lease, :type::text AS type,
                           :payload::jsonb AS what, :occurred_at::timestamptz AS happened) e
             WHERE tenant_id = current_tenant() AND event_id = :event
            """;

    /** An event to be kept; names are those of the recordset above. */
    record NewEvent(
            String event_id,
            String asset_id,
            @Nullable UUID task_id,
            @Nullable UUID lease_id,
            String event_type,
            Map<String, @Nullable Object> payload,
            @Nullable String occurred_at,
            Outcome outcome,
            double weight) {}

    /**
     * An asset that is ours until the transaction ends.
     *
     * @param kept ids of the events that were not told before
     */
    record Locked(String assetId, String env, Condition condition, Instant now, Set<String> kept) {}

    /** A row to be written; names are those of the recordset above. */
    private record Row(
            String asset_id,
            String env,
            AssetStatus status,
            BigDecimal health_score,
            double health_weight,
            double health_value,
            String health_at,
            int bad_in_row,
            @Nullable String cool_until,
            int uses,
            boolean visible,
            boolean concerns_queue,
            String type,
            Map<String, @Nullable Object> data) {}

    private final JdbcClient jdbc;

    ConditionTable(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /** Keeps the events that are new and locks the assets; hold no other asset's lock before. */
    List<Locked> keepAndLock(Collection<String> assetIds, List<NewEvent> events) {
        return jdbc.sql(KEEP_AND_LOCK)
                .param("events", Json.write(events))
                .param("assets", assetIds.toArray(String[]::new))
                .query(ConditionTable::locked)
                .list();
    }

    /** Writes what became of locked assets, each with its event if it can be seen. */
    void write(List<Change> changes, String actor) {
        jdbc.sql(WRITE)
                .param(
                        "changes",
                        Json.write(changes.stream().map(ConditionTable::row).toList()))
                .param("actor", actor)
                .update();
    }

    /** Whether what was told under this id is the same; false if nothing was. */
    boolean wasToldThisWay(NewEvent event) {
        return jdbc.sql(SAME)
                .param("event", event.event_id())
                .param("asset", event.asset_id())
                .param("task", event.task_id(), java.sql.Types.OTHER)
                .param("lease", event.lease_id(), java.sql.Types.OTHER)
                .param("type", event.event_type())
                .param("payload", Json.write(event.payload()))
                .param("occurred_at", event.occurred_at(), java.sql.Types.VARCHAR)
                .query(Boolean.class)
                .optional()
                .orElse(false);
    }

    private static Locked locked(ResultSet row, int rowNum) throws SQLException {
        Health health =
                new Health(row.getDouble("health_weight"), row.getDouble("health_value"), instant(row, "health_at"));
        OffsetDateTime coolUntil = row.getObject("cool_until", OffsetDateTime.class);
        Condition condition = new Condition(
                AssetStatus.valueOf(row.getString("status")),
                health,
                row.getInt("bad_in_row"),
                coolUntil == null ? null : coolUntil.toInstant(),
                new Uses(row.getInt("uses"), row.getObject("max_uses", Integer.class)));
        return new Locked(
                row.getString("asset_id"), row.getString("env"), condition, instant(row, "now"), Set.of((String[])
                        row.getArray("kept").getArray()));
    }

    private static Instant instant(ResultSet row, String column) throws SQLException {
        return row.getObject(column, OffsetDateTime.class).toInstant();
    }

    private static Row row(Change change) {
        Condition after = change.after();
        Instant coolUntil = after.coolUntil();
        return new Row(
                change.asset().assetId(),
                change.asset().env(),
                after.status(),
                after.score(),
                after.health().weight(),
                after.health().value(),
                after.health().at().toString(),
                after.badInRow(),
                coolUntil == null ? null : coolUntil.toString(),
                after.uses().count(),
                change.isVisible(),
                change.concernsTheQueue(),
                change.eventType(),
                change.data());
    }
}
