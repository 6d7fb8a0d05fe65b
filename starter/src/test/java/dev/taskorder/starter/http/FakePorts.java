package dev.taskorder.starter.http;

import dev.taskorder.activities.order.OrderEnds;
import dev.taskorder.activities.tenant.Changes;
import dev.taskorder.api.asset.Asset;
import dev.taskorder.api.asset.AssetEventResult;
import dev.taskorder.api.asset.AssetEvents;
import dev.taskorder.api.asset.AssetFilter;
import dev.taskorder.api.asset.AssetSpec;
import dev.taskorder.api.asset.AssetStatus;
import dev.taskorder.api.asset.Assets;
import dev.taskorder.api.asset.PutAssetResult;
import dev.taskorder.api.audit.AuditLog;
import dev.taskorder.api.audit.AuditRecord;
import dev.taskorder.api.audit.AuditTrail;
import dev.taskorder.api.budget.Budget;
import dev.taskorder.api.budget.BudgetKey;
import dev.taskorder.api.budget.BudgetSpec;
import dev.taskorder.api.budget.Budgets;
import dev.taskorder.api.control.ControlAdmin;
import dev.taskorder.api.control.Pause;
import dev.taskorder.api.event.EventFeed;
import dev.taskorder.api.event.Timeline;
import dev.taskorder.api.event.TimelineEvent;
import dev.taskorder.api.execution.Attempts;
import dev.taskorder.api.explain.Explanation;
import dev.taskorder.api.explain.Explanations;
import dev.taskorder.api.lease.LeaseRelease;
import dev.taskorder.api.lease.Leases;
import dev.taskorder.api.ledger.CallerEntries;
import dev.taskorder.api.ledger.LedgerCheck;
import dev.taskorder.api.operation.BulkOperation;
import dev.taskorder.api.operation.BulkOperations;
import dev.taskorder.api.order.CancelResult;
import dev.taskorder.api.order.Chain;
import dev.taskorder.api.order.CreateResult;
import dev.taskorder.api.order.DeadLetters;
import dev.taskorder.api.order.RedriveResult;
import dev.taskorder.api.order.Status;
import dev.taskorder.api.order.TaskOrder;
import dev.taskorder.api.order.TaskOrderChange;
import dev.taskorder.api.order.TaskOrderFilter;
import dev.taskorder.api.order.TaskOrderSpec;
import dev.taskorder.api.order.TaskOrderState;
import dev.taskorder.api.order.TaskOrders;
import dev.taskorder.api.order.UpdateResult;
import dev.taskorder.api.page.BadCursorException;
import dev.taskorder.api.page.Page;
import dev.taskorder.api.page.PageRequest;
import dev.taskorder.api.policy.ActivePolicy;
import dev.taskorder.api.policy.Policies;
import dev.taskorder.api.policy.Policy;
import dev.taskorder.api.policy.PolicyAdmin;
import dev.taskorder.api.principal.ApiKey;
import dev.taskorder.api.principal.ApiKeys;
import dev.taskorder.api.principal.KeyText;
import dev.taskorder.api.tenant.Caller;
import dev.taskorder.api.tenant.TenantAdmin;
import dev.taskorder.api.tenant.TenantContext;
import dev.taskorder.api.tenant.TenantId;
import dev.taskorder.api.tenant.TenantStatus;
import dev.taskorder.api.tenant.TenantView;
import dev.taskorder.api.tenant.Tenants;
import dev.taskorder.api.webhook.Webhooks;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.IntPredicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.test.context.TestConfiguration;
import org.springframework.context.annotation.Bean;

/** Ports that keep everything in memory, so that HTTP can be looked at alone. */
@TestConfiguration(proxyBeanMethods = false)
class FakePorts {
    private static final Instant CREATED = Instant.parse("2026-01-02T03:04:05Z");

    /** What the ports were handed and hold. */
    static final class Memory {
        final Map<String, TaskOrder> orders = new LinkedHashMap<>();
        final Map<String, Asset> assets = new LinkedHashMap<>();
        final Map<String, Budget> budgets = new LinkedHashMap<>();
        final List<Caller> callers = new ArrayList<>();
        final List<AuditRecord> acts = new ArrayList<>();
        Supplier<? extends RuntimeException> failure = () -> null;

        void failIfAsked() {
            RuntimeException fault = failure.get();
            if (fault != null) {
                throw fault;
            }
        }
    }

    @Bean
    Memory memory() {
        return new Memory();
    }

    @Bean
    Tenants tenants() {
        return tenant -> Optional.ofNullable(Map.of(
                                "tenant_a", TenantStatus.ACTIVE,
                                "tenant_b", TenantStatus.ACTIVE,
                                "suspended", TenantStatus.SUSPENDED,
                                "expired", TenantStatus.EXPIRED)
                        .get(tenant.value()))
                .map(status -> new TenantView(tenant, "name", status, null, 1, null));
    }

    @Bean
    PolicyAdmin policyAdmin() {
        return new FakePolicyAdmin();
    }

    private record FakePolicyAdmin() implements PolicyAdmin {
        @Override
        public Map<String, @Nullable Object> filled(Map<String, @Nullable Object> body) {
            return body;
        }

        @Override
        public Set<String> executors() {
            return Set.of("simulated");
        }

        @Override
        public Version add(Map<String, @Nullable Object> body) {
            return new Version(2, false, body);
        }

        @Override
        public Optional<Version> activate(int number, Caller caller) {
            return find(number);
        }

        @Override
        public Optional<Version> find(int number) {
            return number > 2 ? Optional.empty() : Optional.of(new Version(number, true, Map.of()));
        }

        @Override
        public Page<Version> list(PageRequest page) {
            if (page.cursor() != null) {
                throw BadCursorException.notOfThisList();
            }
            return new Page<>(List.of(), null);
        }
    }

    @Bean
    TenantAdmin tenantAdmin(Tenants tenants) {
        return new FakeTenantAdmin(tenants);
    }

    private record FakeTenantAdmin(Tenants tenants) implements TenantAdmin {
        @Override
        public Put put(String name, @Nullable Instant expiresAt, Caller caller) {
            TenantId tenant = TenantContext.required();
            boolean isThere = tenants.find(tenant).isPresent();
            return new Put(new TenantView(tenant, name, TenantStatus.ACTIVE, expiresAt, 1, null), !isThere);
        }

        @Override
        public Optional<TenantView> suspend(@Nullable String reason, Caller caller) {
            return tenants.find(TenantContext.required());
        }

        @Override
        public Optional<TenantView> activate(@Nullable String reason, Caller caller) {
            return tenants.find(TenantContext.required());
        }

        @Override
        public Page<TenantView> list(PageRequest page) {
            if (page.cursor() != null) {
                throw BadCursorException.notOfThisList();
            }
            return new Page<>(tenants.find(new TenantId("tenant_a")).stream().toList(), null);
        }
    }

    @Bean
    ControlAdmin controlAdmin() {
        return new FakeControlAdmin();
    }

    private record FakeControlAdmin() implements ControlAdmin {
        @Override
        public Shown pause(Pause.What what, Pause.@Nullable Mode mode, @Nullable String reason, Caller caller) {
            Pause.Mode inForce = mode == null ? Pause.Mode.HOLD : mode;
            return new Shown(new Pause(TenantContext.required(), what, inForce, reason, caller.actor(), CREATED), 0L);
        }

        @Override
        public Optional<Pause> resume(Pause.What what, @Nullable String reason, Caller caller) {
            return Optional.empty();
        }

        @Override
        public Page<Shown> list(PageRequest page) {
            if (page.cursor() != null) {
                throw BadCursorException.notOfThisList();
            }
            return new Page<>(List.of(pause(Pause.What.EVENTS, null, null, Caller.SYSTEM)), null);
        }
    }

    @Bean
    Policies policies() {
        Policy policy = new Policy(
                List.of("*"),
                List.of("prod"),
                List.of("*"),
                "EUR",
                new Policy.Quotas(100_000, 1_000_000, 1_000_000),
                new Policy.Defaults(2, "RELEASE", 1, 1, 1, 1, 1, 1, null),
                new Policy.Value(80, BigDecimal.TEN),
                List.of(),
                new Policy.AssetHealth(Map.of("OK", "good"), 3600, 60_000, 3_600_000, 5),
                new Policy.RetainedLeases(3600, 80),
                new Policy.Budget(Map.of(), List.of()),
                List.of(),
                List.of(),
                null,
                null,
                new Policy.Retention(7, 30));
        return () -> new ActivePolicy(1, policy);
    }

    @Bean
    TaskOrders taskOrders(Memory memory) {
        return new FakeTaskOrders(memory);
    }

    @Bean
    DeadLetters deadLetters(TaskOrders orders) {
        return new FakeDeadLetters(orders);
    }

    @Bean
    BulkOperations bulkOperations() {
        return new FakeOperations(new HashMap<>());
    }

    private record FakeOperations(Map<UUID, BulkOperation> all) implements BulkOperations {
        private Result start(BulkOperation.Kind kind, boolean dryRun) {
            BulkOperation operation = new BulkOperation(
                    UUID.randomUUID(),
                    kind,
                    BulkOperation.State.RUNNING,
                    dryRun,
                    1,
                    0,
                    0,
                    Map.of("USD", BigDecimal.ONE),
                    null,
                    CREATED,
                    null,
                    List.of());
            all.put(operation.operationId(), operation);
            return new Result.Accepted(operation);
        }

        @Override
        public Result cancel(TaskOrderFilter filter, String reason, boolean dryRun, Caller caller) {
            return start(BulkOperation.Kind.CANCEL, dryRun);
        }

        @Override
        public Result redrive(
                TaskOrderFilter filter, @Nullable String reason, int ratePerSecond, boolean dryRun, Caller caller) {
            return start(BulkOperation.Kind.REDRIVE, dryRun);
        }

        @Override
        public Optional<BulkOperation> find(UUID operationId) {
            return Optional.ofNullable(all.get(operationId));
        }

        @Override
        public Optional<BulkOperation> abort(UUID operationId) {
            return find(operationId);
        }
    }

    private record FakeDeadLetters(TaskOrders orders) implements DeadLetters {
        @Override
        public RedriveResult redrive(UUID taskId, @Nullable String reason, Caller caller) {
            return orders.find(taskId)
                    .<RedriveResult>map(RedriveResult.IllegalTransition::new)
                    .orElse(new RedriveResult.NotFound());
        }

        @Override
        public Summary summary(@Nullable String env) {
            return new Summary(1, List.of(new Reason("RETRYABLE", "closed", 1, CREATED, CREATED, UUID.randomUUID())));
        }
    }

    @Bean
    Webhooks webhooks() {
        return new FakeWebhooks(CREATED);
    }

    @Bean
    OrderEnds orderEnds() {
        return new OrderEnds(Runnable::run);
    }

    @Bean
    Assets assets(Memory memory) {
        return new FakeAssets(memory);
    }

    @Bean
    Budgets budgets(Memory memory) {
        return new FakeBudgets(memory);
    }

    /** Nothing changes here but by these tests, and nothing is heard of it. */
    @Bean
    Changes changes() {
        return new Changes() {
            @Override
            public void add(Listener listener) {
                // is never told
            }

            @Override
            public void tell(TenantId tenant) {
                // nobody remembers for long
            }

            @Override
            public boolean areHeard() {
                return false;
            }
        };
    }

    /** Nobody has a key here. */
    @Bean
    ApiKeys apiKeys(Memory memory) {
        return new ApiKeys() {
            @Override
            public CreateResult create(NewKey key, Caller caller) {
                return new CreateResult.TooMany(List.of());
            }

            @Override
            public Page<ApiKey> list(PageRequest page) {
                if (page.cursor() != null) {
                    throw BadCursorException.notOfThisList();
                }
                return new Page<>(List.of(), null);
            }

            @Override
            public Optional<ApiKey> show(String keyId) {
                return Optional.empty();
            }

            @Override
            public Optional<ApiKey> revoke(String keyId) {
                return Optional.empty();
            }

            @Override
            public Optional<Stored> find(String keyId) {
                memory.failIfAsked();
                return Optional.empty();
            }

            @Override
            public boolean adopt(KeyText key, boolean onlyFirst) {
                return false;
            }

            @Override
            public void used(String keyId) {
                // there is none
            }
        };
    }

    @Bean
    AuditLog auditLog(Memory memory) {
        return new FakeAudit(memory);
    }

    @Bean
    EventFeed eventFeed() {
        return new FakeEventFeed();
    }

    @Bean
    AuditTrail auditTrail() {
        return (filter, page) -> new Page<>(List.of(), null);
    }

    @Bean
    LedgerCheck ledgerCheck() {
        return () -> new LedgerCheck.Verification(Map.of(), List.of(), List.of());
    }

    @Bean
    AssetEvents assetEvents(Assets assets) {
        return (event, caller) -> assets.find(event.assetId())
                .<AssetEventResult>map(asset -> new AssetEventResult.Told(asset, false))
                .orElse(new AssetEventResult.NoAsset());
    }

    @Bean
    Leases leases() {
        return (filter, page) -> new Page<>(List.of(), null);
    }

    @Bean
    LeaseRelease leaseRelease() {
        return (lease, token, caller) -> new LeaseRelease.Result.NotFound();
    }

    @Bean
    CallerEntries callerEntries() {
        return entry -> new CallerEntries.Result.NoSuchEntry();
    }

    @Bean
    FakeLedger ledger(TaskOrders orders) {
        return new FakeLedger(orders);
    }

    @Bean
    Timeline timeline(TaskOrders orders) {
        return (id, page) -> orders.find(id)
                .map(order -> new Page<>(
                        List.of(new TimelineEvent(
                                1, "task_order.created", CREATED, "operator", "created", Map.of("priority", 50))),
                        null));
    }

    @Bean
    Attempts attempts(TaskOrders orders) {
        return id -> orders.find(id).map(order -> List.of());
    }

    @Bean
    Explanations explanations(TaskOrders orders) {
        return id ->
                orders.find(id).map(order -> new Explanation(id, order.state().status(), "It waits.", null, List.of()));
    }

    private record FakeAudit(Memory memory) implements AuditLog {
        @Override
        public void write(AuditRecord act) {
            memory.acts.add(act);
        }

        @Override
        public void writeOncePerHour(AuditRecord act) {}

        @Override
        public void writeFor(TenantId owner, AuditRecord act) {}

        @Override
        public void writeOncePerHourFor(TenantId owner, AuditRecord act) {}
    }

    private record FakeTaskOrders(Memory memory) implements TaskOrders {
        @Override
        public List<CreateResult> create(List<TaskOrderSpec> orders, Caller caller) {
            memory.failIfAsked();
            memory.callers.add(caller);
            return orders.stream().map(this::create).toList();
        }

        private CreateResult create(TaskOrderSpec spec) {
            TenantId tenant = TenantContext.required();
            String key = tenant + "/" + spec.env() + "/" + spec.idempotencyKey();
            TaskOrder present = memory.orders.get(key);
            if (present != null) {
                return present.spec().equals(spec)
                        ? new CreateResult.Replayed(present)
                        : new CreateResult.KeyReused(List.of("priority"));
            }
            if (!spec.env().equals("prod")) {
                return new CreateResult.NotAllowed(
                        List.of(new CreateResult.Objection("/env", "is not an environment of the policy")));
            }
            TaskOrder order = new TaskOrder(tenant, UUID.randomUUID(), spec, state());
            memory.orders.put(key, order);
            return new CreateResult.Created(order);
        }

        private static TaskOrderState state() {
            return new TaskOrderState(
                    Status.PENDING,
                    CREATED,
                    null,
                    null,
                    null,
                    null,
                    null,
                    1,
                    CREATED,
                    List.of(),
                    "tenant_policy.v1",
                    null,
                    null,
                    null,
                    null,
                    Chain.NONE);
        }

        @Override
        public Optional<TaskOrder> find(UUID taskId) {
            memory.failIfAsked();
            return memory.orders.values().stream()
                    .filter(order -> order.taskId().equals(taskId))
                    .filter(order -> order.tenantId().equals(TenantContext.required()))
                    .findFirst();
        }

        @Override
        public Page<TaskOrder> list(TaskOrderFilter filter, PageRequest page) {
            if (page.cursor() != null) {
                throw BadCursorException.notOfThisList();
            }
            return new Page<>(
                    memory.orders.values().stream()
                            .filter(order -> order.tenantId().equals(TenantContext.required()))
                            .toList(),
                    null);
        }

        @Override
        public CancelResult cancel(UUID taskId, String reason, Caller caller) {
            return find(taskId)
                    .<CancelResult>map(order -> order.spec().idempotencyKey().startsWith("settled")
                            ? new CancelResult.AlreadySettled(order)
                            : new CancelResult.Accepted(order))
                    .orElse(new CancelResult.NotFound());
        }

        @Override
        public UpdateResult update(UUID taskId, TaskOrderChange change, IntPredicate seen, Caller caller) {
            return find(taskId).<UpdateResult>map(UpdateResult.Updated::new).orElse(new UpdateResult.NotFound());
        }
    }

    private record FakeAssets(Memory memory) implements Assets {
        @Override
        public List<PutAssetResult> put(List<AssetSpec> assets, Caller caller) {
            return assets.stream().map(this::put).toList();
        }

        private PutAssetResult put(AssetSpec spec) {
            String key = TenantContext.required() + "/" + spec.assetId();
            Asset present = memory.assets.get(key);
            if (present != null && !present.spec().env().equals(spec.env())) {
                return new PutAssetResult.EnvFixed(present.spec().env(), spec.env());
            }
            Asset asset = new Asset(spec, AssetStatus.AVAILABLE, new BigDecimal("100.00"), 0, 0, CREATED);
            memory.assets.put(key, asset);
            return new PutAssetResult.Stored(asset, present == null);
        }

        @Override
        public Optional<Asset> find(String assetId) {
            return Optional.ofNullable(memory.assets.get(TenantContext.required() + "/" + assetId));
        }

        @Override
        public Page<Asset> list(AssetFilter filter, PageRequest page) {
            return new Page<>(List.copyOf(memory.assets.values()), null);
        }
    }

    private record FakeBudgets(Memory memory) implements Budgets {
        @Override
        public Put put(BudgetSpec spec, Caller caller) {
            BigDecimal none = BigDecimal.ZERO;
            Budget budget = new Budget(spec, none, none, none, null, null);
            return new Put(budget, memory.budgets.put(TenantContext.required() + "/" + spec.key(), budget) == null);
        }

        @Override
        public Optional<Budget> find(BudgetKey key) {
            return Optional.ofNullable(memory.budgets.get(TenantContext.required() + "/" + key));
        }
    }
}
