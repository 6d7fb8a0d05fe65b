package dev.taskorder.activities.ledger;

import java.math.BigDecimal;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.LocalDate;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What an order's row says of its money, while that row is locked.
 *
 * @param maxTotalCost its ceiling over all attempts and redrives; null for none
 * @param held set aside for it: its leases that no attempt has begun with, and {@code executorHold}
 * @param posted spent, as far as a hold covered it
 * @param overrun spent beyond that
 * @param executorHold what its executor may spend before more has to be held
 * @param executorHoldOn the day by which budgets count that; null if there is none
 * @param holds how many grants have set something aside
 */
public record OrderAccount(
        UUID taskId,
        String env,
        String projectId,
        String currency,
        @Nullable BigDecimal maxTotalCost,
        BigDecimal held,
        BigDecimal posted,
        BigDecimal overrun,
        BigDecimal executorHold,
        @Nullable LocalDate executorHoldOn,
        int holds) {
    /** The columns of {@code task_order} that it is read from. */
    public static final String COLUMNS = """
            task_id, env, project_id, currency, max_total_cost, held, posted, overrun, executor_hold, executor_hold_on, holds
            """.strip();

    /**
     * Reads it.
     *
     * @param row one with {@link #COLUMNS}
     */
    public static OrderAccount of(ResultSet row) throws SQLException {
        return new OrderAccount(
                row.getObject("task_id", UUID.class),
                row.getString("env"),
                row.getString("project_id"),
                row.getString("currency"),
                row.getBigDecimal("max_total_cost"),
                row.getBigDecimal("held"),
                row.getBigDecimal("posted"),
                row.getBigDecimal("overrun"),
                row.getBigDecimal("executor_hold"),
                row.getObject("executor_hold_on", LocalDate.class),
                row.getInt("holds"));
    }

    /**
     * What its own ceiling leaves room for; null if it has none.
     *
     * @param comesBack of what is held
     */
    @Nullable
    BigDecimal room(BigDecimal comesBack) {
        return maxTotalCost == null
                ? null
                : maxTotalCost.subtract(committed()).add(comesBack).max(BigDecimal.ZERO);
    }

    /** What was spent, covered or not, and what is held. */
    public BigDecimal committed() {
        return spent().add(held);
    }

    /** What was spent, covered or not. */
    public BigDecimal spent() {
        return posted.add(overrun);
    }
}
