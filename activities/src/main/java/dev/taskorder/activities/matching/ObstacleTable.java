package dev.taskorder.activities.matching;

import dev.taskorder.activities.matching.Obstacles.Found;
import dev.taskorder.activities.matching.Obstacles.Kind;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
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

    /** Those that come free first, and of each asset the one with which it has a free slot: after a lowered capacity not the first. */
    private static final String SLOTS = """
            SELECT asset_id, task_id, lease_id, until, nth = ends AS frees
              FROM (SELECT h.*, a.ends, row_number() OVER (PARTITION BY h.asset_id ORDER BY h.until) AS nth,
                           row_number() OVER (ORDER BY h.until) AS place
                      FROM unnest(:assets, :ends_needed) AS a(asset_id, ends)
                      JOIN (SELECT l.asset_id, l.task_id, l.lease_id, l.expires_at AS until
                              FROM lease l
                             WHERE l.tenant_id = current_tenant() AND l.asset_id = ANY (:assets) AND l.state = 'ACTIVE'
                            UNION ALL
                            SELECT s.asset_id, NULL, NULL, s.rests_until
                              FROM asset_slot s
                             WHERE s.tenant_id = current_tenant() AND s.asset_id = ANY (:assets)
                               AND (s.rests_until IS NOT NULL OR s.reserved_until IS NOT NULL)
                               AND s.rests_until > now()) h ON h.asset_id = a.asset_id) s
             WHERE place <= :max OR nth = ends
             ORDER BY until, asset_id
            """;

    private static final String TIMES = """
            SELECT asset_id, cool_until, max_uses FROM asset
             WHERE tenant_id = current_tenant() AND asset_id = ANY (:assets)
            """;

    private static final String LEFT = """
            SELECT s.asset_id, s.slot_no, l.lease_id, l.fencing_token
              FROM asset_slot s
              JOIN lease l ON l.tenant_id = current_tenant() AND l.lease_id = s.reserved_lease
             WHERE s.tenant_id = current_tenant() AND s.asset_id = ANY (:assets)
               AND (s.rests_until IS NOT NULL OR s.reserved_until IS NOT NULL) AND s.reserved_until > now()
            """;

    private static final int SLOTS_MAX = 20;

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

    Holders holders(List<Found> obstacles) {
        List<Holders.Slot> slots = new ArrayList<>();
        Map<String, Instant> freeBy = new HashMap<>();
        readSlots(assets(obstacles, Kind.HELD, Kind.USED_UP), slots, freeBy);
        Map<String, Instant> coolUntil = new HashMap<>();
        Map<String, Integer> maxUses = new HashMap<>();
        readTimes(assets(obstacles, Kind.COOLING_DOWN, Kind.USED_UP), coolUntil, maxUses);
        return new Holders(slots, freeBy, coolUntil, maxUses, left(assets(obstacles, Kind.RETAINED)));
    }

    private void readSlots(List<Candidate> assets, List<Holders.Slot> slots, Map<String, Instant> freeBy) {
        if (assets.isEmpty()) {
            return;
        }
        Integer[] ends = assets.stream().map(Candidate::endsUntilFree).toArray(Integer[]::new);
        jdbc.sql(SLOTS)
                .param("assets", ids(assets))
                .param("ends_needed", ends)
                .param("max", SLOTS_MAX)
                .query(row -> {
                    Holders.Slot slot = new Holders.Slot(
                            row.getString("asset_id"),
                            row.getObject("task_id", UUID.class),
                            row.getObject("lease_id", UUID.class),
                            time(row, "until"));
                    if (slots.size() < SLOTS_MAX) {
                        slots.add(slot);
                    }
                    if (row.getBoolean("frees")) {
                        freeBy.put(slot.assetId(), slot.until());
                    }
                });
    }

    private void readTimes(List<Candidate> assets, Map<String, Instant> coolUntil, Map<String, Integer> maxUses) {
        if (assets.isEmpty()) {
            return;
        }
        jdbc.sql(TIMES).param("assets", ids(assets)).query(row -> {
            String asset = row.getString("asset_id");
            if (row.getObject("cool_until") != null) {
                coolUntil.put(asset, time(row, "cool_until"));
            }
            if (row.getObject("max_uses") != null) {
                maxUses.put(asset, row.getInt("max_uses"));
            }
        });
    }

    private Map<Holders.Place, Holders.Left> left(List<Candidate> assets) {
        Map<Holders.Place, Holders.Left> left = new HashMap<>();
        if (!assets.isEmpty()) {
            jdbc.sql(LEFT).param("assets", ids(assets)).query(row -> {
                left.put(
                        new Holders.Place(row.getString("asset_id"), row.getInt("slot_no")),
                        new Holders.Left(row.getObject("lease_id", UUID.class), row.getLong("fencing_token")));
            });
        }
        return left;
    }

    private static Instant time(ResultSet row, String column) throws SQLException {
        return row.getObject(column, OffsetDateTime.class).toInstant();
    }

    private static String[] ids(List<Candidate> assets) {
        return assets.stream().map(Candidate::assetId).toArray(String[]::new);
    }

    private static List<Candidate> assets(List<Found> obstacles, Kind... kinds) {
        return obstacles.stream()
                .filter(found -> Set.of(kinds).contains(found.kind()))
                .flatMap(found -> found.assets().stream())
                .map(Obstacles.InTheWay::candidate)
                .distinct()
                .toList();
    }
}
