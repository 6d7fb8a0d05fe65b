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
    private static final String PERIODS = """
            SELECT concat_ws(' ', starts_on, trim_scale(held), trim_scale(posted), trim_scale(overrun)) FROM budget_period
             WHERE tenant_id = current_tenant() AND scope_id = :id
             ORDER BY starts_on
            """;
    private static final String ENTRY = """
            INSERT INTO ledger_entry (entry_id, task_id, phase, kind, debit_account, credit_account, amount, currency, env,
                   project_id, counts_on)
            VALUES (gen_random_uuid()::text, :task, :phase, 'test', :debit, :credit, :amount, :currency, :env, :project,
                    coalesce(:day::date, (now() AT TIME ZONE 'UTC')::date))
            """;
    private static final String TOLD = """
            SELECT type || ' ' || object_id || ' ' || (data ->> 'mark') FROM task_event
             WHERE tenant_id = current_tenant() AND object_type = 'budget' AND type <> 'budget.updated' ORDER BY event_no
            """;

    private static final String ROWS = """
            SELECT concat((SELECT jsonb_agg(to_jsonb(b) ORDER BY env, scope, scope_id) FROM budget b),
                          (SELECT jsonb_agg(to_jsonb(p) ORDER BY env, scope, scope_id, starts_on) FROM budget_period p))
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
        return hold(List.of(project), amount);
    }

    /** Sets so much money of each of these projects aside, all or none. */
    boolean hold(List<String> projects, String amount) {
        return move(projects, amount, Map.of("asked", 1), true, "HOLD", "held", "wallet");
    }

    /** Spends what was set aside. */
    void post(String project, String amount) {
        post(List.of(project), amount);
    }

    void post(List<String> projects, String amount) {
        move(projects, amount, Map.of("held", -1, "posted", 1), false, "POST", "spend:test", "held");
    }

    /** Gives back what was set aside. */
    void release(String project, String amount) {
        release(List.of(project), amount);
    }

    void release(List<String> projects, String amount) {
        move(projects, amount, Map.of("held", -1), false, "VOID", "wallet", "held");
    }

    /** Takes back what was spent. */
    void reverse(String project, String amount) {
        move(List.of(project), amount, Map.of("posted", -1), false, "VOID", "wallet", "spend:test");
    }

    /** Spends what nothing covers. */
    void overrun(String project, String amount) {
        move(List.of(project), amount, Map.of("overrun", 1), false, "POST", "overrun", "wallet");
    }

    /** Spends what was never set aside; whether budgets cover it. */
    boolean spend(String project, String amount) {
        UUID task = order(project);
        return tenant.sql(jdbc -> {
            boolean covered = charge(moves(List.of(project), amount, Map.of("asked", 1)), false);
            entry(task, project, "POST", covered ? "spend:test" : "overrun", "wallet", amount);
            return covered;
        });
    }

    /** Spends what was never set aside, as far as budgets cover it: how much that is, and which are short. */
    String spendInPart(String project, String amount) {
        UUID task = order(project);
        return tenant.sql(jdbc -> jdbc.sql("SELECT * FROM charge_budgets('prod', :moves::jsonb, 'PART')")
                .param("moves", Json.write(moves(List.of(project), amount, Map.of("asked", 1))))
                .query((row, rowNum) -> {
                    BigDecimal covered = row.getBigDecimal("covered");
                    BigDecimal rest = new BigDecimal(amount).subtract(covered);
                    entry(task, project, "POST", "spend:test", "wallet", covered.toPlainString());
                    entry(task, project, "POST", "overrun", "wallet", rest.toPlainString());
                    return covered.stripTrailingZeros().toPlainString() + " "
                            + List.of((String[]) row.getArray("short").getArray());
                })
                .single());
    }

    /** The row of a period that is over, in which nothing was held yet. */
    void insertPeriod(String project, String startsOn, String limit) {
        tenant.sql(jdbc -> jdbc.sql("INSERT INTO budget_period (env, scope, scope_id, starts_on, limit_amount)"
                        + " VALUES ('prod', 'project', :project, :day::date, :limit::numeric)")
                .param("project", project)
                .param("day", startsOn)
                .param("limit", limit)
                .update());
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

    /** Where entries and budgets do not say the same. */
    List<String> violations() {
        return tenant.sql(jdbc -> jdbc.sql(
                        "SELECT invariant || ' ' || object_id || ' ' || detail FROM budget_violation ORDER BY 1")
                .query(String.class)
                .list());
    }

    /** What the budget's rows come to: starts_on, held, posted, overrun. */
    List<String> periods(String id) {
        return tenant.sql(
                jdbc -> jdbc.sql(PERIODS).param("id", id).query(String.class).list());
    }

    /** An entry that budgets are not told of, as no step of ours makes one. */
    void entryAlone(String project, String amount) {
        entry(order(project), project, "POST", "spend:test", "wallet", amount);
    }

    private boolean move(
            List<String> projects,
            String amount,
            Map<String, Integer> signs,
            boolean hold,
            String phase,
            String debit,
            String credit) {
        List<UUID> tasks = projects.stream().map(this::order).toList();
        return tenant.sql(jdbc -> {
            boolean covered = charge(moves(projects, amount, signs), hold);
            if (covered) {
                for (int i = 0; i < tasks.size(); i++) {
                    entry(tasks.get(i), projects.get(i), phase, debit, credit, amount);
                }
            }
            return covered;
        });
    }

    private List<Map<String, Object>> moves(List<String> projects, String amount, Map<String, Integer> signs) {
        BigDecimal value = new BigDecimal(amount);
        return projects.stream()
                .map(project -> {
                    Map<String, Object> move = new HashMap<>();
                    signs.forEach((name, sign) -> move.put(name, value.multiply(BigDecimal.valueOf(sign))));
                    move.put("project", project);
                    move.put("currency", "USD");
                    move.put("counts_on", day == null ? null : day.toString());
                    return move;
                })
                .toList();
    }

    private boolean charge(List<Map<String, Object>> moves, boolean hold) {
        return tenant.sql(jdbc -> jdbc.sql("SELECT short = '{}' FROM charge_budgets('prod', :moves::jsonb, :mode)")
                .param("moves", Json.write(moves))
                .param("mode", hold ? "HOLD" : "ALL")
                .query(Boolean.class)
                .single());
    }

    private void entry(UUID task, String project, String phase, String debit, String credit, String amount) {
        if (new BigDecimal(amount).signum() == 0) {
            return;
        }
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

    /** The order that all of a project's money is moved for; made by the first move, if not before. */
    UUID order(String project) {
        return orders.computeIfAbsent(
                project,
                name -> tenant.created(Orders.anOrder().project(name).spec()).taskId());
    }
}
