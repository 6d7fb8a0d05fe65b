package dev.taskorder.activities.operation;

import static dev.taskorder.activities.testing.Orders.anOrder;
import static org.assertj.core.api.Assertions.assertThat;

import dev.taskorder.activities.invariant.Invariants;
import dev.taskorder.activities.testing.Application;
import dev.taskorder.activities.testing.Orders;
import dev.taskorder.activities.testing.Race;
import dev.taskorder.activities.testing.Tenant;
import dev.taskorder.activities.testing.TestDatabase;
import dev.taskorder.api.execution.ExecutionResult;
import dev.taskorder.api.operation.BulkOperation;
import dev.taskorder.api.operation.BulkOperation.State;
import dev.taskorder.api.operation.BulkOperations;
import dev.taskorder.api.order.OrderSteps.How;
import dev.taskorder.api.order.Status;
import dev.taskorder.api.order.TaskOrder;
import dev.taskorder.api.order.TaskOrderFilter;
import dev.taskorder.api.order.Verdict;
import dev.taskorder.api.tenant.Caller;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** All orders that match are cancelled, a few at a time, by whichever process goes on with it. */
class BulkCancelTest {
    private static final Caller ADMIN = new Caller("admin-7", null);
    static final TaskOrderFilter ALL = filter(null);

    private final Tenant tenant = Tenant.fresh();

    @Test
    void what_waits_ends_at_once_and_what_runs_is_told() {
        tenant.asset("ip", "RAW_NET", "ip", 1, "1");
        TaskOrder running = tenant.running(wanting());
        TaskOrder waiting = tenant.waiting(wanting());
        TaskOrder pending = tenant.created(anOrder().spec());
        TaskOrder over = tenant.finish(tenant.running(anOrder()));

        BulkOperation asked = cancel(ALL);
        assertThat(asked.state()).isEqualTo(State.RUNNING);
        assertThat(asked.matched()).isEqualTo(3);
        assertThat(asked.done()).isZero();
        TaskOrder later = tenant.created(anOrder().spec());
        work(asked);

        BulkOperation done = find(asked);
        assertThat(done.state()).isEqualTo(State.DONE);
        assertThat(done.done()).isEqualTo(3);
        assertThat(done.failed()).isZero();
        assertThat(tenant.statusOf(pending)).isEqualTo(Status.CANCELLED);
        assertThat(tenant.statusOf(waiting)).isEqualTo(Status.CANCELLED);
        assertThat(tenant.statusOf(running)).isEqualTo(Status.RUNNING);
        assertThat(tenant.statusOf(later)).isEqualTo(Status.PENDING);
        assertThat(tenant.statusOf(over)).isEqualTo(Status.SUCCESS);
        assertThat(signals()).containsExactlyInAnyOrder(waiting.taskId() + " wake", running.taskId() + " cancel");
        assertThat(tenant.proceed(waiting)).isEqualTo(new Verdict.Over("CANCELLED"));
        tenant.answered(running, 1, ExecutionResult.of("CANCELLED", "stopped"));
        assertThat(tenant.concluded(running, 1, How.ANSWERED)).isEqualTo(new Verdict.Over("CANCELLED"));
        assertThat(violations()).isEmpty();
    }

    @Test
    void an_order_is_cancelled_like_by_a_call_of_its_own() {
        tenant.bannedAsset("away", "RAW_NET", "ip");
        TaskOrder alone = tenant.created(anOrder().spec());
        TaskOrder pending = tenant.created(anOrder().spec());
        TaskOrder waiting = tenant.waiting(wanting());
        tenant.cancel(alone.taskId());
        work(cancel(ALL));
        assertThat(tenant.events(pending)).isEqualTo(tenant.events(alone));
        assertThat(tenant.events(waiting))
                .containsExactly(
                        "task_order.created", "task_order.queued", "task_order.updated", "task_order.cancelled");
        TaskOrder one = tenant.find(waiting.taskId());
        assertThat(one.state().resultCode()).isEqualTo("CANCELLED");
        assertThat(one.state().resultMessage()).isEqualTo("a mistake");
        assertThat(one.state().cancelRequestedAt()).isNotNull();
        assertThat(openOrders()).isZero();
        assertThat(violations()).isEmpty();
    }

    @Test
    void only_those_that_match_are_cancelled() {
        TaskOrder other = tenant.created(anOrder().project("other").spec());
        TaskOrder one = tenant.created(anOrder().project("one").spec());
        BulkOperation asked = cancel(filter("one"));
        assertThat(asked.matched()).isEqualTo(1);
        work(asked);
        assertThat(tenant.statusOf(one)).isEqualTo(Status.CANCELLED);
        assertThat(tenant.statusOf(other)).isEqualTo(Status.PENDING);
        BulkOperation none = cancel(filter("one"));
        assertThat(none.matched()).isZero();
        assertThat(none.state()).isEqualTo(State.DONE);
    }

    @Test
    void a_dry_run_counts_and_does_nothing() {
        TaskOrder order = tenant.created(anOrder().spec());
        BulkOperation counted = ((BulkOperations.Result.Accepted)
                        tenant.as(() -> operations().cancel(ALL, "a mistake", true, ADMIN)))
                .operation();
        assertThat(counted.state()).isEqualTo(State.DONE);
        assertThat(counted.matched()).isEqualTo(1);
        assertThat(counted.done()).isZero();
        assertThat(tenant.as(() -> work().goOn())).isFalse();
        assertThat(tenant.statusOf(order)).isEqualTo(Status.PENDING);
    }

    @Test
    void who_ends_otherwise_first_has_failed_and_keeps_its_own_end() {
        TaskOrder order = tenant.running(anOrder());
        TaskOrder cancelled = tenant.created(anOrder().spec());
        BulkOperation asked = cancel(ALL);
        tenant.finish(order);
        tenant.cancel(cancelled.taskId());
        work(asked);
        BulkOperation done = find(asked);
        assertThat(done.done()).isEqualTo(1);
        assertThat(done.failed()).isEqualTo(1);
        assertThat(done.failures())
                .containsExactly(new BulkOperation.Failure(order.taskId(), "already_settled: it is SUCCESS"));
        assertThat(tenant.statusOf(order)).isEqualTo(Status.SUCCESS);
        assertThat(remembered(asked)).containsExactly(order.taskId());
    }

    @Test
    void whoever_goes_on_while_orders_end_each_is_cancelled_once_or_ended_once() throws Exception {
        List<TaskOrder> running =
                IntStream.range(0, 30).mapToObj(i -> tenant.running(anOrder())).toList();
        tenant.bannedAsset("away", "RAW_NET", "ip");
        List<TaskOrder> waiting =
                IntStream.range(0, 60).mapToObj(i -> tenant.waiting(wanting())).toList();
        List<TaskOrder> pending = created(300);
        BulkOperation asked = cancel(ALL);
        try (Application other = new Application(8)) {
            Race.of(8, runner -> () -> {
                Tenant here = runner % 2 == 0 ? tenant : tenant.in(other);
                if (runner < 2) {
                    running.subList(runner * 15, runner * 15 + 15).forEach(here::finish);
                } else if (runner < 4) {
                    waiting.subList((runner - 2) * 30, (runner - 2) * 30 + 30)
                            .forEach(order -> here.cancel(order.taskId()));
                } else {
                    work(here, asked);
                }
                return true;
            });
        }
        work(asked);

        BulkOperation done = find(asked);
        assertThat(done.done() + done.failed()).isEqualTo(390);
        assertThat(pending).allMatch(order -> tenant.statusOf(order) == Status.CANCELLED);
        waiting.forEach(tenant::proceed);
        assertThat(waiting).allMatch(order -> tenant.statusOf(order) == Status.CANCELLED);
        List<TaskOrder> all = new ArrayList<>(pending);
        all.addAll(waiting);
        assertThat(all).allSatisfy(order -> assertThat(tenant.events(order))
                .containsOnlyOnce("task_order.updated")
                .containsOnlyOnce("task_order.cancelled"));
        assertThat(running).allSatisfy(order -> assertThat(tenant.events(order))
                .filteredOn(type -> type.equals("task_order.succeeded") || type.equals("task_order.cancelled"))
                .hasSize(1));
        assertThat(openOrders()).isZero();
        assertThat(violations()).isEmpty();
    }

    @Test
    void another_process_goes_on_where_one_stopped() {
        List<TaskOrder> orders = created(700);
        BulkOperation asked = cancel(ALL);
        tenant.as(() -> work().goOn());
        int first = find(asked).done();
        assertThat(first).isBetween(1, 699);
        assertThat(cancelled(orders)).isEqualTo(first);
        try (Application other = new Application(4)) {
            work(tenant.in(other), asked);
        }
        assertThat(find(asked).state()).isEqualTo(State.DONE);
        assertThat(cancelled(orders)).isEqualTo(700);
    }

    @Test
    void nothing_more_is_cancelled_once_an_abort_was_answered_and_what_was_ended_is_told() throws Exception {
        tenant.bannedAsset("away", "RAW_NET", "ip");
        TaskOrder waiting = tenant.waiting(wanting());
        List<TaskOrder> orders = created(2000);
        BulkOperation asked = cancel(ALL);
        tenant.as(() -> work().goOn());
        pacedAt(asked, "now()");
        List<Long> counts = Race.of(4, runner -> () -> {
            if (runner == 0) {
                tenant.as(() -> operations().abort(asked.operationId()));
                return cancelled(orders);
            }
            tenant.as(() -> work().goOn());
            return 0L;
        });
        work(asked);
        BulkOperation aborted = find(asked);
        assertThat(aborted.state()).isEqualTo(State.ABORTED);
        assertThat(cancelled(orders)).isEqualTo(counts.get(0)).isLessThan(2000);
        assertThat((long) aborted.done()).isEqualTo(counts.get(0) + 1);
        assertThat(signals()).containsExactly(waiting.taskId() + " wake");
        assertThat(tenant.as(() -> operations().abort(asked.operationId()))).contains(aborted);
        assertThat(isDue(asked)).isFalse();
        assertThat(remembered(asked)).isEmpty();
    }

    @Test
    void workflows_are_told_no_faster_than_at_its_rate() {
        tenant.bannedAsset("away", "RAW_NET", "ip");
        IntStream.range(0, 120).forEach(i -> tenant.waiting(wanting()));
        BulkOperation asked = cancel(ALL);
        tenant.as(() -> work().goOn());
        assertThat(find(asked).state()).isEqualTo(State.DONE);
        pacedAt(asked, "now() + interval '1 hour'");
        tenant.as(() -> work().goOn());
        assertThat(signals()).isEmpty();
        pacedAt(asked, "now() - interval '1 second'");
        tenant.as(() -> work().goOn());
        assertThat(signals()).hasSizeBetween(10, 20);
        work(asked);
        assertThat(signals()).hasSize(120);
        assertThat(isDue(asked)).isFalse();
    }

    @Test
    void an_order_that_cannot_be_cancelled_keeps_none_of_the_others_from_it() {
        List<TaskOrder> orders = created(30);
        UUID ill = orders.get(7).taskId();
        BulkOperation asked = cancel(ALL);
        TestDatabase.get().superuser().sql("""
                CREATE FUNCTION is_ill() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RAISE EXCEPTION ''it is ill''; END'
                """).update();
        TestDatabase.get()
                .superuser()
                .sql("CREATE TRIGGER is_ill BEFORE UPDATE ON bulk_operation_order FOR EACH ROW WHEN (NEW.task_id = '"
                        + ill + "' AND NEW.state IN ('DONE', 'WAKE')) EXECUTE FUNCTION is_ill()")
                .update();
        try {
            work(asked);
        } finally {
            TestDatabase.get().superuser().sql("DROP FUNCTION is_ill CASCADE").update();
        }
        BulkOperation done = find(asked);
        assertThat(done.state()).isEqualTo(State.DONE);
        assertThat(done.done()).isEqualTo(29);
        assertThat(done.failures()).containsExactly(new BulkOperation.Failure(ill, "internal_error"));
        assertThat(tenant.statusOf(orders.get(7))).isEqualTo(Status.PENDING);
        assertThat(cancelled(orders)).isEqualTo(29);
    }

    @Test
    void an_operation_is_its_tenants_alone() {
        tenant.created(anOrder().spec());
        BulkOperation asked = cancel(ALL);
        Tenant other = Tenant.fresh();
        assertThat(other.as(() -> operations().find(asked.operationId()))).isEmpty();
        assertThat(other.as(() -> operations().abort(asked.operationId()))).isEmpty();
        assertThat(other.as(() -> work().goOn())).isFalse();
        assertThat(find(asked).state()).isEqualTo(State.RUNNING);
        assertThat(work().tenantsDue()).contains(tenant.id()).doesNotContain(other.id());
    }

    private static Orders wanting() {
        return anOrder().wanting("RAW_NET", null, 1);
    }

    private static TaskOrderFilter filter(@org.jspecify.annotations.Nullable String project) {
        return new TaskOrderFilter(null, Set.of(), project, null, null, null, null, null, null, null);
    }

    private List<TaskOrder> created(int count) {
        return tenant
                .create(IntStream.range(0, count)
                        .mapToObj(i -> anOrder().spec())
                        .toList())
                .stream()
                .map(result -> ((dev.taskorder.api.order.CreateResult.Created) result).order())
                .toList();
    }

    private long cancelled(List<TaskOrder> orders) {
        return tenant.sql(
                jdbc -> jdbc.sql("SELECT count(*) FROM task_order WHERE status = 'CANCELLED' AND task_id = ANY (:ids)")
                        .param("ids", orders.stream().map(TaskOrder::taskId).toArray(UUID[]::new))
                        .query(Long.class)
                        .single());
    }

    private BulkOperations operations() {
        return tenant.bean(BulkOperations.class);
    }

    private BulkWork work() {
        return tenant.bean(BulkWork.class);
    }

    private BulkOperation cancel(TaskOrderFilter filter) {
        return ((BulkOperations.Result.Accepted)
                        tenant.as(() -> operations().cancel(filter, "a mistake", false, ADMIN)))
                .operation();
    }

    private BulkOperation find(BulkOperation operation) {
        return tenant.as(() -> operations().find(operation.operationId())).orElseThrow();
    }

    /** As maintenance does, with time passing as fast as one likes. */
    private void work(BulkOperation operation) {
        work(tenant, operation);
    }

    private void work(Tenant here, BulkOperation operation) {
        for (int pass = 0; pass < 1000 && isDue(operation); pass++) {
            pacedAt(operation, "now() - interval '1 second'");
            here.as(() -> here.bean(BulkWork.class).goOn());
        }
    }

    private void pacedAt(BulkOperation operation, String when) {
        tenant.sql(jdbc -> jdbc.sql("UPDATE bulk_operation SET paced_at = " + when
                        + ", due_at = CASE WHEN due_at IS NOT NULL THEN now() END WHERE operation_id = :id")
                .param("id", operation.operationId())
                .update());
    }

    private boolean isDue(BulkOperation operation) {
        return tenant.sql(jdbc -> jdbc.sql("SELECT due_at IS NOT NULL FROM bulk_operation WHERE operation_id = :id")
                .param("id", operation.operationId())
                .query(Boolean.class)
                .single());
    }

    /** The orders that the operation still knows it was about. */
    private List<UUID> remembered(BulkOperation operation) {
        return tenant.sql(jdbc -> jdbc.sql("SELECT task_id FROM bulk_operation_order WHERE operation_id = :id")
                .param("id", operation.operationId())
                .query(UUID.class)
                .list());
    }

    private List<String> signals() {
        return tenant.sql(jdbc -> jdbc.sql("SELECT task_id || ' ' || signal FROM outbox")
                .query(String.class)
                .list());
    }

    private long openOrders() {
        return tenant.sql(jdbc -> jdbc.sql("SELECT sum(open_orders) FROM tenant_usage")
                .query(Long.class)
                .single());
    }

    private List<?> violations() {
        return tenant.as(() -> tenant.bean(Invariants.class).look());
    }
}
