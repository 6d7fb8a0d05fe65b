package dev.taskorder.activities.operation;

import static dev.taskorder.activities.testing.Orders.anOrder;
import static org.assertj.core.api.Assertions.assertThat;

import dev.taskorder.activities.testing.Application;
import dev.taskorder.activities.testing.Orders;
import dev.taskorder.activities.testing.Race;
import dev.taskorder.activities.testing.Tenant;
import dev.taskorder.api.execution.ExecutionResult;
import dev.taskorder.api.operation.BulkOperation;
import dev.taskorder.api.operation.BulkOperation.State;
import dev.taskorder.api.operation.BulkOperations;
import dev.taskorder.api.order.DeadLetters;
import dev.taskorder.api.order.OrderSteps.How;
import dev.taskorder.api.order.Status;
import dev.taskorder.api.order.TaskOrder;
import dev.taskorder.api.order.TaskOrderFilter;
import dev.taskorder.api.tenant.Caller;
import dev.taskorder.api.tenant.TenantAdmin;
import java.math.BigDecimal;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** All dead letters that match are redriven, so many a second. */
class BulkRedriveTest {
    private static final Caller ADMIN = new Caller("admin-7", null);
    private static final TaskOrderFilter ALL =
            new TaskOrderFilter(null, Set.of(), null, null, null, null, null, null, null, null);

    private final Tenant tenant = Tenant.fresh();

    @Test
    void a_dry_run_tells_how_many_and_what_one_more_attempt_of_each_costs() {
        tenant.withEstimates("{\"TEST\": 0.2}");
        tenant.asset("ip", "RAW_NET", "ip", 5, "0.5");
        TaskOrder one = deadLetter(anOrder().wanting("RAW_NET", null, 1));
        deadLetter(anOrder());
        tenant.created(anOrder().spec());
        BulkOperation counted = redrive(20, true);
        assertThat(counted.state()).isEqualTo(State.DONE);
        assertThat(counted.matched()).isEqualTo(2);
        assertThat(counted.estimates()).containsOnlyKeys("USD");
        assertThat(counted.estimates().get("USD")).isEqualByComparingTo(new BigDecimal("0.9"));
        assertThat(tenant.statusOf(one)).isEqualTo(Status.DEAD_LETTER);
    }

    @Test
    void each_is_redriven_once_whoever_goes_on_and_whoever_else_redrives() throws Exception {
        List<TaskOrder> dead = deadLetters(40);
        BulkOperation asked = redrive(1000, false);
        try (Application other = new Application(8)) {
            Race.of(6, runner -> () -> {
                Tenant here = runner % 2 == 0 ? tenant : tenant.in(other);
                if (runner < 2) {
                    dead.forEach(
                            order -> here.as(() -> here.bean(DeadLetters.class).redrive(order.taskId(), null, ADMIN)));
                } else {
                    work(here, asked);
                }
                return true;
            });
        }
        work(tenant, asked);
        assertThat(find(asked).state()).isEqualTo(State.DONE);
        assertThat(find(asked).done() + find(asked).failed())
                .as("failed are those that were no dead letters any more")
                .isEqualTo(40);
        assertThat(dead).allSatisfy(order -> {
            assertThat(tenant.statusOf(order)).isEqualTo(Status.QUEUED);
            assertThat(tenant.events(order)).containsOnlyOnce("task_order.redriven");
        });
    }

    @Test
    void a_look_does_fifty_at_most_however_high_the_rate() {
        deadLetters(60);
        BulkOperation asked = redrive(1000, false);
        pacedAt(asked, "now() - interval '1 hour'");
        tenant.as(() -> work(tenant).goOn());
        assertThat(find(asked).done()).isEqualTo(50);
    }

    @Test
    void its_rate_holds_and_an_abort_leaves_the_rest_dead_letters() {
        List<TaskOrder> dead = deadLetters(20);
        BulkOperation asked = redrive(5, false);
        pacedAt(asked, "now() - interval '1 second'");
        tenant.as(() -> work(tenant).goOn());
        assertThat(find(asked).done()).isEqualTo(5);
        due(asked);
        tenant.as(() -> work(tenant).goOn());
        assertThat(find(asked).done()).isLessThanOrEqualTo(6);
        tenant.as(() -> operations().abort(asked.operationId()));
        int done = find(asked).done();
        pacedAt(asked, "now() - interval '1 second'");
        tenant.as(() -> work(tenant).goOn());
        assertThat(find(asked).state()).isEqualTo(State.ABORTED);
        assertThat(find(asked).done()).isEqualTo(done);
        assertThat(dead.stream().filter(order -> tenant.statusOf(order) == Status.DEAD_LETTER))
                .hasSize(20 - done);
    }

    @Test
    void without_room_for_another_open_order_it_waits_and_goes_on_when_there_is_some() {
        tenant.withQuotas("{\"open_orders\": 3}");
        deadLetters(3);
        TaskOrder open = tenant.created(anOrder().spec());
        BulkOperation asked = redrive(100, false);
        pass(asked);
        assertThat(find(asked).done()).isEqualTo(2);
        assertThat(find(asked).waitsFor()).isEqualTo("quota_exceeded");
        tenant.cancel(open.taskId());
        pass(asked);
        assertThat(find(asked).state()).isEqualTo(State.DONE);
        assertThat(find(asked).waitsFor()).isNull();
    }

    @Test
    void while_the_tenant_is_suspended_it_waits() {
        TaskOrder dead = deadLetter(anOrder());
        BulkOperation asked = redrive(100, false);
        TenantAdmin admin = tenant.bean(TenantAdmin.class);
        tenant.as(() -> admin.suspend("unpaid", ADMIN));
        pass(asked);
        assertThat(find(asked).waitsFor()).isEqualTo("tenant_suspended");
        assertThat(tenant.statusOf(dead)).isEqualTo(Status.DEAD_LETTER);
        tenant.as(() -> admin.activate(null, ADMIN));
        pass(asked);
        assertThat(tenant.statusOf(dead)).isEqualTo(Status.QUEUED);
    }

    @Test
    void one_that_is_refused_has_failed_and_says_why() {
        tenant.asset("ip", "RAW_NET", "ip", 5, "0.5");
        TaskOrder dead = deadLetter(anOrder().wanting("RAW_NET", null, 1));
        deadLetter(anOrder());
        BulkOperation asked = redrive(100, false);
        tenant.sql(jdbc -> jdbc.sql("UPDATE asset SET status = 'RETIRED'").update());
        pass(asked);
        pass(asked);
        BulkOperation done = find(asked);
        assertThat(done.state()).isEqualTo(State.DONE);
        assertThat(done.done()).isEqualTo(1);
        assertThat(done.failures()).singleElement().satisfies(failure -> {
            assertThat(failure.taskId()).isEqualTo(dead.taskId());
            assertThat(failure.problem()).startsWith("never_satisfiable: /resource_hints/0");
        });
    }

    private TaskOrder deadLetter(Orders order) {
        TaskOrder running = tenant.running(order.constraint("max_retries", 0));
        tenant.answered(running, 1, ExecutionResult.of("RETRYABLE", null));
        tenant.concluded(running, 1, How.ANSWERED);
        return tenant.find(running.taskId());
    }

    private List<TaskOrder> deadLetters(int count) {
        return IntStream.range(0, count).mapToObj(i -> deadLetter(anOrder())).toList();
    }

    private BulkOperations operations() {
        return tenant.bean(BulkOperations.class);
    }

    private static BulkWork work(Tenant here) {
        return here.bean(BulkWork.class);
    }

    private BulkOperation redrive(int rate, boolean dryRun) {
        return ((BulkOperations.Result.Accepted)
                        tenant.as(() -> operations().redrive(ALL, "mended", rate, dryRun, ADMIN)))
                .operation();
    }

    private BulkOperation find(BulkOperation operation) {
        return tenant.as(() -> operations().find(operation.operationId())).orElseThrow();
    }

    private void work(Tenant here, BulkOperation operation) {
        for (int pass = 0; pass < 1000 && find(operation).state() == State.RUNNING; pass++) {
            pacedAt(operation, "now() - interval '1 second'");
            here.as(() -> work(here).goOn());
        }
    }

    /** A second later. */
    private void pass(BulkOperation operation) {
        pacedAt(operation, "now() - interval '1 second'");
        tenant.as(() -> work(tenant).goOn());
    }

    private void due(BulkOperation operation) {
        tenant.sql(jdbc -> jdbc.sql("UPDATE bulk_operation SET due_at = now() WHERE operation_id = :id")
                .param("id", operation.operationId())
                .update());
    }

    private void pacedAt(BulkOperation operation, String when) {
        tenant.sql(jdbc -> jdbc.sql("UPDATE bulk_operation SET paced_at = " + when
                        + ", due_at = CASE WHEN due_at IS NOT NULL THEN now() END WHERE operation_id = :id")
                .param("id", operation.operationId())
                .update());
    }
}
