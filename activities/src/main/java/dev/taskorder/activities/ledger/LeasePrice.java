package dev.taskorder.activities.ledger;

import java.math.BigDecimal;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.LocalDate;
import java.util.UUID;

/**
 * What a lease costs, and where that is counted.
 *
 * @param amount 0 for one that is free: nothing was held for it, and nothing is posted
 * @param heldOn the day (UTC) on which the money was set aside
 */
public record LeasePrice(UUID leaseId, BigDecimal amount, LocalDate heldOn, String skuCategory, String skuCode) {
    /** The columns of {@code lease} that it is read from. */
    public static final String COLUMNS = "lease_id, unit_cost, held_on, sku_category, sku_code";

    /**
     * Reads it.
     *
     * @param row one with {@link #COLUMNS}
     */
    public static LeasePrice of(ResultSet row) throws SQLException {
        return new LeasePrice(
                row.getObject("lease_id", UUID.class),
                row.getBigDecimal("unit_cost"),
                row.getObject("held_on", LocalDate.class),
                row.getString("sku_category"),
                row.getString("sku_code"));
    }
}
