package dev.taskorder.activities.matching;

import dev.taskorder.activities.json.Json;
import dev.taskorder.api.asset.AssetStatus;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/** The pool, read: the assets of some categories that are in service or may come back, and which of their slots are free. */
final class PoolTable {
    /**
     * Which asset was leased last is told by its newest fencing token, which an index knows, at any number of leases. Free
     * slots are not read: they are those that nobody holds.
     */
    static final String READ = """
            SELECT a.asset_id, a.sku_category, a.sku_code, a.attributes, a.status,
                   trim_scale(a.health_score) AS health_score, trim_scale(a.unit_cost) AS unit_cost, a.currency,
                   a.max_concurrency,
                   CASE WHEN a.max_uses IS NOT NULL THEN a.max_uses - a.uses - (
                       SELECT count(*)::int FROM lease l
                        WHERE l.tenant_id = current_tenant() AND l.asset_id = a.asset_id AND l.state = 'ACTIVE'
                          AND NOT l.used) END AS uses_left,
                   (SELECT max(l.fencing_token) FROM lease l
                     WHERE l.tenant_id = current_tenant() AND l.asset_id = a.asset_id) AS newest_token,
                   ARRAY(SELECT l.slot_no FROM lease l
                          WHERE l.tenant_id = current_tenant() AND l.asset_id = a.asset_id AND l.state = 'ACTIVE')
                   || ARRAY(SELECT s.slot_no FROM asset_slot s
                             WHERE s.tenant_id = current_tenant() AND s.asset_id = a.asset_id
                               AND (s.rests_until IS NOT NULL OR s.reserved_until IS NOT NULL)
                               AND s.rests_until > now()) AS withheld,
                   (SELECT jsonb_agg(jsonb_build_object('slot', s.slot_no, 'key', s.reserved_for, 'until', s.reserved_until)
                                     ORDER BY s.reserved_until, s.slot_no)
                      FROM asset_slot s
                     WHERE s.tenant_id = current_tenant() AND s.asset_id = a.asset_id
                       AND (s.rests_until IS NOT NULL OR s.reserved_until IS NOT NULL)
                       AND s.reserved_until > now() AND (s.rests_until IS NULL OR s.rests_until <= now())) AS kept
              FROM asset a
             WHERE a.tenant_id = current_tenant() AND a.env = :env AND a.sku_category = ANY (:categories)
               AND a.status <> 'RETIRED'
            """;

    private final JdbcClient jdbc;

    PoolTable(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    List<PoolAsset> read(String env, Collection<String> categories) {
        return jdbc.sql(READ)
                .param("env", env)
                .param("categories", categories.toArray(String[]::new))
                .query(PoolTable::asset)
                .list();
    }

    private static PoolAsset asset(ResultSet row, int rowNum) throws SQLException {
        return new PoolAsset(
                row.getString("asset_id"),
                row.getString("sku_category"),
                row.getString("sku_code"),
                attributes(row.getString("attributes")),
                AssetStatus.valueOf(row.getString("status")),
                row.getBigDecimal("health_score"),
                row.getBigDecimal("unit_cost"),
                row.getString("currency"),
                row.getInt("max_concurrency"),
                row.getObject("uses_left", Integer.class),
                row.getLong("newest_token"),
                new HashSet<>(List.of((Integer[]) row.getArray("withheld").getArray())),
                kept(row.getString("kept")));
    }

    private static List<PoolAsset.Kept> kept(@Nullable String json) {
        return json == null ? List.of() : Json.list(json, PoolAsset.Kept.class);
    }

    private static Map<String, Object> attributes(String json) {
        if (json.length() <= 2) {
            return Map.of();
        }
        Map<String, Object> attributes = new HashMap<>();
        Json.object(json).forEach((name, value) -> {
            if (value != null) {
                attributes.put(name, value);
            }
        });
        return attributes;
    }
}
