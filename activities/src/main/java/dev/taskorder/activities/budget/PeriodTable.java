package dev.taskorder.activities.budget;

import dev.taskorder.api.budget.BudgetKey;
import org.springframework.jdbc.core.simple.JdbcClient;

/** The row of a budget's running period, which is that of now, whether or not maintenance has seen it turn. */
final class PeriodTable {
    /** Whoever changes the budget is waited for, so that the limit is the one that counts. */
    static final String OPEN = """
            INSERT INTO budget_period (env, scope, scope_id, starts_on, limit_amount)
            SELECT b.env, b.scope, b.scope_id, budget_period_of(b.period, (now() AT TIME ZONE 'UTC')::date), b.limit_amount
              FROM budget b
             WHERE b.tenant_id = current_tenant() AND b.env = :env AND b.scope = :scope AND b.scope_id = :id
               -- one that was set anew after midnight has no row for the day before, on which this transaction may have begun
               AND budget_period_of(b.period, (now() AT TIME ZONE 'UTC')::date) >= budget_period_of(b.period, b.counts_from)
               FOR SHARE
                ON CONFLICT DO NOTHING
            """;
    /** Locked before it is read: of many who find it exhausted one tells. */
    static final String TELL = """
            WITH running AS MATERIALIZED (
                SELECT p AS period, b.currency
                  FROM budget b
                  JOIN budget_period p
                    ON p.tenant_id = b.tenant_id AND p.env = b.env AND p.scope = b.scope AND p.scope_id = b.scope_id
                   AND p.starts_on = budget_period_of(b.period, (now() AT TIME ZONE 'UTC')::date)
                 WHERE b.tenant_id = current_tenant() AND b.env = :env AND b.scope = :scope AND b.scope_id = :id
                   AND p.told < 1
                   FOR NO KEY UPDATE OF p
            )
            SELECT count(tell_of_budget(period, currency, :refused)) FROM running
            """;

    private final JdbcClient jdbc;

    PeriodTable(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /** Makes the row if it is not there. */
    void open(BudgetKey key) {
        of(OPEN, key).update();
    }

    /**
     * Tells of the marks that were reached since the last time.
     *
     * @param refused whether a hold was refused, so that the budget is exhausted whatever is left of it
     */
    void tell(BudgetKey key, boolean refused) {
        of(TELL, key).param("refused", refused).query(Long.class).single();
    }

    private JdbcClient.StatementSpec of(String sql, BudgetKey key) {
        return jdbc.sql(sql)
                .param("env", key.env())
                .param("scope", key.scope().word())
                .param("id", key.id());
    }
}
