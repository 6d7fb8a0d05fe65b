package dev.taskorder.activities.matching;

import dev.taskorder.activities.json.Json;
import dev.taskorder.api.order.ResourceHint;
import java.sql.Array;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/** The pool, read: which assets fit a hint, and which of their slots are free. */
final class PoolTable {
    /** Attributes of a network asset that promises not to be in a datacenter. */
    static final String NO_DATACENTER = "no_datacenter";

    private static final String NETWORK_CATEGORY = "RAW_NET";

    /**
     * Which asset was leased last is told by its newest fencing token, which an index knows, at any number of leases.
     * A slot above a lowered concurrency that is still held takes one of those below: the asset drains.
     */
    private static final String FITTING = """
            SELECT a.asset_id, a.sku_category, a.sku_code, trim_scale(a.unit_cost) AS unit_cost,
                   trim_scale(a.health_score) AS health_score,
                   (SELECT max(l.fencing_token) FROM lease l
                     WHERE l.tenant_id = current_tenant() AND l.asset_id = a.asset_id) AS newest_token,
                   slots.held, slots.free[1 : greatest(0, a.max_concurrency - slots.held)::int] AS free_slots
              FROM asset a
             CROSS JOIN LATERAL (
                   SELECT count(*) FILTER (WHERE s.held) AS held,
                          coalesce(array_agg(s.slot_no ORDER BY s.slot_no)
                                   FILTER (WHERE NOT s.held AND s.slot_no <= a.max_concurrency), '{}') AS free
                     FROM (SELECT r.slot_no,
                                  l.slot_no IS NOT NULL OR coalesce(r.rests_until > now(), false) AS held
                             FROM asset_slot r
                             LEFT JOIN lease l
                               ON l.tenant_id = current_tenant() AND l.asset_id = a.asset_id AND l.state = 'ACTIVE'
                              AND l.slot_no = r.slot_no
                            WHERE r.tenant_id = current_tenant() AND r.asset_id = a.asset_id) s) slots
             WHERE a.tenant_id = current_tenant() AND a.env = :env AND a.sku_category = :category
               AND a.status = 'AVAILABLE' AND a.currency = :currency AND a.health_score >= :min_health
               AND (:sku::text IS NULL OR a.sku_code = :sku)
               AND (:sku_prefix::text IS NULL OR a.sku_code ^@ :sku_prefix)
               AND a.attributes @> :attributes::jsonb
            """;

    private final JdbcClient jdbc;

    PoolTable(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /** All assets that could serve the hint of this order, free or not. */
    List<Candidate.Facts> fitting(String env, WaitingOrder order, ResourceHint hint) {
        @Nullable String sku = hint.skuCode();
        @Nullable String prefix = sku != null && sku.endsWith("*") ? sku.substring(0, sku.length() - 1) : null;
        return jdbc.sql(FITTING)
                .param("env", env)
                .param("category", hint.skuCategory())
                .param("currency", order.currency())
                .param("min_health", order.minHealthScore())
                .param("sku", prefix == null ? sku : null, Types.VARCHAR)
                .param("sku_prefix", prefix, Types.VARCHAR)
                .param("attributes", Json.write(attributes(hint, order.noDatacenterIp())))
                .query(PoolTable::facts)
                .list();
    }

    /** What an asset must carry to fit the hint, by the hint itself and by the order's constraint. */
    static Map<String, Object> attributes(ResourceHint hint, boolean noDatacenterIp) {
        if (!noDatacenterIp || !isOfNetwork(hint)) {
            return hint.attributes();
        }
        Map<String, Object> attributes = new HashMap<>(hint.attributes());
        // a hint that asks for a datacenter and a constraint that forbids it: nothing fits
        if (Boolean.FALSE.equals(attributes.put(NO_DATACENTER, true))) {
            attributes.put(NO_DATACENTER, List.of("never"));
        }
        return attributes;
    }

    /** Whether the constraint {@code no_datacenter_ip} concerns the hint. */
    static boolean isOfNetwork(ResourceHint hint) {
        return hint.skuCategory().equals(NETWORK_CATEGORY);
    }

    private static Candidate.Facts facts(ResultSet row, int rowNum) throws SQLException {
        Array freeSlots = row.getArray("free_slots");
        return new Candidate.Facts(
                row.getString("asset_id"),
                row.getString("sku_category"),
                row.getString("sku_code"),
                row.getBigDecimal("unit_cost"),
                row.getBigDecimal("health_score"),
                row.getLong("newest_token"),
                row.getInt("held"),
                List.of((Integer[]) freeSlots.getArray()));
    }
}
