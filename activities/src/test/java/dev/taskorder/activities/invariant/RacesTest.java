package dev.taskorder.activities.invariant;

import static dev.taskorder.activities.testing.Orders.anOrder;
import static org.assertj.core.api.Assertions.assertThat;

import dev.taskorder.activities.execution.AttemptStore.Begun;
import dev.taskorder.activities.maintenance.DueWork;
import dev.taskorder.activities.matching.UnservedHeads;
import dev.taskorder.activities.tenant.TenantTransactions;
import dev.taskorder.activities.testing.Application;
import dev.taskorder.activities.testing.Race;
import dev.taskorder.activities.testing.Tenant;
import dev.taskorder.api.asset.AssetSpec;
import dev.taskorder.api.asset.AssetStatus;
import dev.taskorder.api.asset.Assets;
import dev.taskorder.api.execution.ExecutionResult;
import dev.taskorder.api.lease.Lease;
import dev.taskorder.api.lease.LeaseRelease;
import dev.taskorder.api.matching.MatchTrigger;
import dev.taskorder.api.order.CreateResult;
import dev.taskorder.api.order.OrderSteps.How;
import dev.taskorder.api.order.TaskOrder;
import dev.taskorder.api.order.TaskOrderSpec;
import dev.taskorder.api.order.Verdict;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * Sixteen workers of two processes grant, release, exchange, revoke, expire, cancel, retire and lower at once, and somebody looks
 * at the invariants all the time: there is no moment at which one does not hold.
 */
class RacesTest {
    private static final int WORKERS = 16;
    private static final int TURNS = 5;
    private static final int BURSTS = 8;
    private static final int CAPACITY = 3;

    private final Tenant tenant = Tenant.fresh();
    private final Map<UUID, TaskOrder> orders = new ConcurrentHashMap<>();
    private int assets;

    @Test
    void on_one_asset() throws Exception {
        race(1);
    }

    @Test
    void on_fifty_assets() throws Exception {
        race(50);
    }

    private void race(int count) throws Exception {
        assets = count;
        for (int asset = 0; asset < assets; asset++) {
            put(tenant, asset, AssetStatus.AVAILABLE, CAPACITY);
        }
        try (Application other = new Application(10)) {
            for (int burst = 0; burst < BURSTS; burst++) {
                race(List.of(Application.shared(), other), burst);
                assertThat(violations())
                        .as("when all is quiet after burst %s", burst)
                        .isEmpty();
                assertThat(one("SELECT count(*) FROM match_wanted")).isZero();
            }
        }
        everybodyEnds();
        assertThat(violations()).isEmpty();
        assertThat(one("SELECT count(*) FROM task_order WHERE finished_at IS NULL"))
                .isZero();
        assertThat(one("SELECT count(*) FROM lease WHERE state = 'ACTIVE'")).isZero();
        assertThat(one("SELECT count(*) FROM lease WHERE state = 'REVOKED'")).isPositive();
        assertThat(one("SELECT count(*) FROM lease WHERE state = 'EXPIRED'")).isPositive();
        assertThat(one("SELECT count(*) FROM lease WHERE exchanged AND state = 'RELEASED'"))
                .isPositive();
        assertThat(mostAtOnce()).isLessThanOrEqualTo(CAPACITY);
    }

    private void race(List<Application> processes, int burst) throws Exception {
        AtomicInteger atWork = new AtomicInteger(WORKERS);
        List<Integer> done = Race.of(WORKERS + 1, runner -> () -> {
            if (runner == WORKERS) {
                return looksWhile(() -> atWork.get() > 0);
            }
            try {
                return work(tenant.in(processes.get(runner % 2)), new Random(100L * burst + runner));
            } finally {
                atWork.decrementAndGet();
            }
        });
        assertThat(done.get(WORKERS)).as("looks while they raced").isPositive();
    }

    private int work(Tenant here, Random random) {
        for (int turn = 0; turn < TURNS; turn++) {
            int dice = random.nextInt(14);
            if (dice < 4) {
                create(here, random);
            } else if (dice < 8) {
                advance(here, any(here, random), ExecutionResult.of("OK", null));
            } else if (dice < 10) {
                advance(here, any(here, random), ExecutionResult.of("BANNED", null));
            } else if (dice == 10) {
                revoke(here, any(here, random));
            } else if (dice == 11) {
                expire(here, any(here, random));
            } else if (dice == 12) {
                cancel(here, any(here, random));
            } else {
                change(here, random);
            }
        }
        return TURNS;
    }

    private void create(Tenant here, Random random) {
        TaskOrderSpec spec = anOrder()
                .wanting("RAW_NET", null, 1 + random.nextInt(Math.min(assets, 3)))
                .priority(random.nextInt(100))
                .spec();
        if (here.create(List.of(spec)).get(0) instanceof CreateResult.Created created) {
            orders.put(created.order().taskId(), created.order());
            here.admitted(created.order());
        }
    }

    /** As its workflow would, and the executor that it finds. */
    private static void advance(Tenant here, @Nullable TaskOrder order, ExecutionResult result) {
        if (order == null || !(here.proceed(order) instanceof Verdict.Execute execute)) {
            return;
        }
        if (here.begin(order, execute.attempt()) instanceof Begun.Run run) {
            here.complete(order, execute.attempt(), run.request().attemptToken(), result);
            here.concluded(order, execute.attempt(), How.ANSWERED);
        }
    }

    private void revoke(Tenant here, @Nullable TaskOrder order) {
        if (order == null) {
            return;
        }
        here.leases(order.taskId()).stream()
                .filter(lease -> lease.state() == Lease.State.ACTIVE)
                .findFirst()
                .ifPresent(lease -> here.as(() ->
                        here.bean(LeaseRelease.class).release(lease.leaseId(), lease.fencingToken(), Tenant.CALLER)));
        wakeSlots(here);
    }

    /** As if its deadline had passed a minute ago and nobody had settled it. */
    private void expire(Tenant here, @Nullable TaskOrder order) {
        if (order == null) {
            return;
        }
        // of an order that runs, and in one statement: leases outlive the deadline
        here.sql(jdbc -> jdbc.sql("""
                WITH late AS (
                    UPDATE task_order SET deadline = now() - interval '66 seconds'
                     WHERE task_id = :task AND status = 'RUNNING'
                    RETURNING task_id
                )
                UPDATE lease SET expires_at = now() - interval '6 seconds' WHERE task_id IN (SELECT task_id FROM late)
                """).param("task", order.taskId()).update());
        here.as(() -> {
            here.bean(DueWork.class).expireLeases();
            return true;
        });
        if (here.proceed(order) instanceof Verdict.Execute execute) {
            here.concluded(order, execute.attempt(), How.ABANDONED);
        }
        wakeSlots(here);
    }

    /** What rests has rested. */
    private void wakeSlots(Tenant here) {
        here.sql(jdbc -> jdbc.sql("""
                UPDATE asset_slot SET rests_until = now()
                 WHERE (asset_id, slot_no) IN (SELECT asset_id, slot_no FROM asset_slot WHERE rests_until > now()
                                                ORDER BY asset_id, slot_no FOR UPDATE SKIP LOCKED)
                """).update());
        here.as(() -> {
            here.bean(DueWork.class).wakeRestedSlots();
            return true;
        });
    }

    private static void cancel(Tenant here, @Nullable TaskOrder order) {
        if (order != null) {
            here.cancel(order.taskId());
            here.proceed(order);
        }
    }

    private void change(Tenant here, Random random) {
        int asset = random.nextInt(assets);
        switch (random.nextInt(3)) {
            case 0 -> put(here, asset, AssetStatus.RETIRED, CAPACITY);
            case 1 -> put(here, asset, AssetStatus.BANNED, CAPACITY);
            default -> put(here, asset, AssetStatus.AVAILABLE, 1 + random.nextInt(CAPACITY));
        }
        put(here, asset, AssetStatus.AVAILABLE, CAPACITY);
    }

    private static void put(Tenant here, int asset, AssetStatus status, int capacity) {
        AssetSpec spec = new AssetSpec(
                "ip-" + asset,
                "prod",
                "RAW_NET",
                "ip",
                Map.of(),
                status,
                null,
                capacity,
                BigDecimal.ONE,
                "USD",
                null,
                null);
        here.as(() -> here.bean(Assets.class).put(List.of(spec), Tenant.CALLER));
    }

    /** One of the few that others are after as well: of those that run, if there are any. */
    private @Nullable TaskOrder any(Tenant here, Random random) {
        List<UUID> open = here.sql(jdbc -> jdbc.sql("""
                SELECT task_id FROM task_order WHERE finished_at IS NULL ORDER BY status <> 'RUNNING', task_id LIMIT 4
                """).query(UUID.class).list());
        return open.isEmpty() ? null : orders.get(open.get(random.nextInt(open.size())));
    }

    private int looksWhile(BooleanSupplier theyRace) {
        int looks = 0;
        while (theyRace.getAsBoolean()) {
            assertThat(violations()).isEmpty();
            looks++;
        }
        return looks;
    }

    /** Also of orders that wait since a moment only. */
    private List<Violation> violations() {
        Application app = Application.shared();
        JdbcInvariants invariants = new JdbcInvariants(
                app.bean(TenantTransactions.class),
                app.bean(JdbcClient.class),
                app.bean(UnservedHeads.class),
                app.bean(MatchTrigger.class),
                Duration.ZERO);
        return tenant.as(invariants::violations);
    }

    private void everybodyEnds() {
        for (TaskOrder order : orders.values()) {
            cancel(tenant, order);
        }
    }

    /** Of any asset, over the times [acquired_at, released_at) of its leases. */
    private long mostAtOnce() {
        return one("""
                SELECT max(held) FROM (
                    SELECT sum(step) OVER (PARTITION BY asset_id ORDER BY at, step) AS held
                      FROM (SELECT asset_id, acquired_at AS at, 1 AS step FROM lease
                            UNION ALL
                            SELECT asset_id, released_at, -1 FROM lease) steps) sweep
                """);
    }

    private long one(String question) {
        return tenant.sql(jdbc -> jdbc.sql(question).query(Long.class).single());
    }
}
