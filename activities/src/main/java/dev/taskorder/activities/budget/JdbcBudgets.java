package dev.taskorder.activities.budget;

import dev.taskorder.activities.tenant.TenantTransactions;
import dev.taskorder.api.budget.Budget;
import dev.taskorder.api.budget.BudgetKey;
import dev.taskorder.api.budget.BudgetPeriod;
import dev.taskorder.api.budget.BudgetSpec;
import dev.taskorder.api.budget.Budgets;
import dev.taskorder.api.matching.MatchTrigger;
import dev.taskorder.api.tenant.Caller;
import java.math.BigDecimal;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Owns {@code budget}, and {@code budget_period} but for what {@code charge_budgets} counts in it. */
final class JdbcBudgets implements Budgets {
    private static final String KEY =
            " WHERE %1$stenant_id = current_tenant() AND %1$senv = :env AND %1$sscope = :scope"
                    + " AND %1$sscope_id = :id";

    static final String FIND = """
            SELECT b.limit_amount, b.currency, b.period, coalesce(p.posted, 0) AS posted, coalesce(p.held, 0) AS held,
                   coalesce(p.overrun, 0) AS overrun, budget_period_start(b.period, t.today) AS starts,
                   budget_period_end(b.period, t.today) AS ends
              FROM budget b
             CROSS JOIN (SELECT (now() AT TIME ZONE 'UTC')::date AS today) t
              LEFT JOIN budget_period p
                ON p.tenant_id = b.tenant_id AND p.env = b.env AND p.scope = b.scope AND p.scope_id = b.scope_id
               AND p.starts_on = budget_period_of(b.period, t.today)
            """ + KEY.formatted("b.");
    /** Whoever changes a budget has its row, so that what it found stays so. */
    static final String LOCK =
            "SELECT limit_amount, currency, period FROM budget" + KEY.formatted("") + " FOR NO KEY UPDATE";

    static final String CHANGE_LIMIT =
            "UPDATE budget SET limit_amount = :limit, updated_at = clock_timestamp()" + KEY.formatted("");
    /** Also of a period that has begun since. A raised limit makes room for crossings to come; a lowered one forgets none that was told. */
    static final String CHANGE_PERIODS_LIMIT = """
            UPDATE budget_period
               SET limit_amount = :limit,
                   floor_amount = CASE WHEN held + posted > :limit THEN held + posted ELSE 0 END,
                   told = CASE WHEN :limit > limit_amount THEN budget_reached(held + posted, :limit) ELSE told END
            """ + KEY.formatted("") + """
               AND starts_on >= (SELECT budget_period_of(b.period, (now() AT TIME ZONE 'UTC')::date) FROM budget b
            """ + KEY.formatted("b.") + ")";

    /** The matcher's turn, as {@code GrantTable} takes it: what it decides by stays so until it has decided. */
    static final String AWAIT_TURN =
            "SELECT 1 FROM pg_advisory_xact_lock(hashtextextended(current_tenant() || ':' || :env, 7))";
    /** Nobody moves money of the env until this has committed; see {@code share_books}. */
    static final String CLOSE_BOOKS =
            "SELECT 1 FROM pg_advisory_xact_lock(hashtextextended(current_tenant() || ':' || :env, 8))";

    static final String FORGET = "DELETE FROM budget_period" + KEY.formatted("");
    static final String STORE = """
            INSERT INTO budget (env, scope, scope_id, limit_amount, currency, period, turns_at, counts_from)
            SELECT :env, :scope, :id, :limit, :currency, :period, budget_period_end(:period, today), today
              FROM (SELECT (clock_timestamp() AT TIME ZONE 'UTC')::date AS today) t
                ON CONFLICT ON CONSTRAINT budget_pkey DO UPDATE
               SET limit_amount = excluded.limit_amount, currency = excluded.currency, period = excluded.period,
                   turns_at = excluded.turns_at, counts_from = excluded.counts_from, updated_at = clock_timestamp()
            RETURNING xmax = 0 AS created
            """;
    /**
     * Counts the running period from its entries; what was held before it goes on unseen. By the clock of STORE, which went on
     * while the books were waited for: nothing that is in them is of a later day. No entry is older than the day that it
     * counts on, so only as much of the ledger is read as the period is long.
     */
    static final String COUNT = """
            WITH running AS MATERIALIZED (
                SELECT budget_period_of(period, counts_from) AS starts_on FROM budget
            """ + KEY.formatted("") + """
            ), counted AS (
                SELECT r.starts_on, greatest(c.held, 0) AS held, greatest(c.posted, 0) AS posted,
                       greatest(c.overrun, 0) AS overrun
                  FROM running r, budget_count(:env, :scope, :id, :currency, r.starts_on) c
            )
            INSERT INTO budget_period (env, scope, scope_id, starts_on, limit_amount, floor_amount, held, posted, overrun, told)
            SELECT :env, :scope, :id, starts_on, :limit, CASE WHEN held + posted > :limit THEN held + posted ELSE 0 END,
                   held, posted, overrun,
                   -- the marks that are behind it are not told; that it is exhausted is, by the first who needs it
                   coalesce((SELECT max(m) FROM unnest(budget_marks()) AS m WHERE m < 1 AND held + posted >= m * :limit), 0)
              FROM counted
            """;

    private static final String TELL = """
            INSERT INTO task_event (object_type, object_id, type, actor, data)
            SELECT 'budget', env || '/' || scope || '/' || scope_id, 'budget.updated', :actor,
                   jsonb_build_object('env', env, 'scope', scope, 'id', scope_id, 'limit', trim_scale(limit_amount),
                       'currency', currency, 'period', period, 'created', :created)
              FROM budget""" + KEY.formatted("");

    private final TenantTransactions transactions;
    private final JdbcClient jdbc;
    private final PeriodTable periods;
    private final MatchTrigger matcher;

    JdbcBudgets(TenantTransactions transactions, JdbcClient jdbc, MatchTrigger matcher) {
        this.transactions = transactions;
        this.jdbc = jdbc;
        this.periods = new PeriodTable(jdbc);
        this.matcher = matcher;
    }

    private record Stored(BigDecimal limit, String currency, BudgetPeriod period) {
        boolean countsLike(BudgetSpec spec) {
            return currency.equals(spec.currency()) && period == spec.period();
        }
    }

    /** @param givesRoom whether orders that wait may be served by it */
    private record Done(Put put, boolean givesRoom) {}

    @Override
    public Put put(BudgetSpec budget, Caller caller) {
        Done done = transactions
                .in(() -> limited(budget, caller))
                .orElseGet(() -> transactions.in(() -> counted(budget, caller)));
        if (done.givesRoom()) {
            matcher.run(budget.key().env());
        }
        return done.put();
    }

    /** Changes the limit alone; empty if there is more to do, for which other locks come first. */
    private Optional<Done> limited(BudgetSpec budget, Caller caller) {
        return lock(budget.key())
                .filter(stored -> stored.countsLike(budget))
                .map(stored -> limited(budget, stored, caller));
    }

    private Done limited(BudgetSpec budget, Stored stored, Caller caller) {
        int change = budget.limit().compareTo(stored.limit());
        if (change != 0) {
            periods.open(budget.key());
            of(CHANGE_LIMIT, budget.key()).param("limit", budget.limit()).update();
            of(CHANGE_PERIODS_LIMIT, budget.key())
                    .param("limit", budget.limit())
                    .update();
            tell(budget, false, caller);
        }
        if (change < 0) {
            periods.tell(budget.key(), false);
        }
        return done(budget, false, change > 0);
    }

    /** Each lock in a statement of its own, so that the one that counts sees what they waited for. */
    private Done counted(BudgetSpec budget, Caller caller) {
        String env = budget.key().env();
        jdbc.sql(AWAIT_TURN).param("env", env).query(Integer.class).single();
        jdbc.sql(CLOSE_BOOKS).param("env", env).query(Integer.class).single();
        Optional<Stored> stored = lock(budget.key());
        if (stored.filter(now -> now.countsLike(budget)).isPresent()) {
            return limited(budget, stored.get(), caller); // another caller was faster
        }
        of(FORGET, budget.key()).update();
        boolean created = all(STORE, budget).query(Boolean.class).single();
        all(COUNT, budget).update();
        tell(budget, created, caller);
        return done(budget, created, true);
    }

    private void tell(BudgetSpec budget, boolean created, Caller caller) {
        of(TELL, budget.key())
                .param("actor", caller.actor())
                .param("created", created)
                .update();
    }

    private Done done(BudgetSpec budget, boolean created, boolean givesRoom) {
        if (givesRoom) {
            matcher.mark(budget.key().env());
        }
        return new Done(new Put(read(budget.key()).orElseThrow(), created), givesRoom);
    }

    @Override
    public Optional<Budget> find(BudgetKey key) {
        return transactions.in(() -> read(key));
    }

    private Optional<Budget> read(BudgetKey key) {
        return of(FIND, key).query((row, rowNum) -> budget(key, row)).optional();
    }

    private Optional<Stored> lock(BudgetKey key) {
        return of(LOCK, key)
                .query((row, rowNum) -> new Stored(
                        row.getBigDecimal("limit_amount"),
                        row.getString("currency"),
                        BudgetPeriod.of(row.getString("period"))))
                .optional();
    }

    private JdbcClient.StatementSpec of(String sql, BudgetKey key) {
        return jdbc.sql(sql)
                .param("env", key.env())
                .param("scope", key.scope().word())
                .param("id", key.id());
    }

    private JdbcClient.StatementSpec all(String sql, BudgetSpec budget) {
        return of(sql, budget.key())
                .param("limit", budget.limit())
                .param("currency", budget.currency())
                .param("period", budget.period().word());
    }

    private static Budget budget(BudgetKey key, ResultSet row) throws SQLException {
        return new Budget(
                new BudgetSpec(
                        key,
                        row.getBigDecimal("limit_amount"),
                        row.getString("currency"),
                        BudgetPeriod.of(row.getString("period"))),
                row.getBigDecimal("posted"),
                row.getBigDecimal("held"),
                row.getBigDecimal("overrun"),
                time(row, "starts"),
                time(row, "ends"));
    }

    private static @Nullable Instant time(ResultSet row, String column) throws SQLException {
        OffsetDateTime time = row.getObject(column, OffsetDateTime.class);
        return time == null ? null : time.toInstant();
    }
}
