package dev.taskorder.activities.maintenance;

import dev.taskorder.activities.asset.CoolDowns;
import dev.taskorder.activities.budget.BudgetTurns;
import dev.taskorder.activities.ledger.Bill;
import dev.taskorder.activities.ledger.LeasePrice;
import dev.taskorder.activities.ledger.Postings;
import dev.taskorder.activities.order.CancelOnSuspend;
import dev.taskorder.activities.policy.PolicyVersions;
import dev.taskorder.activities.tenant.SystemTransactions;
import dev.taskorder.activities.tenant.TenantTransactions;
import dev.taskorder.api.matching.MatchTrigger;
import dev.taskorder.api.tenant.TenantId;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.function.Supplier;
import org.springframework.jdbc.core.simple.JdbcClient;

final class JdbcDueWork implements DueWork {
    /**
     * Marks get a second's time: whoever made one is most likely serving it right now. The other spans are those of the
     * policies {@code due_rows}, which show nothing that would be due by shorter ones. A mark that a pause left is due when nothing so
     * strong is in force any more.
     */
    static final String LOOK = """
            SELECT 'DISPATCH' AS kind, tenant_id, NULL AS env FROM task_order
             WHERE started_run_no < run_no AND finished_at IS NULL AND start_due_at <= now()
            UNION
            SELECT 'DISPATCH', tenant_id, NULL FROM outbox WHERE due_at <= now()
            UNION
            SELECT 'MATCH', tenant_id, env FROM match_wanted m
             WHERE marked_at < now() - interval '1 second'
               AND (held_for = 0 OR held_for > (
                    SELECT coalesce(max(CASE p.mode WHEN 'drain' THEN 2 ELSE 1 END), 0)
                      FROM (SELECT mode FROM pause WHERE tenant_id = m.tenant_id AND what = 'orders'
                            UNION ALL
                            SELECT mode FROM pause_of_all WHERE what = 'orders') p))
            UNION
            SELECT 'OVERDUE', tenant_id, NULL FROM task_order
             WHERE status = 'RUNNING' AND finished_at IS NULL AND deadline < now() - interval '60 seconds'
            UNION
            SELECT 'EXPIRED', tenant_id, NULL FROM lease
             WHERE state = 'ACTIVE' AND expires_at < now() - interval '5 seconds'
            UNION
            SELECT 'RESTED', tenant_id, NULL FROM asset_slot WHERE rests_until <= now()
            UNION
            SELECT 'RESTED', tenant_id, NULL FROM asset_slot WHERE reserved_until <= now()
            UNION
            SELECT 'COOLED', tenant_id, NULL FROM asset WHERE cool_until <= now()
            UNION
            SELECT 'TURNED', tenant_id, NULL FROM budget WHERE turns_at <= now()
            UNION
            SELECT 'CANCELS', tenant_id, NULL FROM tenant WHERE cancels_at <= now()
            UNION
            SELECT 'CHECK', tenant_id, NULL FROM task_order
             WHERE finished_at IS NULL AND check_due_at <= now() AND started_run_no = run_no
            UNION
            SELECT 'CLEANS', tenant_id, NULL FROM tenant_seq WHERE cleans_at <= now()
            """;

    /** Each to {@link Backlog#COUNTED_TO}. */
    static final String BACKLOG = """
            SELECT (SELECT count(*) FROM (
                        SELECT FROM task_order
                         WHERE started_run_no < run_no AND finished_at IS NULL AND start_due_at <= now()
                         LIMIT 1000) s) AS starts,
                   (SELECT count(*) FROM (SELECT FROM outbox WHERE due_at <= now() LIMIT 1000) s) AS signals,
                   (SELECT count(*) FROM (
                        SELECT FROM task_order
                         WHERE finished_at IS NULL AND check_due_at <= now() AND started_run_no = run_no
                         LIMIT 1000) s) AS checks,
                   (SELECT count(*) FROM (SELECT FROM task_event WHERE seq IS NULL LIMIT 1000) s) AS events,
                   (SELECT count(*) FROM (SELECT FROM bulk_operation WHERE due_at <= now() LIMIT 1000) s) AS operations
            """;

    /** Only the index of what is to be checked is read, for orders that are over stay for ever. */
    static final String TENANTS_WITH_CHECKS = """
            SELECT DISTINCT tenant_id FROM task_order WHERE finished_at IS NULL AND check_due_at IS NOT NULL
            """;

    static final String TENANTS_WHOSE_BOOKS_MOVED = "SELECT tenant_id FROM books_moved UNION " + TENANTS_WITH_CHECKS;
    /** Orders first and by id, as everyone locks them; one that is held may be settling, and then nothing is left. */
    static final String LOCK_ORDERS_OF_EXPIRED = """
            SELECT o.task_id, o.policy_version,
                   EXISTS (SELECT FROM attempt a
                            WHERE a.tenant_id = o.tenant_id AND a.task_id = o.task_id AND a.state = 'RUNNING') AS at_work,
                   -- what a live attempt was granted is charged or returned when that ends
                   o.status = 'RUNNING' AND NOT EXISTS (
                       SELECT FROM attempt a
                        WHERE a.tenant_id = o.tenant_id AND a.task_id = o.task_id
                          AND a.state IN ('GRANTED', 'RUNNING', 'ANSWERED')) AS returns_money
              FROM task_order o
             WHERE o.tenant_id = current_tenant()
               AND o.task_id IN (SELECT task_id FROM lease
                                  WHERE tenant_id = current_tenant() AND state = 'ACTIVE'
                                    AND expires_at < now() - interval '5 seconds')
             ORDER BY o.task_id
             LIMIT :max
               FOR UPDATE OF o SKIP LOCKED
            """;
    /** Settling ends leases long before this; what is left here has lost its order's end to a fault. */
    private static final String EXPIRE = """
            WITH expired AS (
                UPDATE lease
                   SET state = 'EXPIRED', released_at = greatest(clock_timestamp(), acquired_at)
                 WHERE tenant_id = current_tenant() AND task_id = :task AND state = 'ACTIVE'
                   AND expires_at < now() - interval '5 seconds'
                RETURNING lease_id, asset_id, slot_no, used, unit_cost, held_on, sku_category, sku_code
            ), rested AS (
                UPDATE asset_slot s
                   SET rests_until = clock_timestamp() + :rest_ms * interval '1 millisecond'
                  FROM expired e
                 WHERE s.tenant_id = current_tenant() AND s.asset_id = e.asset_id AND s.slot_no = e.slot_no
                   AND :rest_ms > 0
            ), unbound AS (
                UPDATE task_order o
                   SET lease_ids = ARRAY(SELECT unnest(o.lease_ids) EXCEPT SELECT lease_id FROM expired),
                       task_version = o.task_version + 1, updated_at = clock_timestamp()
                 WHERE o.tenant_id = current_tenant() AND o.task_id = :task AND EXISTS (SELECT FROM expired)
            ), told AS (
                INSERT INTO task_event (object_type, object_id, type, actor, data)
                SELECT 'task_order', :task, 'lease.expired', 'maintenance',
                       jsonb_build_object('lease_id', lease_id, 'asset_id', asset_id)
                  FROM expired
                 ORDER BY lease_id
            ), marked AS (
                INSERT INTO match_wanted (env)
                SELECT DISTINCT a.env FROM asset a
                 WHERE a.tenant_id = current_tenant() AND a.asset_id IN (SELECT asset_id FROM expired)
                RETURNING env
            )
            SELECT a.env, e.used, e.lease_id, e.unit_cost, e.held_on, e.sku_category, e.sku_code
              FROM expired e
              JOIN asset a ON a.tenant_id = current_tenant() AND a.asset_id = e.asset_id
             ORDER BY e.lease_id
            """;

    /** A slot that is held is just being leased or given back, and is found the next time. */
    static final String WAKE_SLOTS = """
            WITH rested AS (
                SELECT asset_id, slot_no FROM asset_slot
                 WHERE tenant_id = current_tenant() AND (rests_until <= now() OR reserved_until <= now())
                   FOR NO KEY UPDATE SKIP LOCKED
            ), woken AS (
                UPDATE asset_slot s
                   SET rests_until = CASE WHEN s.rests_until > now() THEN s.rests_until END,
                       reserved_for = CASE WHEN s.reserved_until > now() THEN s.reserved_for END,
                       reserved_lease = CASE WHEN s.reserved_until > now() THEN s.reserved_lease END,
                       reserved_until = CASE WHEN s.reserved_until > now() THEN s.reserved_until END
                  FROM rested r
                 WHERE s.tenant_id = current_tenant() AND s.asset_id = r.asset_id AND s.slot_no = r.slot_no
                RETURNING s.asset_id
            ), marked AS (
                INSERT INTO match_wanted (env)
                SELECT DISTINCT a.env FROM asset a
                 WHERE a.tenant_id = current_tenant() AND a.asset_id IN (SELECT asset_id FROM woken)
                RETURNING env
            )
            SELECT env FROM marked
            """;

    private static final int EXPIRE_MAX = 100;

    private record Expired(UUID taskId, int policyVersion, boolean atWork, boolean returnsMoney) {}

    private record ExpiredLease(String env, boolean used, LeasePrice price) {}

    /** Whose work is done here when it is due. */
    record Features(
            PolicyVersions policies,
            CoolDowns coolDowns,
            BudgetTurns turns,
            Postings ledger,
            CancelOnSuspend onSuspend,
            CleanUp cleanUp) {}

    private final TenantTransactions transactions;
    private final SystemTransactions system;
    private final JdbcClient jdbc;
    private final MatchTrigger matcher;
    private final PolicyVersions policies;
    private final CoolDowns coolDowns;
    private final BudgetTurns turns;
    private final Postings ledger;
    private final CancelOnSuspend onSuspend;
    private final CleanUp cleanUp;

    JdbcDueWork(
            TenantTransactions transactions,
            SystemTransactions system,
            JdbcClient jdbc,
            MatchTrigger matcher,
            Features features) {
        this.transactions = transactions;
        this.system = system;
        this.jdbc = jdbc;
        this.matcher = matcher;
        this.policies = features.policies();
        this.coolDowns = features.coolDowns();
        this.turns = features.turns();
        this.ledger = features.ledger();
        this.onSuspend = features.onSuspend();
        this.cleanUp = features.cleanUp();
    }

    @Override
    public List<Due> look() {
        return system.in(() -> jdbc.sql(LOOK)
                .query((row, rowNum) -> new Due(
                        Due.Kind.valueOf(row.getString("kind")),
                        new TenantId(row.getString("tenant_id")),
                        row.getString("env")))
                .list());
    }

    @Override
    public Backlog backlog() {
        return system.in(() -> jdbc.sql(BACKLOG)
                .query((row, rowNum) -> new Backlog(
                        row.getInt("starts"),
                        row.getInt("signals"),
                        row.getInt("checks"),
                        row.getInt("events"),
                        row.getInt("operations")))
                .single());
    }

    @Override
    public List<TenantId> tenantsWithChecks() {
        return tenants(TENANTS_WITH_CHECKS);
    }

    @Override
    public List<TenantId> tenantsWhoseBooksMoved() {
        return tenants(TENANTS_WHOSE_BOOKS_MOVED);
    }

    private List<TenantId> tenants(String question) {
        return system.in(() -> jdbc.sql(question)
                .query((row, rowNum) -> new TenantId(row.getString("tenant_id")))
                .list());
    }

    @Override
    public void expireLeases() {
        int orders = 0;
        while (orders < EXPIRE_MAX && expireThoseOfOne()) {
            orders++;
        }
    }

    /** In a transaction of its own, for it locks budgets, which come last. Whether there was one. */
    private boolean expireThoseOfOne() {
        return freeing(() -> jdbc
                .sql(LOCK_ORDERS_OF_EXPIRED)
                .param("max", 1)
                .query((row, rowNum) -> new Expired(
                        row.getObject("task_id", UUID.class),
                        row.getInt("policy_version"),
                        row.getBoolean("at_work"),
                        row.getBoolean("returns_money")))
                .list()
                .stream()
                .flatMap(order -> expire(order).stream())
                .toList());
    }

    /** An attempt that never came to its end may still use what it leased: then the slots rest first. */
    private List<String> expire(Expired order) {
        long restMs = order.atWork()
                ? policies.version(order.policyVersion()).defaults().abandonedSlotMs()
                : 0;
        List<ExpiredLease> leases = jdbc.sql(EXPIRE)
                .param("task", order.taskId())
                .param("rest_ms", restMs)
                .query((row, rowNum) ->
                        new ExpiredLease(row.getString("env"), row.getBoolean("used"), LeasePrice.of(row)))
                .list();
        if (order.returnsMoney()) {
            List<LeasePrice> unused = leases.stream()
                    .filter(lease -> !lease.used())
                    .map(ExpiredLease::price)
                    .toList();
            ledger.post(Bill.of(ledger.lock(order.taskId()).orElseThrow()).expiring(unused));
        }
        return leases.stream().map(ExpiredLease::env).toList();
    }

    @Override
    public void wakeRestedSlots() {
        freeing(() -> jdbc.sql(WAKE_SLOTS).query(String.class).list());
    }

    @Override
    public void endCoolDowns() {
        coolDowns.endDue();
    }

    @Override
    public void turnBudgets() {
        turns.turnDue();
    }

    @Override
    public boolean cancelOpenOrders(int max) {
        return onSuspend.cancelSome(max);
    }

    /** Whether anything was freed. */
    private boolean freeing(Supplier<List<String>> envs) {
        Set<String> freed = Set.copyOf(transactions.in(envs));
        freed.forEach(matcher::run);
        return !freed.isEmpty();
    }

    @Override
    public boolean cleanUp() {
        return cleanUp.removeSome();
    }
}
