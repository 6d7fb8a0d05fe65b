package dev.taskorder.activities.matching;

import dev.taskorder.activities.matching.Obstacles.Found;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;

/** What is told of an order that waits, beyond what a decision needs: its place, and who has what it wants. */
final class ObstacleTable {
    private static final String ENV = """
            SELECT env FROM task_order WHERE tenant_id = current_tenant() AND task_id = :task AND waits_since IS NOT NULL
            """;
    /** Two ranges of the index, as a comparison over both would read the whole line. */
    static final String BEFORE = """
            SELECT count(*)
              FROM ((SELECT FROM task_order s
                      WHERE s.tenant_id = current_tenant() AND s.env = :env AND s.waits_since IS NOT NULL
                        AND s.cancel_requested_at IS NULL AND s.demand = :demand AND s.priority > :priority
                      LIMIT :max)
                    UNION ALL
                    (SELECT FROM task_order s
                      WHERE s.tenant_id = current_tenant() AND s.env = :env AND s.waits_since IS NOT NULL
                        AND s.cancel_requested_at IS NULL AND s.demand = :demand AND s.priority = :priority
                        AND (s.created_at, s.task_id) < (:created_at, :task)
                      LIMIT :max)) o
            """;

    private static final String HEAD = """
            SELECT s.task_id, s.priority FROM task_order s
             WHERE s.tenant_id = current_tenant() AND s.env = :env AND s.waits_since IS NOT NULL
               AND s.cancel_requested_at IS NULL AND s.demand = :demand
             ORDER BY s.priority DESC, s.created_at, s.task_id
             LIMIT 1
            """;
    private static final String SLOTS = """
            SELECT l.asset_id, l.task_id, l.expires_at AS until
              FROM lease l
             WHERE l.tenant_id = current_tenant() AND l.asset_id = ANY (:assets) AND l.state = 'ACTIVE'
            UNION ALL
            SELECT s.asset_id, NULL, s.rests_until
              FROM asset_slot s
             WHERE s.tenant_id = current_tenant() AND s.asset_id = ANY (:assets) AND s.rests_until > now()
             ORDER BY until
             LIMIT :max
            """;

    private static final String COOLING = """
            SELECT asset_id, cool_until FROM asset
             WHERE tenant_id = current_tenant() AND asset_id = ANY (:assets) AND cool_until IS NOT NULL
            """;

    private static final int SLOTS_MAX = 20;

    /** The first of a line. */
    record Head(UUID taskId, int priority) {}

    private final JdbcClient jdbc;

    ObstacleTable(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    Optional<String> envOfWaiting(UUID taskId) {
        return jdbc.sql(ENV).param("task", taskId).query(String.class).optional();
    }

    /** How many stand before it in its line, counted up to {@code max}. */
    int before(String env, WaitingOrder order, int max) {
        int all = jdbc.sql(BEFORE)
                .param("env", env)
                .param("demand", order.demand())
                .param("priority", order.priority())
                .param("created_at", order.createdAt().atOffset(ZoneOffset.UTC))
                .param("task", order.taskId())
                .param("max", max)
                .query(Integer.class)
                .single();
        return Math.min(all, max);
    }

    Optional<Head> head(String env, WaitingOrder order) {
        return jdbc.sql(HEAD)
                .param("env", env)
                .param("demand", order.demand())
                .query((row, rowNum) -> new Head(row.getObject("task_id", UUID.class), row.getInt("priority")))
                .optional();
    }

    Holders holders(List<Found> obstacles) {
        String[] held = assets(obstacles, Obstacles.Kind.HELD);
        List<Holders.Slot> slots = held.length == 0
                ? List.of()
                : jdbc.sql(SLOTS)
                        .param("assets", held)
                        .param("max", SLOTS_MAX)
                        .query((row, rowNum) -> new Holders.Slot(
                                row.getString("asset_id"),
                                row.getObject("task_id", UUID.class),
                                row.getObject("until", OffsetDateTime.class).toInstant()))
                        .list();
        return new Holders(slots, coolUntil(assets(obstacles, Obstacles.Kind.COOLING_DOWN)));
    }

    private Map<String, Instant> coolUntil(String[] assets) {
        Map<String, Instant> until = new HashMap<>();
        if (assets.length > 0) {
            jdbc.sql(COOLING).param("assets", assets).query(row -> {
                until.put(
                        row.getString("asset_id"),
                        row.getObject("cool_until", OffsetDateTime.class).toInstant());
            });
        }
        return until;
    }

    private static String[] assets(List<Found> obstacles, Obstacles.Kind kind) {
        return obstacles.stream()
                .filter(found -> found.kind() == kind)
                .flatMap(found -> found.assets().stream())
                .map(one -> one.candidate().assetId())
                .distinct()
                .toArray(String[]::new);
    }
}
