package dev.taskorder.activities.testing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.taskorder.activities.execution.Answer;
import dev.taskorder.activities.execution.AttemptStore;
import dev.taskorder.activities.tenant.Changes;
import dev.taskorder.activities.tenant.TenantTransactions;
import dev.taskorder.api.asset.AssetSpec;
import dev.taskorder.api.asset.AssetStatus;
import dev.taskorder.api.asset.Assets;
import dev.taskorder.api.budget.Budget;
import dev.taskorder.api.budget.BudgetKey;
import dev.taskorder.api.budget.BudgetPeriod;
import dev.taskorder.api.budget.BudgetScope;
import dev.taskorder.api.budget.BudgetSpec;
import dev.taskorder.api.budget.Budgets;
import dev.taskorder.api.event.Timeline;
import dev.taskorder.api.event.TimelineEvent;
import dev.taskorder.api.execution.ExecutionResult;
import dev.taskorder.api.execution.Money;
import dev.taskorder.api.lease.Lease;
import dev.taskorder.api.lease.LeaseFilter;
import dev.taskorder.api.lease.LeaseRelease;
import dev.taskorder.api.lease.Leases;
import dev.taskorder.api.ledger.Ledger;
import dev.taskorder.api.order.AttemptRef;
import dev.taskorder.api.order.CancelResult;
import dev.taskorder.api.order.CreateResult;
import dev.taskorder.api.order.OrderSteps;
import dev.taskorder.api.order.Status;
import dev.taskorder.api.order.TaskOrder;
import dev.taskorder.api.order.TaskOrderChange;
import dev.taskorder.api.order.TaskOrderRef;
import dev.taskorder.api.order.TaskOrderSpec;
import dev.taskorder.api.order.TaskOrders;
import dev.taskorder.api.order.UpdateResult;
import dev.taskorder.api.order.Verdict;
import dev.taskorder.api.page.PageRequest;
import dev.taskorder.api.tenant.Caller;
import dev.taskorder.api.tenant.TenantId;
import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.IntPredicate;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.springframework.jdbc.core.simple.JdbcClient;

/** A tenant of a test, and everything that happens to its orders: callers, the workflow's steps, executors. */
public final class Tenant {
    public static final Caller CALLER = new Caller("tester", null);

    private static final String OTHER_RULES = """
            WITH newest AS (
                SELECT version, body FROM tenant_policy ORDER BY version DESC LIMIT 1
            ), other AS (
                INSERT INTO tenant_policy (version, body)
                SELECT version + 1,
                       body || jsonb_build_object(:key::text, body -> :key::text || :rules::jsonb)
                  FROM newest
                RETURNING version
            )
            UPDATE tenant SET active_policy = other.version FROM other
            """;

    private final Application app;
    private final TenantId id;

    public Tenant(Application app) {
        this(app, app.newTenant());
    }

    private Tenant(Application app, TenantId id) {
        this.app = app;
        this.id = id;
    }

    public static Tenant fresh() {
        return new Tenant(Application.shared());
    }

    /** The same tenant in another process. */
    public Tenant in(Application other) {
        return new Tenant(other, id);
    }

    public <T> T bean(Class<T> type) {
        return app.bean(type);
    }

    public TenantId id() {
        return id;
    }

    public <T> T as(Supplier<T> work) {
        return app.as(id, work);
    }

    /** Other rules of {@code asset_health} than the newest ones; whoever looked at the policy before sees them 2 s later. */
    public Tenant withAssetHealth(String rules) {
        return withRules("asset_health", rules);
    }

    /** As {@link #withAssetHealth}: what an executor is expected to spend in one attempt, by task type. */
    public Tenant withEstimates(String estimates) {
        return withRules("budget", "{\"estimates\": " + estimates + "}");
    }

    /** As {@link #withAssetHealth}: what may serve in place of what hints ask for. */
    public Tenant withSubstitutes(String substitutes) {
        return withRules("substitutes", substitutes);
    }

    /** As {@link #withAssetHealth}. */
    public Tenant withQuotas(String quotas) {
        return withRules("quotas", quotas);
    }

    /** As {@link #withAssetHealth}. */
    public Tenant withRetention(String days) {
        return withRules("retention", days);
    }

    /** As {@link #withAssetHealth}: which handlers of events work for it. */
    public Tenant withHandlers(String handlers) {
        return withRules("handlers", handlers);
    }

    private Tenant withRules(String key, String rules) {
        sql(jdbc ->
                jdbc.sql(OTHER_RULES).param("key", key).param("rules", rules).update());
        app.bean(Changes.class).tell(id); // as whoever activates a policy does: this process must not hear of it later
        return this;
    }

    public void budget(BudgetScope scope, String limit) {
        budget(scope, limit, BudgetPeriod.TOTAL);
    }

    public void budget(BudgetScope scope, String limit, BudgetPeriod period) {
        String of = scope == BudgetScope.TENANT ? id.value() : "acme-shop";
        BudgetKey key = new BudgetKey("prod", scope, of);
        BudgetSpec spec = new BudgetSpec(key, new BigDecimal(limit), "USD", period);
        as(() -> app.bean(Budgets.class).put(spec, Caller.SYSTEM));
    }

    /** What the budget says: spent, held and overrun. */
    public String budgeted(BudgetScope scope) {
        String of = scope == BudgetScope.TENANT ? id.value() : "acme-shop";
        Budget budget = as(() -> app.bean(Budgets.class).find(new BudgetKey("prod", scope, of)))
                .orElseThrow();
        return Stream.of(budget.posted(), budget.held(), budget.overrun())
                .map(amount ->
                        amount.signum() == 0 ? "0" : amount.stripTrailingZeros().toPlainString())
                .collect(Collectors.joining(" "));
    }

    public AttemptStore.Reported reports(TaskOrder order, int attempt, UUID token, Money... costs) {
        return as(() -> app.bean(AttemptStore.class)
                .report(new AttemptRef(id, order.taskId(), attempt), token, null, List.of(costs)));
    }

    /** All entries of the order: phase, kind and amount. */
    public List<String> entries(TaskOrder order) {
        return as(() -> app.bean(Ledger.class).ofOrder(order.taskId())).orElseThrow().items().stream()
                .map(entry -> entry.phase() + " " + entry.kind() + " "
                        + (entry.amount().signum() == 0
                                ? "0"
                                : entry.amount().stripTrailingZeros().toPlainString()))
                .toList();
    }

    public List<CreateResult> create(List<TaskOrderSpec> specs) {
        return as(() -> app.bean(TaskOrders.class).create(specs, CALLER));
    }

    /** Creates an order that must be new. */
    public TaskOrder created(TaskOrderSpec spec) {
        return ((CreateResult.Created) create(List.of(spec)).get(0)).order();
    }

    /** Creates and admits an order. */
    public Verdict admitted(TaskOrder order) {
        return step(steps -> steps.admit(ref(order)));
    }

    /** An order that gets what it wants at once. */
    public TaskOrder running(Orders order) {
        TaskOrder created = created(order.spec());
        assertThat(admitted(created)).isInstanceOf(Verdict.Execute.class);
        return created;
    }

    /** An order that stands in the queue. */
    public TaskOrder waiting(Orders order) {
        TaskOrder created = created(order.spec());
        assertThat(admitted(created)).isInstanceOf(Verdict.Await.class);
        return created;
    }

    /** Lets the first attempt of a running order succeed, and with it the order. */
    public TaskOrder finish(TaskOrder order) {
        answered(order, 1, ExecutionResult.of("OK", null));
        concluded(order, 1, OrderSteps.How.ANSWERED);
        return order;
    }

    public Status statusOf(TaskOrder order) {
        return find(order.taskId()).state().status();
    }

    public TaskOrder find(UUID taskId) {
        return as(() -> app.bean(TaskOrders.class).find(taskId)).orElseThrow();
    }

    public CancelResult cancel(UUID taskId) {
        return as(() -> app.bean(TaskOrders.class).cancel(taskId, "not wanted any more", CALLER));
    }

    public UpdateResult update(UUID taskId, TaskOrderChange change, IntPredicate seen) {
        return as(() -> app.bean(TaskOrders.class).update(taskId, change, seen, CALLER));
    }

    public void asset(String assetId, String category, String sku, int concurrency, String unitCost) {
        asset(assetId, category, sku, concurrency, unitCost, Map.of());
    }

    public void asset(
            String assetId,
            String category,
            String sku,
            int concurrency,
            String unitCost,
            Map<String, Object> attributes) {
        AssetSpec spec = new AssetSpec(
                assetId,
                "prod",
                category,
                sku,
                attributes,
                null,
                null,
                concurrency,
                new BigDecimal(unitCost),
                "USD",
                null,
                null);
        as(() -> app.bean(Assets.class).put(List.of(spec), CALLER));
    }

    /** One that is banned: orders that want what it is are let in and wait, for it may come back. */
    public void bannedAsset(String assetId, String category, String sku) {
        bannedAsset(assetId, category, sku, Map.of());
    }

    public void bannedAsset(String assetId, String category, String sku, Map<String, Object> attributes) {
        AssetSpec spec = new AssetSpec(
                assetId,
                "prod",
                category,
                sku,
                attributes,
                AssetStatus.BANNED,
                null,
                1,
                BigDecimal.ONE,
                "USD",
                null,
                null);
        as(() -> app.bean(Assets.class).put(List.of(spec), CALLER));
    }

    public List<Lease> leases(UUID taskId) {
        LeaseFilter filter = new LeaseFilter(null, null, taskId);
        return as(() ->
                app.bean(Leases.class).list(filter, new PageRequest(200, null)).items());
    }

    public LeaseRelease.Result release(UUID leaseId, long fencingToken) {
        return as(() -> app.bean(LeaseRelease.class).release(leaseId, fencingToken, CALLER));
    }

    /** Takes the lease of this asset away from the order. */
    public Lease revoked(TaskOrder order, String assetId) {
        Lease lease = lease(order, assetId);
        return ((LeaseRelease.Result.Ended) release(lease.leaseId(), lease.fencingToken())).lease();
    }

    /** The order's newest lease of the asset. */
    public Lease lease(TaskOrder order, String assetId) {
        return leases(order.taskId()).stream()
                .filter(lease -> lease.assetId().equals(assetId))
                .findFirst()
                .orElseThrow();
    }

    public Verdict proceed(TaskOrder order) {
        return step(steps -> steps.proceed(ref(order)));
    }

    /** The types of the order's events, in their order. */
    public List<String> events(TaskOrder order) {
        return as(() -> app.bean(Timeline.class).ofOrder(order.taskId(), new PageRequest(200, null)))
                .orElseThrow()
                .items()
                .stream()
                .map(TimelineEvent::type)
                .toList();
    }

    public <T> T step(java.util.function.Function<OrderSteps, T> step) {
        return as(() -> step.apply(app.bean(OrderSteps.class)));
    }

    public AttemptStore.Begun begin(TaskOrder order, int attempt) {
        return as(() -> app.bean(AttemptStore.class).begin(new AttemptRef(id, order.taskId(), attempt)));
    }

    public AttemptStore.Ended complete(TaskOrder order, int attempt, UUID token, ExecutionResult result) {
        return as(() -> app.bean(AttemptStore.class)
                .complete(new AttemptRef(id, order.taskId(), attempt), token, Answer.of(result), false));
    }

    /** Begins the attempt and answers with the result, as an executor's worker would. */
    public void answered(TaskOrder order, int attempt, ExecutionResult result) {
        AttemptStore.Begun.Run run = (AttemptStore.Begun.Run) begin(order, attempt);
        complete(order, attempt, run.request().attemptToken(), result);
    }

    public Verdict concluded(TaskOrder order, int attempt, OrderSteps.How how) {
        return step(steps ->
                steps.conclude(new OrderSteps.AttemptEnd(id, order.taskId(), 1, attempt, how, null, null, null)));
    }

    public TaskOrderRef ref(TaskOrder order) {
        return new TaskOrderRef(id, order.taskId(), 1);
    }

    /** A statement as the application's role, with this tenant bound. */
    public <T> T sql(java.util.function.Function<JdbcClient, T> statement) {
        return as(() -> app.bean(TenantTransactions.class).in(() -> statement.apply(app.bean(JdbcClient.class))));
    }

    public long count(String table, UUID taskId) {
        return sql(jdbc -> jdbc.sql("SELECT count(*) FROM " + table + " WHERE task_id = :task")
                .param("task", taskId)
                .query(Long.class)
                .single());
    }
}
