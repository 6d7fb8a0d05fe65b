package dev.taskorder.activities.order;

import com.github.f4b6a3.uuid.UuidCreator;
import dev.taskorder.activities.dispatch.DispatchSignal;
import dev.taskorder.activities.dispatch.StartAtOnce;
import dev.taskorder.activities.dispatch.StartDue;
import dev.taskorder.activities.json.Json;
import dev.taskorder.activities.order.OrderInsert.Born;
import dev.taskorder.activities.order.OrderInsert.Manner;
import dev.taskorder.activities.order.OrderInsert.Origin;
import dev.taskorder.activities.order.OrderInsert.Parts;
import dev.taskorder.activities.tenant.TenantTransactions;
import dev.taskorder.api.matching.PoolCheck;
import dev.taskorder.api.order.Chain;
import dev.taskorder.api.order.CreateResult;
import dev.taskorder.api.order.CreateResult.QuotaExceeded;
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
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * Creates orders, any number of them in one way, so that the single call and the batch cannot differ. A repeat is found by the
 * unique key and never refused for policy, quota or pool.
 */
final class OrderCreation {
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
    private final boolean limited;
    private final OpenOrders open;
    private final OrderInsert insert;
    private final Dispatch dispatch;

    /** The ways of new orders to the dispatcher: the short one for an order alone, the table for all else. */
    record Dispatch(StartAtOnce atOnce, DispatchSignal signal) {}

    /**
     * What decides whether an order may be created.
     *
     * @param quotas whether those of the policy are in force
     */
    record Checks(Policies policies, Routes routes, PoolCheck pool, boolean quotas) {}

    OrderCreation(TenantTransactions transactions, JdbcClient jdbc, Checks checks, Dispatch dispatch) {
        this.transactions = transactions;
        this.jdbc = jdbc;
        this.policies = checks.policies();
        this.rules = new CreationPolicy(checks.routes());
        this.pool = new CreationPool(checks.pool());
        this.limited = checks.quotas();
        this.open = new OpenOrders(jdbc);
        this.insert = new OrderInsert(jdbc);
        this.dispatch = dispatch;
    }

    List<CreateResult> create(List<TaskOrderSpec> specs, Caller caller, Chain chain) {
        ActivePolicy policy = policies.active();
        List<NewOrder> orders = new ArrayList<>(specs.size());
        for (TaskOrderSpec spec : specs) {
            orders.add(new NewOrder(
                    orders.size(), UuidCreator.getTimeOrderedEpochPlus1(), spec, rules.refusal(spec, policy.policy())));
        }
        return Stream.of(Parts.values())
                .map(parts ->
                        transactions.in(() -> create(pool.judged(orders), new Origin(policy, caller, chain), parts)))
                .flatMap(Optional::stream)
                .findFirst()
                .orElseThrow();
    }

    /**
     * Nothing is created and nothing returned if none of the parts has room for all orders but there is room for some.
     */
    private Optional<List<CreateResult>> create(List<NewOrder> orders, Origin origin, Parts parts) {
        if (parts == Parts.OWN_WAITED_FOR) {
            open.lockOwn();
        }
        TenantId tenant = TenantContext.required();
        Optional<StartAtOnce.Place> place = placeFor(orders);
        long openLimit = limited ? origin.policy().policy().quotas().openOrders() : OpenOrders.UNLIMITED;
        Manner manner = new Manner(origin, openLimit, place.isPresent());
        Optional<Made> all =
                parts == Parts.ALL ? Optional.of(madeOneByOne(orders, manner)) : made(orders, manner, parts);
        return all.map(made -> {
            if (!made.born().isEmpty()) {
                place.filter(taken -> made.born().values().stream().allMatch(Born::claimed))
                        .ifPresentOrElse(
                                taken -> transactions.afterCommit(
                                        () -> taken.start(claimed(tenant, orders.get(0), manner))),
                                () -> transactions.afterCommit(
                                        () -> dispatch.signal().startsDue(tenant)));
            }
            return orders.stream()
                    .map(order -> result(tenant, order, made, manner))
                    .toList();
        });
    }

    private static CreateResult result(TenantId tenant, NewOrder order, Made made, Manner manner) {
        Born born = made.born().get(order.taskId());
        return born == null
                ? answerWithoutCreating(order, made)
                : new CreateResult.Created(created(tenant, order, born.createdAt(), manner.origin()));
    }

    /**
     * What became of orders.
     *
     * @param full why there is no room for one that is neither new nor was there before; null if all had room
     */
    private record Made(
            Map<UUID, Born> born,
            Map<Key, Existing> existing,
            @Nullable QuotaExceeded full) {
        List<NewOrder> without(List<NewOrder> orders) {
            return orders.stream()
                    .filter(order -> !born.containsKey(order.taskId()))
                    .toList();
        }
    }

    /** All that may be, at once; nothing if no part of the usage has room for all although there is some. */
    private Optional<Made> made(List<NewOrder> orders, Manner manner, Parts parts) {
        Made made = new Made(insert.into(parts, allowed(orders), manner), Map.of(), null);
        List<NewOrder> rest = made.without(orders);
        if (rest.isEmpty()) {
            return Optional.of(made);
        }
        Map<Key, Existing> existing = findByKeys(rest);
        boolean refusesNone =
                missing(rest, existing).stream().allMatch(order -> order.refusal() instanceof CreateResult.NotAllowed);
        if (refusesNone) {
            return Optional.of(new Made(made.born(), existing, null));
        }
        long count = open.count();
        // looked up after the count: who took the last place with a key is then seen by who repeats it
        Map<Key, Existing> now = findByKeys(rest);
        boolean unplaced = !missing(allowed(rest), now).isEmpty();
        return unplaced && count < manner.openLimit()
                ? Optional.empty()
                : Optional.of(new Made(made.born(), now, full(count, manner)));
    }

    /** Those that there is room for, the first before the others. */
    private Made madeOneByOne(List<NewOrder> orders, Manner manner) {
        long count = open.lockAndCount();
        Map<Key, NewOrder> firsts = new LinkedHashMap<>();
        missing(allowed(orders), findByKeys(orders)).forEach(order -> firsts.putIfAbsent(Key.of(order.spec()), order));
        List<NewOrder> fitting = firsts.values().stream()
                .limit(Math.max(0, manner.openLimit() - count))
                .toList();
        Map<UUID, Born> born = insert.into(Parts.ALL, fitting, manner);
        open.shareOut(manner.openLimit());
        return new Made(born, findByKeys(orders), full(count + born.size(), manner));
    }

    private static @Nullable QuotaExceeded full(long count, Manner manner) {
        return count < manner.openLimit() ? null : new QuotaExceeded(manner.openLimit(), count);
    }

    private static List<NewOrder> allowed(List<NewOrder> orders) {
        return orders.stream().filter(order -> order.refusal() == null).toList();
    }

    private static List<NewOrder> missing(List<NewOrder> orders, Map<Key, Existing> existing) {
        return orders.stream()
                .filter(order -> !existing.containsKey(Key.of(order.spec())))
                .toList();
    }

    private Optional<StartAtOnce.Place> placeFor(List<NewOrder> orders) {
        if (orders.size() != 1 || orders.get(0).refusal() != null) {
            return Optional.empty();
        }
        Optional<StartAtOnce.Place> place = dispatch.atOnce().place();
        place.ifPresent(taken -> transactions.afterCompletion(taken::close));
        return place;
    }

    private static StartDue claimed(TenantId tenant, NewOrder order, Manner manner) {
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
                manner.origin().caller().traceparent(),
                manner.origin().policy().policy().weight(),
                false);
    }

    private static CreateResult answerWithoutCreating(NewOrder order, Made made) {
        Existing found = made.existing().get(Key.of(order.spec()));
        if (found != null) {
            List<String> differing = found.differing(order.spec());
            return differing.isEmpty()
                    ? new CreateResult.Replayed(found.order())
                    : new CreateResult.KeyReused(differing);
        }
        // the quota is looked at after the policy, and before the pool
        if (made.full() != null && !(order.refusal() instanceof CreateResult.NotAllowed)) {
            return made.full();
        }
        if (order.refusal() == null) {
            throw new IllegalStateException("order " + order.taskId() + " was neither created nor there before");
        }
        return order.refusal();
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

    private static TaskOrder created(TenantId tenant, NewOrder order, Instant createdAt, Origin origin) {
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
                origin.policy().name(),
                null,
                null,
                null,
                origin.caller().traceparent(),
                origin.chain());
        return new TaskOrder(tenant, order.taskId(), order.spec(), state);
    }
}
