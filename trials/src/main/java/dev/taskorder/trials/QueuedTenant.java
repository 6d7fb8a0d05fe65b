package dev.taskorder.trials;

import dev.taskorder.activities.policy.TenantRegistry;
import dev.taskorder.activities.tenant.TenantTransactions;
import dev.taskorder.api.asset.AssetSpec;
import dev.taskorder.api.asset.Assets;
import dev.taskorder.api.budget.BudgetKey;
import dev.taskorder.api.budget.BudgetPeriod;
import dev.taskorder.api.budget.BudgetScope;
import dev.taskorder.api.budget.BudgetSpec;
import dev.taskorder.api.budget.Budgets;
import dev.taskorder.api.order.CreateResult;
import dev.taskorder.api.order.OrderSteps;
import dev.taskorder.api.order.ResourceHint;
import dev.taskorder.api.order.TaskOrderRef;
import dev.taskorder.api.order.TaskOrderSpec;
import dev.taskorder.api.order.TaskOrders;
import dev.taskorder.api.order.Verdict;
import dev.taskorder.api.tenant.Caller;
import dev.taskorder.api.tenant.TenantId;
import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;

/**
 * A tenant in a database of its own, with a pool and a queue of any length. The first order of each line is created and
 * admitted as any other; the rest are copies of its row, made by SQL, for a million creates would be the trial.
 */
final class QueuedTenant implements AutoCloseable {
    static final String ENV = "prod";
    private static final String CATEGORY = "RAW_NET";
    private static final String CURRENCY = "USD";
    private static final Caller CALLER = new Caller("trial", null);
    private static final long TIMEOUT_MS = 3_600_000;
    private static final int ENDERS = 16;
    private static final int PRIORITY = 40;

    private static final String FORMS = """
            CREATE TABLE trial_form (line int, status text, form task_order, PRIMARY KEY (line, status))
            """;
    private static final String KEEP_FORM = """
            INSERT INTO trial_form SELECT :line, o.status, o FROM task_order o WHERE o.task_id = :task
            """;
    /**
     * Whatever columns there are, a copy has what its form has, but for what makes it an order of its own. Twenty
     * priorities, so that a line's order is not that of its creates.
     */
    private static final String COPIED = """
             CROSS JOIN LATERAL jsonb_populate_record(f.form, jsonb_build_object(
                   'task_id', uuidv7(), 'idempotency_key', 'copy-' || gen_random_uuid() || s.n, 'created_at', clock_timestamp(),
                   'priority', 40 + floor(20 * random())::int)) copied
            """;

    private static final String COPY = """
            INSERT INTO task_order
            SELECT copied.*
              FROM generate_series(0, :orders - 1) AS s(n)
              JOIN trial_form f ON f.line = :first + s.n % :lines AND f.status = :status
            """ + COPIED;
    private static final String FILL_UP = """
            WITH waiting AS (SELECT demand, count(*) AS orders FROM task_order WHERE status = 'QUEUED' GROUP BY demand)
            INSERT INTO task_order
            SELECT copied.*
              FROM trial_form f
              LEFT JOIN waiting w ON w.demand = (f.form).demand
             CROSS JOIN LATERAL generate_series(1, :each - coalesce(w.orders, 0)) AS s(n)
            """ + COPIED + " WHERE f.status = 'QUEUED' AND f.line < :lines";
    private static final String OF_STATUS = """
            SELECT task_id FROM task_order
             WHERE tenant_id = :tenant AND status = :status AND project_id = ANY (:projects)
             ORDER BY started_at, priority DESC, created_at
             LIMIT :max
            """;

    private final TenantId tenant = new TenantId("trial");
    private final SingleConnectionDataSource superuser;
    private final JdbcClient sql;
    private final Features features;

    /** Has the matcher held: what is prepared is not granted. */
    QueuedTenant(OwnPostgres postgres, String database, int connections) {
        postgres.create(database);
        superuser = postgres.superuser(database);
        sql = JdbcClient.create(superuser);
        sql.sql("SET session_replication_role = replica").update();
        sql.sql(FORMS).update();
        features = new Features(postgres, database, connections);
        features.as(tenant, () -> features.bean(TenantRegistry.class).register(tenant, "Trial"));
        features.matcher().hold();
    }

    Features features() {
        return features;
    }

    TenantId id() {
        return tenant;
    }

    /** Statements of the superuser, for questions that the product does not answer. */
    JdbcClient sql() {
        return sql;
    }

    void asset(String sku, int slots) {
        AssetSpec asset = new AssetSpec(
                sku, ENV, CATEGORY, sku, Map.of(), null, null, slots, BigDecimal.ONE, CURRENCY, null, null);
        features.as(tenant, () -> features.bean(Assets.class).put(List.of(asset), CALLER));
    }

    /** What the tenant may spend, in all: every hold, and every end, then counts in one row. */
    void budget(BigDecimal limit) {
        BudgetKey key = new BudgetKey(ENV, BudgetScope.TENANT, tenant.value());
        BudgetSpec budget = new BudgetSpec(key, limit, CURRENCY, BudgetPeriod.TOTAL);
        features.as(tenant, () -> features.bean(Budgets.class).put(budget, CALLER));
    }

    /** The first order of a line of its own (its project is like no other's); it wants one asset of this sku. */
    void line(int line, String project, String sku) {
        TaskOrderSpec spec = new TaskOrderSpec(
                project,
                ENV,
                Features.TASK_TYPE,
                "line-" + line,
                PRIORITY,
                TIMEOUT_MS,
                CURRENCY,
                null,
                null,
                null,
                null,
                null,
                List.of(new ResourceHint(CATEGORY, sku, 1, Map.of())),
                Map.of(),
                List.of(),
                Map.of());
        CreateResult made = features.as(tenant, () -> features.bean(TaskOrders.class)
                .create(List.of(spec), CALLER)
                .get(0));
        UUID task = ((CreateResult.Created) made).order().taskId();
        keepForm(line, task);
        admit(features, task);
        keepForm(line, task);
    }

    /** More orders that wait, spread evenly over the lines from this one on. */
    void queue(int firstLine, int lines, int orders) {
        copied("QUEUED", firstLine, lines, orders).update();
    }

    /** Adds as many orders as each of the first lines needs to be so long. */
    void fillUp(int lines, int each) {
        sql.sql(FILL_UP).param("lines", lines).param("each", each).update();
    }

    /** Orders that are created and not admitted yet. */
    List<UUID> created(int firstLine, int lines, int orders) {
        return copied("PENDING", firstLine, lines, orders).query(UUID.class).list();
    }

    /** After much was copied: as if autovacuum had just been here. */
    void settleDown() {
        sql.sql("VACUUM (ANALYZE)").update();
        sql.sql("CHECKPOINT").update();
    }

    /** The order's step, in the process that these features are. */
    Verdict admit(Features process, UUID task) {
        TaskOrderRef ref = new TaskOrderRef(tenant, task, 1);
        return process.as(tenant, () -> process.bean(OrderSteps.class).admit(ref));
    }

    /** The same for one that waits already, without what only the first time needs. */
    Verdict claimAgain(Features process, UUID task) {
        return process.as(tenant, () -> {
            process.bean(TenantTransactions.class).run(() -> process.matcher().mark(ENV));
            process.matcher().runFor(task, ENV);
            return process.bean(OrderSteps.class).proceed(new TaskOrderRef(tenant, task, 1));
        });
    }

    /** Ends an order that is not over: settles it, which frees what it held, and asks the matcher unless that is held. */
    void end(Features process, UUID task) {
        OrderSteps.EndOrder end = new OrderSteps.EndOrder(tenant, task, 1, "the trial is done with it", "trial");
        Verdict verdict =
                process.as(tenant, () -> process.bean(OrderSteps.class).end(end));
        if (!(verdict instanceof Verdict.Over)) {
            throw new IllegalStateException("order " + task + " was to end, and the answer was " + verdict);
        }
    }

    /** Ends so many of the orders of these projects that run, the longest running first, and leaves what they held free. */
    void endUnmatched(int orders, String... projects) throws Exception {
        features.matcher().hold();
        Queue<UUID> running = new ConcurrentLinkedQueue<>(ofStatus("RUNNING", orders, projects));
        if (running.size() != orders) {
            throw new IllegalStateException(running.size() + " orders run, not " + orders);
        }
        Workers.run(Math.min(ENDERS, orders), worker -> {
            for (UUID task = running.poll(); task != null; task = running.poll()) {
                end(features, task);
            }
        });
    }

    /** Runs the matcher until it has served every mark; how long that took, in nanoseconds. */
    long matched() {
        features.matcher().letGo();
        long begun = System.nanoTime();
        features.as(tenant, () -> {
            features.matcher().run(ENV);
            return true;
        });
        return System.nanoTime() - begun;
    }

    List<UUID> ofStatus(String status, int max, String... projects) {
        return sql.sql(OF_STATUS)
                .param("tenant", tenant.value())
                .param("status", status)
                .param("projects", projects)
                .param("max", max)
                .query(UUID.class)
                .list();
    }

    int count(String question) {
        return sql.sql(question).query(Integer.class).single();
    }

    @Override
    public void close() {
        features.close();
        superuser.destroy();
    }

    private void keepForm(int line, UUID task) {
        sql.sql(KEEP_FORM).param("line", line).param("task", task).update();
    }

    private JdbcClient.StatementSpec copied(String status, int firstLine, int lines, int orders) {
        return sql.sql(status.equals("PENDING") ? COPY + " RETURNING task_id" : COPY)
                .param("status", status)
                .param("first", firstLine)
                .param("lines", lines)
                .param("orders", orders);
    }
}
