package dev.taskorder.activities.order;

import static dev.taskorder.activities.testing.Orders.anOrder;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.taskorder.activities.testing.Application;
import dev.taskorder.activities.testing.Tenant;
import dev.taskorder.activities.testing.TestDatabase;
import dev.taskorder.api.execution.ExecutionResult;
import dev.taskorder.api.explain.Blocker;
import dev.taskorder.api.explain.Explanations;
import dev.taskorder.api.matching.MatchTrigger;
import dev.taskorder.api.order.OrderSteps.How;
import dev.taskorder.api.order.Status;
import dev.taskorder.api.order.TaskOrder;
import dev.taskorder.api.order.TaskOrderChange;
import dev.taskorder.api.order.Verdict;
import dev.taskorder.api.tenant.TenantAdmin;
import dev.taskorder.api.tenant.TenantStatus;
import dev.taskorder.api.tenant.Tenants;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** For a tenant that is suspended or has expired nothing begins; what runs ends as always, and what waits starts when it may. */
class SuspendedTenantTest {
    private final Tenant tenant = Tenant.fresh();
    private final TenantAdmin admin = tenant.bean(TenantAdmin.class);

    @Test
    void no_order_is_granted_anything_until_the_tenant_is_active_again() {
        tenant.asset("ip", "RAW_NET", "ip", 1, "1");
        TaskOrder order = tenant.created(anOrder().wanting("RAW_NET", null, 1).spec());
        suspend();
        assertThat(tenant.admitted(order)).isInstanceOf(Verdict.Await.class);
        look();
        assertThat(statusOf(order)).isEqualTo(Status.QUEUED);
        assertThat(blockers(order)).containsExactly(Blocker.TENANT_SUSPENDED);

        activate();

        assertThat(statusOf(order)).isEqualTo(Status.RUNNING);
        assertThat(tenant.proceed(order)).isInstanceOf(Verdict.Execute.class);
    }

    @Test
    void what_else_stands_in_the_way_is_told_behind_it() {
        tenant.asset("ip", "RAW_NET", "ip", 1, "1");
        tenant.running(anOrder().wanting("RAW_NET", null, 1));
        TaskOrder order = tenant.waiting(anOrder().wanting("RAW_NET", null, 1));
        suspend();
        assertThat(blockers(order)).containsExactly(Blocker.TENANT_SUSPENDED, Blocker.CAPACITY_HELD);
    }

    @Test
    void an_attempt_that_runs_ends_and_is_settled() {
        tenant.asset("ip", "RAW_NET", "ip", 1, "1");
        TaskOrder order = tenant.running(anOrder().wanting("RAW_NET", null, 1));
        suspend();
        tenant.finish(order);
        assertThat(statusOf(order)).isEqualTo(Status.SUCCESS);
        assertThat(tenant.leases(order.taskId())).allMatch(lease -> lease.releasedAt() != null);
    }

    @Test
    void an_order_begins_no_further_attempt_until_then() {
        tenant.asset("ip", "RAW_NET", "ip", 1, "1");
        TaskOrder order = tenant.running(anOrder().wanting("RAW_NET", null, 1));
        tenant.answered(order, 1, ExecutionResult.of("RETRYABLE", null));
        tenant.concluded(order, 1, How.ANSWERED);
        backOffIsOver(order);
        suspend();

        assertThat(tenant.proceed(order)).isInstanceOf(Verdict.Await.class);
        look();
        assertThat(tenant.proceed(order)).isInstanceOf(Verdict.Await.class);
        assertThat(tenant.count("attempt", order.taskId())).isEqualTo(1);
        assertThat(blockers(order)).containsExactly(Blocker.TENANT_SUSPENDED);

        activate();

        assertThat(((Verdict.Execute) tenant.proceed(order)).attempt()).isEqualTo(2);
    }

    @Test
    void nothing_that_is_changed_meanwhile_starts_an_order() {
        tenant.asset("one", "RAW_NET", "ip", 1, "1");
        TaskOrder holder = tenant.running(anOrder().wanting("RAW_NET", null, 1));
        TaskOrder order = tenant.waiting(anOrder().wanting("RAW_NET", null, 1));
        suspend();

        tenant.update(order.taskId(), new TaskOrderChange(100, null, null, null), version -> true);
        tenant.asset("another", "RAW_NET", "ip", 5, "1");
        tenant.revoked(holder, "one");
        look();
        assertThat(statusOf(order)).isEqualTo(Status.QUEUED);

        activate();
        assertThat(statusOf(order)).isEqualTo(Status.RUNNING);
    }

    @Test
    void a_waiting_order_can_be_cancelled() {
        TaskOrder order = tenant.created(anOrder().spec());
        suspend();
        tenant.cancel(order.taskId());
        assertThat(statusOf(order)).isEqualTo(Status.CANCELLED);
    }

    @Test
    void more_time_for_an_expired_tenant_starts_its_queue() {
        tenant.asset("ip", "RAW_NET", "ip", 1, "1");
        TaskOrder order = tenant.created(anOrder().wanting("RAW_NET", null, 1).spec());
        put("Acme", Clock.systemUTC().instant().minusSeconds(1));
        tenant.admitted(order);
        assertThat(statusOf(order)).isEqualTo(Status.QUEUED);

        put("Acme", Clock.systemUTC().instant().plusSeconds(3600));

        assertThat(statusOf(order)).isEqualTo(Status.RUNNING);
    }

    @Test
    void another_process_that_has_not_heard_of_the_activation_serves_all_the_same() {
        try (Application other = new Application(4)) {
            tenant.asset("ip", "RAW_NET", "ip", 1, "1");
            TaskOrder order =
                    tenant.created(anOrder().wanting("RAW_NET", null, 1).spec());
            suspend();
            assertThat(tenant.admitted(order)).isInstanceOf(Verdict.Await.class);
            Tenants known = other.bean(Tenants.class);
            await().atMost(Duration.ofSeconds(2))
                    .until(() -> known.find(tenant.id()).orElseThrow().status() == TenantStatus.SUSPENDED);
            TestDatabase.get()
                    .superuser()
                    .sql("WITH a AS (UPDATE tenant SET status = 'ACTIVE' WHERE tenant_id = :t) "
                            + "INSERT INTO match_wanted (tenant_id, env) VALUES (:t, 'prod')")
                    .param("t", tenant.id().value())
                    .update();
            tenant.in(other).as(() -> {
                other.bean(MatchTrigger.class).run("prod");
                return true;
            });
            assertThat(statusOf(order)).isEqualTo(Status.RUNNING);
        }
    }

    @Test
    void each_change_is_told_once() {
        suspend();
        suspend();
        activate();
        activate();
        put("Another", null);
        put("Another", null);
        List<String> told = tenant.sql(jdbc -> jdbc.sql(
                        "SELECT type FROM task_event WHERE tenant_id = current_tenant() AND object_type = 'tenant' "
                                + "ORDER BY event_no")
                .query(String.class)
                .list());
        assertThat(told).containsExactly("tenant.suspended", "tenant.resumed", "tenant.updated");
    }

    private void suspend() {
        tenant.as(() -> admin.suspend("unpaid", Tenant.CALLER));
    }

    private void activate() {
        tenant.as(() -> admin.activate(null, Tenant.CALLER));
    }

    private void put(String name, @Nullable Instant expiresAt) {
        tenant.as(() -> admin.put(name, expiresAt, Tenant.CALLER));
    }

    private void look() {
        tenant.as(() -> {
            tenant.bean(MatchTrigger.class).run("prod");
            return true;
        });
    }

    private Status statusOf(TaskOrder order) {
        return tenant.find(order.taskId()).state().status();
    }

    private List<String> blockers(TaskOrder order) {
        return tenant.as(() -> tenant.bean(Explanations.class).of(order.taskId()).orElseThrow().blockers().stream()
                .map(Blocker::code)
                .toList());
    }

    private void backOffIsOver(TaskOrder order) {
        TestDatabase.get()
                .superuser()
                .sql("UPDATE task_order SET retry_at = now() WHERE task_id = :id")
                .param("id", order.taskId())
                .update();
    }
}
