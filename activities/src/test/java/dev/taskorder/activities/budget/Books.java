package dev.taskorder.activities.budget;

import dev.taskorder.activities.json.Json;
import dev.taskorder.activities.testing.Orders;
import dev.taskorder.activities.testing.Tenant;
import java.math.BigDecimal;
import java.sql.Types;
import java.time.LocalDate;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** Moves a tenant's money as the ledger does: entries and budgets together, in one transaction. */
final class Books {
    private static final String BUDGET = """
            INSERT INTO budget (env, scope, scope_id, limit_amount, currency, period, turns_at)
            VALUES (:env, :scope, :id, :limit, :currency, :period,
                    budget_period_end(:period, (now() AT TIME ZONE 'UTC')::date))
            """;
    private static final String CHARGE = "SELECT charge_budgets(:env, :moves::jsonb, :hold)";
    private static final String ENTRY = """
            INSERT INTO ledger_entry (entry_id, task_id, phase, kind, debit_account, credit_account, amount, currency, env,
                   project_id, counts_on)
            VALUES (gen_random_uuid()::text, :task, :phase, 'test', :debit, :credit, :amount, :currency, :env, :project,
                    coalesce(:day::date, (now() AT TIME ZONE 'UTC')::date))
            """;
    private static final String TOLD = """
            SELECT type || ' ' || object_id || ' ' || (data ->> 'mark') FROM task_event
             WHERE tenant_id = current_tenant() AND object_type = 'budget' ORDER BY event_no
            """;

    private static final String ROWS = """
            SELECT (SELECT jsonb_agg(to_jsonb(b) ORDER BY env, scope, scope_id) FROM budget b)::text
                || (SELECT jsonb_agg(to_jsonb(p) ORDER BY env, scope, scope_id, starts_on) FROM budget_period p)::text
            """;

    private final Tenant tenant;
    private final @Nullable LocalDate day;
    private final Map<String, UUID> orders = new ConcurrentHashMap<>();

    Books(Tenant tenant) {
        this(tenant, null);
    }

    private Books(Tenant tenant, @Nullable LocalDate day) {
        this.tenant = tenant;
        this.day = day;
    }

    /** The same books, in which all that happens counts on that day. */
    Books onDay(LocalDate when) {
        return new Books(tenant, when);
    }

    /** A budget of {@code prod}, in USD. */
    record Budget(String env, String scope, String id, String limit, String currency, String period) {
        Budget env(String other) {
            return new Budget(other, scope, id, limit, currency, period);
        }

        Budget currency(String other) {
            return new Budget(env, scope, id, limit, other, period);
        }
    }

    static Budget budget(String scope, String id, String limit, String period) {
        return new Budget("prod", scope, id, limit, "USD", period);
    }

    /** As a first PUT before anything was spent. */
    void insert(Budget budget) {
        tenant.sql(jdbc -> jdbc.sql(BUDGET)
                .param("env", budget.env())
                .param("scope", budget.scope())
                .param("id", budget.id())
                .param("limit", new BigDecimal(budget.limit()))
                .param("currency", budget.currency())
                .param("period", budget.period())
                .update());
    }

    /** Sets money of a project aside, if its budgets cover it. */
    boolean hold(String project, String amount) {
        return move(project, Map.of("asked", new BigDecimal(amount)), true, "HOLD", "held", "wallet", amount);
    }

    /** Spends what was set aside. */
    void post(String project, String amount) {
        BigDecimal spent = new BigDecimal(amount);
        move(project, Map.of("held", spent.negate(), "posted", spent), false, "POST", "spend:test", "held", amount);
    }

    /** Gives back what was set aside. */
    void release(String project, String amount) {
        move(project, Map.of("held", new BigDecimal(amount).negate()), false, "VOID", "wallet", "held", amount);
    }

    /** Spends what was never set aside; whether budgets cover it. */
    boolean spend(String project, String amount) {
        UUID task = order(project);
        return tenant.sql(jdbc -> {
            boolean covered = charge("prod", moves(project, Map.of("asked", new BigDecimal(amount))), false);
            entry(task, project, "POST", covered ? "spend:test" : "overrun", "wallet", amount);
            return covered;
        });
    }

    /** All that budgets count of the project so far was yesterday's. */
    void yesterday(String project) {
        tenant.sql(jdbc -> jdbc.sql("UPDATE budget_period SET starts_on = starts_on - 1 WHERE scope_id = :project")
                .param("project", project)
                .update());
    }

    /** What was told of budgets: type, budget, mark. */
    List<String> told() {
        return tenant.sql(jdbc -> jdbc.sql(TOLD).query(String.class).list());
    }

    /** All budgets and their periods, as they are. */
    String rows() {
        return tenant.sql(jdbc -> jdbc.sql(ROWS).query(String.class).single());
    }

    private boolean move(
            String project,
            Map<String, Object> move,
            boolean hold,
            String phase,
            String debit,
            String credit,
            String amount) {
        UUID task = order(project);
        return tenant.sql(jdbc -> {
            boolean covered = charge("prod", moves(project, move), hold);
            if (covered) {
                entry(task, project, phase, debit, credit, amount);
            }
            return covered;
        });
    }

    private List<Map<String, Object>> moves(String project, Map<String, Object> move) {
        Map<String, Object> all = new HashMap<>(move);
        all.put("project", project);
        all.put("currency", "USD");
        all.put("counts_on", day == null ? null : day.toString());
        return List.of(all);
    }

    private boolean charge(String env, List<Map<String, Object>> moves, boolean hold) {
        return tenant.sql(jdbc -> jdbc.sql(CHARGE)
                .param("env", env)
                .param("moves", Json.write(moves))
                .param("hold", hold)
                .query(Boolean.class)
                .single());
    }

    private void entry(UUID task, String project, String phase, String debit, String credit, String amount) {
        tenant.sql(jdbc -> jdbc.sql(ENTRY)
                .param("task", task)
                .param("phase", phase)
                .param("debit", debit)
                .param("credit", credit)
                .param("amount", new BigDecimal(amount))
                .param("currency", "USD")
                .param("env", "prod")
                .param("project", project)
                .param("day", day, Types.DATE)
                .update());
    }

    private UUID order(String project) {
        return orders.computeIfAbsent(
                project,
                name -> tenant.created(Orders.anOrder().project(name).spec()).taskId());
    }
}
