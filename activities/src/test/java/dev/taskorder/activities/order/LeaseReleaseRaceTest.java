package dev.taskorder.activities.order;

import static dev.taskorder.activities.testing.Orders.anOrder;
import static org.assertj.core.api.Assertions.assertThat;

import dev.taskorder.activities.execution.AttemptStore;
import dev.taskorder.activities.execution.AttemptStore.Begun;
import dev.taskorder.activities.maintenance.DueWork;
import dev.taskorder.activities.testing.Application;
import dev.taskorder.activities.testing.Race;
import dev.taskorder.activities.testing.Tenant;
import dev.taskorder.api.execution.ExecutionResult;
import dev.taskorder.api.execution.Money;
import dev.taskorder.api.lease.Lease;
import dev.taskorder.api.lease.LeaseRelease.Result;
import dev.taskorder.api.order.OrderSteps;
import dev.taskorder.api.order.OrderSteps.How;
import dev.taskorder.api.order.Status;
import dev.taskorder.api.order.TaskOrder;
import dev.taskorder.api.order.Verdict;
import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.Function;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A lease is taken away at the moment at which something else happens to its order. */
class LeaseReleaseRaceTest {
    private static final int ROUNDS = 20;
    private static final ExecutionResult OK = new ExecutionResult(
            "OK", null, Map.of(), List.of(), List.of(new Money("captcha", new BigDecimal("0.5"))), List.of());

    private final Tenant tenant = Tenant.fresh();

    @BeforeEach
    void room_for_all() {
        tenant.asset("ip-1", "RAW_NET", "ip.1", 100, "1");
        tenant.asset("ip-2", "RAW_NET", "ip.2", 100, "2");
        tenant.asset("card", "RAW_FUND", "vcc.1", 100, "1");
    }

    @Test
    void sixteen_who_take_one_lease_away_are_one_revocation() throws Exception {
        TaskOrder order = running();
        tenant.begin(order, 1);
        Lease lease = tenant.lease(order, "ip-1");

        List<Result> results = Race.of(16, i -> () -> tenant.release(lease.leaseId(), lease.fencingToken()));

        assertThat(results)
                .containsOnly(new Result.Ended(tenant.lease(order, "ip-1")))
                .hasSize(16);
        assertThat(tenant.events(order)).containsOnlyOnce("lease.revoked").containsOnlyOnce("task_order.retrying");
        assertThat(tenant.proceed(order)).isInstanceOf(Verdict.Execute.class);
        finish(order);
    }

    @Test
    void both_leases_of_one_order_at_once_give_its_attempt_up_once() throws Exception {
        for (int round = 0; round < ROUNDS; round++) {
            TaskOrder order = running();
            tenant.begin(order, 1);
            List<Lease> leases = tenant.leases(order.taskId());
            List<Result> results = Race.of(2, i -> () -> {
                Lease lease = leases.get(i);
                Result result = tenant.release(lease.leaseId(), lease.fencingToken());
                // the other one came first, and what the order keeps has a new token
                return result instanceof Result.StaleToken ? result : new Result.Ended(lease);
            });
            assertThat(results).hasAtLeastOneElementOfType(Result.Ended.class);
            assertThat(tenant.events(order)).containsOnlyOnce("task_order.retrying");
            rested();
            tenant.proceed(order);
            finish(order);
        }
    }

    @Test
    void against_the_conclusion_from_its_answer() throws Exception {
        against(order -> {
            tenant.answered(order, 1, OK);
            return () -> tenant.concluded(order, 1, How.ANSWERED);
        });
    }

    @Test
    void against_the_answer_itself() throws Exception {
        against(order -> {
            Begun.Run run = (Begun.Run) tenant.begin(order, 1);
            return () -> {
                AttemptStore.Ended ended =
                        tenant.complete(order, 1, run.request().attemptToken(), OK);
                return tenant.concluded(
                        order, 1, ended instanceof AttemptStore.Ended.Completed ? How.ANSWERED : How.LOST);
            };
        });
    }

    @Test
    void against_the_beginning_of_the_attempt() throws Exception {
        against(order -> () -> {
            if (tenant.begin(order, 1) instanceof Begun.Run run) {
                tenant.complete(order, 1, run.request().attemptToken(), OK);
            }
            return tenant.concluded(order, 1, How.LOST);
        });
    }

    @Test
    void against_the_loss_of_its_worker() throws Exception {
        against(order -> {
            tenant.begin(order, 1);
            return () -> tenant.concluded(order, 1, How.LOST);
        });
    }

    @Test
    void against_a_cancel() throws Exception {
        against(order -> {
            tenant.begin(order, 1);
            return () -> tenant.step(
                    steps -> steps.end(new OrderSteps.EndOrder(tenant.id(), order.taskId(), 1, "enough", "me")));
        });
    }

    @Test
    void against_the_reaper() throws Exception {
        DueWork due = Application.shared().bean(DueWork.class);
        against(order -> {
            tenant.begin(order, 1);
            deadlineWasLongAgo(order);
            return () -> {
                tenant.as(() -> {
                    due.expireLeases();
                    return true;
                });
                return tenant.concluded(order, 1, How.ABANDONED);
            };
        });
    }

    /** Both happen, in either order, and the order comes to one end with each lease ended once and charged at most once. */
    private void against(Function<TaskOrder, Callable<Verdict>> other) throws Exception {
        for (int round = 0; round < ROUNDS; round++) {
            TaskOrder order = running();
            Lease lease = tenant.lease(order, "ip-1");
            Callable<Verdict> rival = other.apply(order);
            Race.of(
                    2,
                    i -> i == 0
                            ? () -> tenant.release(lease.leaseId(), lease.fencingToken())
                                    .toString()
                            : () -> rival.call().toString());
            rested();
            finish(order);
        }
    }

    private TaskOrder running() {
        TaskOrder order = tenant.created(anOrder()
                .wanting("RAW_NET", null, 1)
                .wanting("RAW_FUND", null, 1)
                .spec());
        assertThat(tenant.admitted(order)).isInstanceOf(Verdict.Execute.class);
        return order;
    }

    /** Goes on as the workflow would, and looks at what is left. */
    private void finish(TaskOrder order) {
        Verdict verdict = tenant.proceed(order);
        for (int steps = 0; !(verdict instanceof Verdict.Over); steps++) {
            assertThat(steps).as("steps, last %s", verdict).isLessThan(5);
            assertThat(verdict).isInstanceOf(Verdict.Execute.class);
            int attempt = ((Verdict.Execute) verdict).attempt();
            if (tenant.begin(order, attempt) instanceof Begun.Run run) {
                assertThat(run.request().leases())
                        .as("all that its hints ask for")
                        .extracting(leased -> leased.skuCategory())
                        .containsExactly("RAW_NET", "RAW_FUND");
                tenant.complete(order, attempt, run.request().attemptToken(), OK);
            }
            verdict = tenant.concluded(order, attempt, How.ANSWERED);
        }
        assertThat(tenant.find(order.taskId()).state().status()).isIn(Status.SUCCESS, Status.CANCELLED, Status.TIMEOUT);
        List<Lease> leases = tenant.leases(order.taskId());
        assertThat(leases).noneMatch(lease -> lease.state() == Lease.State.ACTIVE);
        long ends = tenant.events(order).stream()
                .filter(type -> List.of("lease.released", "lease.revoked", "lease.expired")
                        .contains(type))
                .count();
        assertThat(ends).isEqualTo(leases.size());
        assertThat(count(order, "kind = 'lease'")).isLessThanOrEqualTo(leases.size());
        assertThat(count(order, "kind = 'execution'"))
                .as("every attempt that began, once")
                .isEqualTo(tenant.sql(jdbc -> jdbc.sql(
                                "SELECT count(*) FROM attempt WHERE task_id = :task AND started_at IS NOT NULL")
                        .param("task", order.taskId())
                        .query(Long.class)
                        .single()));
    }

    private void deadlineWasLongAgo(TaskOrder order) {
        for (String sql : List.of(
                "UPDATE task_order SET deadline = now() - interval '66 seconds' WHERE task_id = :task",
                "UPDATE lease SET expires_at = now() - interval '6 seconds' WHERE task_id = :task")) {
            tenant.sql(jdbc -> jdbc.sql(sql).param("task", order.taskId()).update());
        }
    }

    private long count(TaskOrder order, String where) {
        return tenant.sql(jdbc -> jdbc.sql("SELECT count(*) FROM ledger_entry WHERE task_id = :task AND " + where)
                .param("task", order.taskId())
                .query(Long.class)
                .single());
    }

    private void rested() {
        tenant.sql(jdbc -> jdbc.sql("UPDATE asset_slot SET rests_until = NULL").update());
    }
}
