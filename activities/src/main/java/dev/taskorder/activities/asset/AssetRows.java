package dev.taskorder.activities.asset;

import dev.taskorder.activities.json.Json;
import dev.taskorder.api.asset.Asset;
import dev.taskorder.api.asset.AssetSpec;
import dev.taskorder.api.asset.AssetStatus;
import java.math.BigDecimal;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.util.HashMap;
import java.util.Map;

/** Rows of {@code asset} as the snapshot that callers see. */
final class AssetRows {
    private AssetRows() {}

    static Asset asset(ResultSet row, int rowNum) throws SQLException {
        AssetStatus status = AssetStatus.valueOf(row.getString("status"));
        BigDecimal health = row.getBigDecimal("health_score");
        AssetSpec spec = new AssetSpec(
                row.getString("asset_id"),
                row.getString("env"),
                row.getString("sku_category"),
                row.getString("sku_code"),
                attributes(row.getString("attributes")),
                status,
                health,
                row.getInt("max_concurrency"),
                row.getBigDecimal("unit_cost"),
                row.getString("currency"),
                row.getObject("max_uses", Integer.class),
                row.getString("handle"));
        return new Asset(
                spec,
                status,
                health,
                row.getInt("in_use"),
                row.getInt("reserved"),
                row.getObject("updated_at", OffsetDateTime.class).toInstant());
    }

    private static Map<String, Object> attributes(String json) {
        Map<String, Object> attributes = new HashMap<>();
        Json.object(json).forEach((key, value) -> {
            if (value != null) {
                attributes.put(key, value);
            }
        });
        return attributes;
    }
}
