package dev.taskorder.activities.budget;

import dev.taskorder.activities.tenant.TenantTransactions;
import dev.taskorder.api.matching.MatchTrigger;
import org.springframework.jdbc.core.simple.JdbcClient;

final class JdbcBudgetTurns implements BudgetTurns {
    /** A budget that is being changed is found the next time. */
    static final String TURN = """
            WITH due AS (
                SELECT env, scope, scope_id FROM budget
                 WHERE tenant_id = current_tenant() AND turns_at <= now()
                 ORDER BY env, scope, scope_id
                   FOR NO KEY UPDATE SKIP LOCKED
            ), turned AS (
                UPDATE budget b
                   SET turns_at = budget_period_end(b.period, (now() AT TIME ZONE 'UTC')::date)
                  FROM due d
                 WHERE b.tenant_id = current_tenant() AND b.env = d.env AND b.scope = d.scope AND b.scope_id = d.scope_id
                RETURNING b.env
            )
            INSERT INTO match_wanted (env) SELECT DISTINCT env FROM turned
            RETURNING env
            """;

    private final TenantTransactions transactions;
    private final JdbcClient jdbc;
    private final MatchTrigger matcher;

    JdbcBudgetTurns(TenantTransactions transactions, JdbcClient jdbc, MatchTrigger matcher) {
        this.transactions = transactions;
        this.jdbc = jdbc;
        this.matcher = matcher;
    }

    @Override
    public void turnDue() {
        transactions.in(() -> jdbc.sql(TURN).query(String.class).list()).forEach(matcher::run);
    }
}
