package dev.taskorder.activities.order;

import com.github.f4b6a3.uuid.UuidCreator;
import dev.taskorder.activities.dispatch.DispatchQueue;
import dev.taskorder.activities.dispatch.DispatchSignal;
import dev.taskorder.activities.dispatch.StartAtOnce;
import dev.taskorder.activities.dispatch.StartDue;
import dev.taskorder.activities.json.Json;
import dev.taskorder.activities.tenant.TenantTransactions;
import dev.taskorder.api.matching.PoolCheck;
import dev.taskorder.api.order.CreateResult;
import dev.taskorder.api.order.Status;
import dev.taskorder.api.order.TaskOrder;
import dev.taskorder.api.order.TaskOrderSpec;
import dev.taskorder.api.order.TaskOrderState;
import dev.taskorder.api.policy.ActivePolicy;
import dev.taskorder.api.policy.Policies;
import dev.taskorder.api.policy.Routes;
import dev.taskorder.api.tenant.Caller;
import dev.taskorder.api.tenant.TenantContext;
import dev.taskorder.api.tenant.TenantId;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * Creates orders: one statement for any number of them, so that the single call and the batch cannot differ. A repeat
 * is found by the unique key and never refused for policy or pool.
 */
final class OrderCreation {
    /**
     * Inserted in the order of their keys: two batches that share keys then wait for each other in one direction only
     * and cannot deadlock. An order that may start at once is claimed, unless it would overtake what any process left: the
     * first of that is asked for, in its index's order, for PostgreSQL expects a third of all orders to be such, and to see
     * whether there is one it would read from the first order on until it has found that there is none.
     */
    private static final String INSERT = """
            WITH wanted AS (
                SELECT * FROM jsonb_to_recordset(:orders::jsonb) AS o(
                    position int, task_id uuid, env text, idempotency_key text, project_id text, external_ref text,
                    task_type text, task_category text, description text, priority int, timeout_ms bigint,
                    max_total_cost numeric, currency text, business_value_hint numeric, resource_hints jsonb,
                    constraints jsonb, tags text[], input jsonb, field_hashes bytea, demand text,
                    retention_key text)
            ), way AS MATERIALIZED (
                SELECT (:at_once AND (
                           SELECT true FROM task_order
                            WHERE tenant_id = current_tenant() AND started_run_no < run_no AND finished_at IS NULL
                              AND start_due_at <= now()
                            ORDER BY priority DESC, created_at, task_id
                            LIMIT 1) IS NULL)::int AS claims
            ), born AS (
                INSERT INTO task_order (task_id, env, idempotency_key, project_id, external_ref, task_type,
                       task_category, description, priority, timeout_ms, max_total_cost, currency,
                       business_value_hint, resource_hints, constraints, tags, input, field_hashes, demand,
                       retention_key, policy_version, traceparent, start_claims, start_due_at)
                SELECT task_id, env, idempotency_key, project_id, external_ref, task_type, task_category, description,
                       priority, timeout_ms, max_total_cost, currency, business_value_hint, resource_hints,
                       constraints, tags, input, field_hashes, demand, retention_key, :policy, :traceparent,
                       claims, now() + claims * :claim_seconds * interval '1 second'
                  FROM wanted, way
                 ORDER BY env COLLATE "C", idempotency_key COLLATE "C", position
                ON CONFLICT ON CONSTRAINT task_order_idempotency_key DO NOTHING
                RETURNING task_id, created_at, tags, priority, start_claims
            ), tagged AS (
                INSERT INTO task_tag (tag, task_id) SELECT DISTINCT unnest(tags), task_id FROM born
            ), told AS (
                INSERT INTO task_event (object_type, object_id, type, actor, data)
                SELECT 'task_order', task_id, 'task_order.created', :actor, jsonb_build_object('priority', priority)
                  FROM born
            )
            SELECT task_id, created_at, start_claims > 0 AS claimed FROM born
            """;

    private static final String BY_KEYS = """
            SELECT encode(field_hashes, 'hex') AS hashes, %s
              FROM task_order o
             WHERE o.tenant_id = current_tenant()
               AND (o.env, o.idempotency_key) IN (
                   SELECT w.env, w.idempotency_key FROM jsonb_to_recordset(:keys::jsonb)
                       AS w(env text, idempotency_key text))
            """.formatted(TaskOrderRows.COLUMNS);

    private record Key(String env, String idempotency_key) {
        static Key of(TaskOrderSpec spec) {
            return new Key(spec.env(), spec.idempotencyKey());
        }
    }

    /** @param claimed whether this process is to start it at once */
    private record Born(Instant createdAt, boolean claimed) {}

    /** An order that was there before, and in which fields the wanted one differs from it as it was created. */
    private record Existing(TaskOrder order, String hashes) {
        List<String> differing(TaskOrderSpec wanted) {
            return FieldHashes.differing(HexFormat.of().parseHex(hashes), wanted);
        }
    }

    private final TenantTransactions transactions;
    private final JdbcClient jdbc;
    private final Policies policies;
    private final CreationPolicy rules;
    private final CreationPool pool;
    private final Dispatch dispatch;

    /** The ways of new orders to the dispatcher: the short one for an order alone, the table for all else. */
    record Dispatch(StartAtOnce atOnce, DispatchSignal signal) {}

    OrderCreation(
            TenantTransactions transactions,
            JdbcClient jdbc,
            Policies policies,
            Routes routes,
            PoolCheck pool,
            Dispatch dispatch) {
        this.transactions = transactions;
        this.jdbc = jdbc;
        this.policies = policies;
        this.rules = new CreationPolicy(routes);
        this.pool = new CreationPool(pool);
        this.dispatch = dispatch;
    }

    List<CreateResult> create(List<TaskOrderSpec> specs, Caller caller) {
        ActivePolicy policy = policies.active();
        List<NewOrder> orders = new ArrayList<>(specs.size());
        for (TaskOrderSpec spec : specs) {
            orders.add(new NewOrder(
                    orders.size(), UuidCreator.getTimeOrderedEpochPlus1(), spec, rules.refusal(spec, policy.policy())));
        }
        return transactions.in(() -> create(pool.judged(orders), policy, caller));
    }

    private List<CreateResult> create(List<NewOrder> orders, ActivePolicy policy, Caller caller) {
        TenantId tenant = TenantContext.required();
        Optional<StartAtOnce.Place> place = placeFor(orders);
        Map<UUID, Born> born = insert(orders, policy, caller, place.isPresent());
        if (!born.isEmpty()) {
            place.filter(taken -> born.values().stream().allMatch(Born::claimed))
                    .ifPresentOrElse(
                            taken ->
                                    transactions.afterCommit(() -> taken.start(claimed(tenant, orders.get(0), caller))),
                            () -> transactions.afterCommit(
                                    () -> dispatch.signal().startsDue(tenant)));
        }
        List<NewOrder> rest = orders.stream()
                .filter(order -> !born.containsKey(order.taskId()))
                .toList();
        Map<Key, Existing> existing = rest.isEmpty() ? Map.of() : findByKeys(rest);
        List<CreateResult> results = new ArrayList<>(orders.size());
        for (NewOrder order : orders) {
            Born made = born.get(order.taskId());
            results.add(
                    made == null
                            ? answerWithoutCreating(order, existing)
                            : new CreateResult.Created(created(tenant, order, made.createdAt(), policy, caller)));
        }
        return results;
    }

    private Optional<StartAtOnce.Place> placeFor(List<NewOrder> orders) {
        if (orders.size() != 1 || orders.get(0).refusal() != null) {
            return Optional.empty();
        }
        Optional<StartAtOnce.Place> place = dispatch.atOnce().place();
        place.ifPresent(taken -> transactions.afterCompletion(taken::close));
        return place;
    }

    private static StartDue claimed(TenantId tenant, NewOrder order, Caller caller) {
        TaskOrderSpec spec = order.spec();
        return new StartDue(
                tenant,
                order.taskId(),
                1,
                spec.env(),
                spec.idempotencyKey(),
                spec.projectId(),
                spec.taskType(),
                spec.priority(),
                spec.externalRef(),
                spec.description(),
                caller.traceparent(),
                false);
    }

    private static CreateResult answerWithoutCreating(NewOrder order, Map<Key, Existing> existing) {
        Existing found = existing.get(Key.of(order.spec()));
        if (found == null) {
            if (order.refusal() == null) {
                throw new IllegalStateException("order " + order.taskId() + " was neither created nor there before");
            }
            return order.refusal();
        }
        List<String> differing = found.differing(order.spec());
        return differing.isEmpty() ? new CreateResult.Replayed(found.order()) : new CreateResult.KeyReused(differing);
    }

    private Map<UUID, Born> insert(List<NewOrder> orders, ActivePolicy policy, Caller caller, boolean atOnce) {
        List<NewOrder.Columns> rows = orders.stream()
                .filter(order -> order.refusal() == null)
                .map(order -> order.columns(policy))
                .toList();
        Map<UUID, Born> born = new HashMap<>();
        if (!rows.isEmpty()) {
            jdbc.sql(INSERT)
                    .param("orders", Json.write(rows))
                    .param("policy", policy.version())
                    .param("traceparent", caller.traceparent(), java.sql.Types.VARCHAR)
                    .param("actor", caller.actor())
                    .param("at_once", atOnce)
                    .param("claim_seconds", DispatchQueue.CLAIM_SECONDS)
                    .query(row -> {
                        Instant createdAt = row.getObject("created_at", OffsetDateTime.class)
                                .toInstant();
                        born.put(row.getObject("task_id", UUID.class), new Born(createdAt, row.getBoolean("claimed")));
                    });
        }
        return born;
    }

    private Map<Key, Existing> findByKeys(List<NewOrder> orders) {
        List<Key> keys = orders.stream().map(order -> Key.of(order.spec())).toList();
        Map<Key, Existing> found = new HashMap<>();
        jdbc.sql(BY_KEYS).param("keys", Json.write(keys)).query(row -> {
            TaskOrder order = TaskOrderRows.order(row, 0);
            found.put(Key.of(order.spec()), new Existing(order, row.getString("hashes")));
        });
        return found;
    }

    private static TaskOrder created(
            TenantId tenant, NewOrder order, Instant createdAt, ActivePolicy policy, Caller caller) {
        TaskOrderState state = new TaskOrderState(
                Status.PENDING,
                createdAt,
                null,
                null,
                null,
                null,
                null,
                1,
                createdAt,
                List.of(),
                policy.name(),
                null,
                null,
                caller.traceparent());
        return new TaskOrder(tenant, order.taskId(), order.spec(), state);
    }
}
