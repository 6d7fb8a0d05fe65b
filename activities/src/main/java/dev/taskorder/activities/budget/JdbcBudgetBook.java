package dev.taskorder.activities.budget;

import dev.taskorder.activities.tenant.TenantTransactions;
import dev.taskorder.api.budget.BudgetKey;
import dev.taskorder.api.budget.BudgetScope;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

final class JdbcBudgetBook implements BudgetBook {
    /**
     * The running period is that of now, whether or not maintenance has seen it turn. Budgets are found by their keys, for an
     * env may have very many.
     */
    static final String ROOMS = """
            SELECT b.scope, b.scope_id, b.limit_amount, b.currency, coalesce(p.posted, 0) AS posted,
                   coalesce(p.held, 0) AS held, coalesce(p.told, 0) AS told,
                   budget_period_end(b.period, (now() AT TIME ZONE 'UTC')::date) AS ends
              FROM budget b
              LEFT JOIN budget_period p
                ON p.tenant_id = b.tenant_id AND p.env = b.env AND p.scope = b.scope AND p.scope_id = b.scope_id
               AND p.starts_on = budget_period_of(b.period, (now() AT TIME ZONE 'UTC')::date)
             WHERE b.tenant_id = current_tenant() AND b.env = :env
               AND b.scope = ANY ('{project,tenant}') AND b.scope_id = ANY (:projects::text[] || current_tenant())
               AND (b.scope = 'tenant' OR b.scope_id = ANY (:projects::text[]))
             ORDER BY b.scope, b.scope_id
            """;

    private final TenantTransactions transactions;
    private final JdbcClient jdbc;
    private final PeriodTable periods;

    JdbcBudgetBook(TenantTransactions transactions, JdbcClient jdbc) {
        this.transactions = transactions;
        this.jdbc = jdbc;
        this.periods = new PeriodTable(jdbc);
    }

    @Override
    public List<Room> rooms(String env, Collection<String> projectIds) {
        return transactions.in(() -> jdbc.sql(ROOMS)
                .param("env", env)
                .param("projects", projectIds.toArray(String[]::new))
                .query(JdbcBudgetBook::room)
                .list());
    }

    @Override
    public void refused(String env, BudgetScope scope, String id) {
        BudgetKey budget = new BudgetKey(env, scope, id);
        transactions.run(() -> {
            periods.open(budget);
            periods.tell(budget, true);
        });
    }

    private static Room room(ResultSet row, int rowNum) throws SQLException {
        return new Room(
                BudgetScope.of(row.getString("scope")),
                row.getString("scope_id"),
                row.getBigDecimal("limit_amount"),
                row.getString("currency"),
                row.getBigDecimal("posted"),
                row.getBigDecimal("held"),
                ends(row),
                row.getBigDecimal("told"));
    }

    private static @Nullable Instant ends(ResultSet row) throws SQLException {
        OffsetDateTime ends = row.getObject("ends", OffsetDateTime.class);
        return ends == null ? null : ends.toInstant();
    }
}
