package dev.taskorder.activities.order;

import static dev.taskorder.activities.testing.Orders.anOrder;
import static org.assertj.core.api.Assertions.assertThat;

import dev.taskorder.activities.maintenance.Due;
import dev.taskorder.activities.maintenance.DueWork;
import dev.taskorder.activities.testing.Application;
import dev.taskorder.activities.testing.Orders;
import dev.taskorder.activities.testing.Race;
import dev.taskorder.activities.testing.Tenant;
import dev.taskorder.activities.testing.TestDatabase;
import dev.taskorder.api.execution.ExecutionResult;
import dev.taskorder.api.order.OrderSteps.How;
import dev.taskorder.api.order.Status;
import dev.taskorder.api.order.TaskOrder;
import dev.taskorder.api.order.Verdict;
import dev.taskorder.api.policy.PolicyAdmin;
import dev.taskorder.api.tenant.Caller;
import dev.taskorder.api.tenant.TenantAdmin;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** {@code on_suspend: cancel}: what is open is cancelled when the tenant is suspended or its time is up. */
class CancelOnSuspendTest {
    private static final Caller OPERATOR = new Caller("operator-7", null);
    private static final int MANY = 60;
    private static final int ALL = 1000;

    private final Tenant tenant = Tenant.fresh();
    private final TenantAdmin admin = tenant.bean(TenantAdmin.class);
    private final DueWork due = tenant.bean(DueWork.class);

    @Test
    void what_is_open_is_cancelled_in_the_name_of_who_suspended_the_tenant() {
        onSuspend("cancel");
        tenant.asset("ip", "RAW_NET", "ip", 1, "1");
        TaskOrder running = tenant.running(anOrder().wanting("RAW_NET", null, 1));
        TaskOrder waiting = tenant.waiting(anOrder().wanting("RAW_NET", null, 1));
        TaskOrder pending = tenant.created(anOrder().spec());
        TaskOrder over = tenant.finish(tenant.running(anOrder()));
        assertThat(isDue()).isFalse();

        suspend();
        assertThat(isDue()).isTrue();
        cancelSome(ALL);

        assertThat(isDue()).isFalse();
        assertThat(tenant.statusOf(pending)).isEqualTo(Status.CANCELLED);
        assertThat(tenant.proceed(waiting)).isEqualTo(new Verdict.Over("CANCELLED"));
        tenant.answered(running, 1, ExecutionResult.of("CANCELLED", "stopped"));
        assertThat(tenant.concluded(running, 1, How.ANSWERED)).isEqualTo(new Verdict.Over("CANCELLED"));
        assertThat(tenant.leases(running.taskId())).allMatch(lease -> lease.releasedAt() != null);
        assertThat(tenant.statusOf(over)).isEqualTo(Status.SUCCESS);
        assertThat(List.of(running, waiting, pending)).allSatisfy(order -> {
            assertThat(askedBy(order)).isEqualTo("operator-7: the tenant was suspended");
            assertThat(tenant.find(order.taskId()).state().resultMessage()).contains("the tenant was suspended");
        });
        assertThat(signals()).isEqualTo(2);
    }

    @Test
    void an_order_between_two_attempts_is_cancelled_too() {
        onSuspend("cancel");
        TaskOrder order = tenant.running(anOrder());
        tenant.answered(order, 1, ExecutionResult.of("RETRYABLE", null));
        tenant.concluded(order, 1, How.ANSWERED);
        suspend();
        cancelSome(ALL);
        assertThat(tenant.proceed(order)).isEqualTo(new Verdict.Over("CANCELLED"));
    }

    @Test
    void what_is_open_when_the_time_is_up_is_cancelled_in_the_name_of_the_system() {
        onSuspend("cancel");
        TaskOrder order = tenant.created(anOrder().spec());
        expireAt(now().plusSeconds(3600));
        assertThat(isDue()).isFalse();
        assertThat(cancelSome(ALL)).isFalse();
        assertThat(tenant.statusOf(order)).isEqualTo(Status.PENDING);

        expireAt(now().minusSeconds(1));
        assertThat(isDue()).isTrue();
        cancelSome(ALL);

        assertThat(tenant.statusOf(order)).isEqualTo(Status.CANCELLED);
        assertThat(askedBy(order)).isEqualTo("system: the tenant has expired");
    }

    @Test
    void under_finish_nothing_is_due_and_nothing_cancelled() {
        TaskOrder order = tenant.created(anOrder().spec());
        suspend();
        expireAt(now().minusSeconds(1));
        assertThat(isDue()).isFalse();
        cancelSome(ALL);
        assertThat(tenant.statusOf(order)).isEqualTo(Status.PENDING);
    }

    @Test
    void another_process_goes_on_where_one_stopped_and_an_activation_stops_it() {
        onSuspend("cancel");
        List<TaskOrder> orders = many();
        suspend();
        assertThat(cancelSome(20)).isTrue();
        assertThat(cancelled(orders)).isEqualTo(20);
        try (Application other = new Application(4)) {
            Tenant there = tenant.in(other);
            assertThat(there.as(() -> other.bean(DueWork.class).cancelOpenOrders(20)))
                    .isTrue();
        }
        assertThat(cancelled(orders)).isEqualTo(40);

        tenant.as(() -> admin.activate(null, OPERATOR));

        assertThat(isDue()).isFalse();
        assertThat(cancelSome(20)).isFalse();
        assertThat(cancelled(orders)).isEqualTo(40);
        suspend();
        while (cancelSome(20)) {
            assertThat(cancelled(orders)).isGreaterThan(40);
        }
        assertThat(cancelled(orders)).isEqualTo(MANY);
    }

    @Test
    void a_policy_that_comes_into_force_after_the_suspension_counts_at_once() {
        List<TaskOrder> orders = many();
        suspend();
        assertThat(isDue()).isFalse();
        onSuspend("cancel");
        assertThat(isDue()).isTrue();
        cancelSome(20);
        onSuspend("finish");
        assertThat(isDue()).isFalse();
        cancelSome(20);
        assertThat(cancelled(orders)).isEqualTo(20);
    }

    @Test
    void whoever_cancels_at_the_same_moment_each_order_is_cancelled_once() throws Exception {
        onSuspend("cancel");
        tenant.asset("ip", "RAW_NET", "ip", MANY, "1");
        List<TaskOrder> running = IntStream.range(0, MANY)
                .mapToObj(i -> tenant.running(anOrder().wanting("RAW_NET", null, 1)))
                .toList();
        List<TaskOrder> pending = many();
        suspend();
        try (Application other = new Application(8)) {
            Race.of(8, runner -> () -> {
                Tenant here = runner % 2 == 0 ? tenant : tenant.in(other);
                boolean more = true;
                while (more) {
                    more = here.as(() -> here.bean(DueWork.class).cancelOpenOrders(20));
                }
                return true;
            });
        }
        cancelSome(ALL);
        assertThat(cancelled(pending)).isEqualTo(MANY);
        assertThat(running)
                .allSatisfy(order -> assertThat(tenant.events(order)).containsOnlyOnce("task_order.updated"));
        assertThat(signals()).isEqualTo(MANY);
        assertThat(isDue()).isFalse();
    }

    @Test
    void no_order_is_cancelled_once_the_activation_was_answered() throws Exception {
        onSuspend("cancel");
        for (int round = 0; round < 10; round++) {
            List<TaskOrder> orders = many();
            suspend();
            List<Long> counts = Race.of(4, runner -> () -> {
                if (runner == 0) {
                    tenant.as(() -> admin.activate(null, OPERATOR));
                    return cancelled(orders);
                }
                cancelSome(ALL);
                return 0L;
            });
            assertThat(cancelled(orders)).isEqualTo(counts.get(0));
            orders.forEach(order -> tenant.cancel(order.taskId()));
        }
    }

    @Test
    void an_order_of_a_process_that_had_not_heard_of_the_suspension_is_cancelled_a_minute_later() {
        onSuspend("cancel");
        TaskOrder late = tenant.waiting(bannedOnly());
        suspend();
        cancelSome(ALL);
        assertThat(lookedAtAgainInSeconds()).isBetween(50L, 60L);
        change(
                "UPDATE task_order SET cancel_requested_at = NULL, task_version = task_version + 1 WHERE tenant_id = :t");
        change("UPDATE tenant SET suspended_at = suspended_at - interval '1 minute', cancels_at = now() "
                + "WHERE tenant_id = :t");
        assertThat(isDue()).isTrue();

        cancelSome(ALL);

        assertThat(tenant.proceed(late)).isEqualTo(new Verdict.Over("CANCELLED"));
        assertThat(lookedAtAgainInSeconds()).isNull();
    }

    private Orders bannedOnly() {
        tenant.bannedAsset("away", "RAW_NET", "ip");
        return anOrder().wanting("RAW_NET", "ip", 1);
    }

    private List<TaskOrder> many() {
        return IntStream.range(0, MANY)
                .mapToObj(i -> tenant.created(anOrder().spec()))
                .toList();
    }

    private long cancelled(List<TaskOrder> orders) {
        return orders.stream()
                .filter(order -> tenant.statusOf(order) == Status.CANCELLED)
                .count();
    }

    private void onSuspend(String what) {
        PolicyAdmin policies = tenant.bean(PolicyAdmin.class);
        tenant.as(() -> policies.activate(
                policies.add(policies.filled(Map.of("on_suspend", what))).number(), OPERATOR));
    }

    private void suspend() {
        tenant.as(() -> admin.suspend("unpaid", OPERATOR));
    }

    private void expireAt(Instant when) {
        tenant.as(() -> admin.put("Acme", when, OPERATOR));
    }

    private static Instant now() {
        return Clock.systemUTC().instant();
    }

    private boolean cancelSome(int max) {
        return tenant.as(() -> due.cancelOpenOrders(max));
    }

    private boolean isDue() {
        return due.look().stream()
                .anyMatch(one -> one.kind() == Due.Kind.CANCELS && one.tenant().equals(tenant.id()));
    }

    private String askedBy(TaskOrder order) {
        return tenant.sql(jdbc -> jdbc.sql(
                        "SELECT cancel_requested_by || ': ' || cancel_reason FROM task_order WHERE task_id = :task")
                .param("task", order.taskId())
                .query(String.class)
                .single());
    }

    private long signals() {
        return tenant.sql(jdbc -> jdbc.sql("SELECT count(*) FROM outbox WHERE signal = 'cancel'")
                .query(Long.class)
                .single());
    }

    private @Nullable Long lookedAtAgainInSeconds() {
        return tenant.sql(jdbc -> jdbc.sql("SELECT extract(epoch FROM cancels_at - now())::bigint FROM tenant")
                .query(Long.class)
                .list()
                .get(0));
    }

    private void change(String statement) {
        TestDatabase.get()
                .superuser()
                .sql(statement)
                .param("t", tenant.id().value())
                .update();
    }
}
