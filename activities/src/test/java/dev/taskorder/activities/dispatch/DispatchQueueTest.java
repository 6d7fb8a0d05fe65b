package dev.taskorder.activities.dispatch;

import static dev.taskorder.activities.testing.Orders.anOrder;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.taskorder.activities.dispatch.SignalDue.Signal;
import dev.taskorder.activities.testing.Application;
import dev.taskorder.activities.testing.Race;
import dev.taskorder.activities.testing.ShortWay;
import dev.taskorder.activities.testing.Tenant;
import dev.taskorder.api.order.TaskOrder;
import dev.taskorder.api.order.Verdict;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class DispatchQueueTest {
    private static final String HEAVY = """
            WITH second AS (
                INSERT INTO tenant_policy (version, body)
                SELECT 2, body || '{"fairness_weight": 4}' FROM tenant_policy
                RETURNING version
            )
            UPDATE tenant SET active_policy = version FROM second
            """;

    private final Tenant tenant = Tenant.fresh();
    private final DispatchQueue queue = Application.shared().bean(DispatchQueue.class);

    @Test
    void a_start_is_told_without_waiting_for_a_row_that_somebody_holds() {
        TaskOrder held = tenant.created(anOrder().spec());
        TaskOrder free = tenant.created(anOrder().spec());
        List<StartDue> claimed = tenant.as(() -> queue.claimStarts(10));
        whileHeld(held, () -> tell(queue -> queue.started(claimed)));
        assertThat(startedRun(free)).isEqualTo(1);
        assertThat(startedRun(held)).isZero();

        // nothing stays claimed for ever: the claim runs out, and the same run is started again
        assertThat(tenant.as(() -> queue.claimStarts(10))).isEmpty();
        claimsRunOut();
        List<StartDue> again = tenant.as(() -> queue.claimStarts(10));
        assertThat(again)
                .extracting(StartDue::taskId, StartDue::runNo, StartDue::again)
                .containsExactly(tuple(held.taskId(), 1, true));
        tell(queue -> queue.started(again));
        assertThat(startedRun(held)).isEqualTo(1);
    }

    @Test
    void an_order_that_may_start_at_once_is_claimed_by_its_own_insert() {
        ShortWay way = Application.shared().bean(ShortWay.class);
        StartDue asClaimed = onlyOne(tenant.created(anOrder().key("long").spec()), tenant);
        way.openFor(tenant.id());
        TaskOrder order = tenant.created(anOrder().key("short").spec());
        assertThat(way.startedOf(tenant.id()))
                .usingRecursiveFieldByFieldElementComparatorIgnoringFields("taskId", "idempotencyKey")
                .containsExactly(asClaimed);
        assertThat(way.startedOf(tenant.id()))
                .extracting(StartDue::taskId, StartDue::idempotencyKey)
                .containsExactly(tuple(order.taskId(), "short"));
        assertThat(way.left()).isZero();

        // the process that claimed it may die: then its claim runs out like any other
        assertThat(tenant.as(() -> queue.claimStarts(10))).isEmpty();
        claimsRunOut();
        assertThat(tenant.as(() -> queue.claimStarts(10)))
                .filteredOn(start -> start.taskId().equals(order.taskId()))
                .extracting(StartDue::again)
                .containsExactly(true);
    }

    @Test
    void a_start_and_its_attempt_have_the_weight_of_the_policy_that_its_order_was_created_under() {
        TaskOrder usual = tenant.created(anOrder().spec());
        tenant.sql(jdbc -> jdbc.sql(HEAVY).update());
        Tenant another = Tenant.fresh();
        another.sql(jdbc -> jdbc.sql(HEAVY).update());
        TaskOrder heavy = another.created(anOrder().spec());
        assertThat(onlyOne(usual, tenant).weight()).isEqualTo(1);
        assertThat(onlyOne(heavy, another).weight()).isEqualTo(4);
        Application.shared().bean(ShortWay.class).openFor(another.id());
        another.created(anOrder().spec());
        assertThat(Application.shared().bean(ShortWay.class).startedOf(another.id()))
                .extracting(StartDue::weight)
                .containsExactly(4f);
        assertThat(((Verdict.Execute) tenant.admitted(usual)).weight()).isEqualTo(1);
        assertThat(((Verdict.Execute) another.admitted(heavy)).weight()).isEqualTo(4);
    }

    @Test
    void repeats_refusals_and_batches_leave_the_short_way_as_they_found_it() {
        ShortWay way = Application.shared().bean(ShortWay.class);
        tenant.created(anOrder().key("first").spec());
        way.openFor(tenant.id());
        int before = way.taken();
        tenant.create(List.of(anOrder().key("first").spec()));
        assertThat(way.taken()).isEqualTo(before + 1);
        tenant.create(List.of(anOrder().env("moon").spec()));
        tenant.create(List.of(anOrder().key("a").spec(), anOrder().key("b").spec()));
        assertThat(way.taken()).isEqualTo(before + 1);
        assertThat(way.left()).isZero();
        assertThat(way.startedOf(tenant.id())).isEmpty();
        assertThat(tenant.as(() -> queue.claimStarts(10))).hasSize(3);
    }

    @Test
    void nobody_overtakes_orders_that_wait_in_the_table_whichever_process_left_them() {
        ShortWay way = Application.shared().bean(ShortWay.class);
        TaskOrder waits = tenant.created(anOrder().priority(10).spec());
        way.openFor(tenant.id());
        TaskOrder urgent = tenant.created(anOrder().priority(90).spec());
        assertThat(way.startedOf(tenant.id())).isEmpty();
        assertThat(tenant.as(() -> queue.claimStarts(10)))
                .extracting(StartDue::taskId)
                .containsExactly(urgent.taskId(), waits.taskId());
        tenant.created(anOrder().spec());
        assertThat(way.startedOf(tenant.id())).hasSize(1);
    }

    private StartDue onlyOne(TaskOrder order, Tenant of) {
        List<StartDue> claimed = of.as(() -> queue.claimStarts(10));
        assertThat(claimed).extracting(StartDue::taskId).containsExactly(order.taskId());
        return claimed.get(0);
    }

    @Test
    void starts_told_while_their_orders_are_admitted_leave_none_behind() throws Exception {
        List<TaskOrder> orders = IntStream.range(0, 40)
                .mapToObj(i -> tenant.created(anOrder().spec()))
                .toList();
        List<StartDue> claimed = tenant.as(() -> queue.claimStarts(40));
        List<Boolean> done = Race.of(4, runner -> () -> {
            for (int i = 0; i < 20; i++) {
                if (runner == 0) {
                    tell(queue -> queue.started(claimed));
                } else if (runner == 1) {
                    tell(queue -> queue.startFailed(claimed));
                } else {
                    tenant.admitted(orders.get(2 * i + runner - 2));
                }
            }
            return true;
        });
        assertThat(done).containsOnly(true);
        assertThat(orders).allSatisfy(order -> assertThat(startedRun(order)).isEqualTo(1));
        claimsRunOut();
        assertThat(tenant.as(() -> queue.claimStarts(10))).isEmpty();
    }

    @Test
    void what_nobody_received_has_the_workflow_of_an_open_order_looked_up() {
        TaskOrder open = tenant.created(anOrder().spec());
        tenant.admitted(open);
        TaskOrder planned = tenant.created(anOrder().spec());
        tenant.admitted(planned);
        set(planned, "run_no = run_no + 1, check_due_at = NULL");
        TaskOrder over = tenant.created(anOrder().spec());
        tenant.cancel(over.taskId());
        List.of(open, planned, over).forEach(this::signalled);
        tell(queue -> queue.undelivered(ids(queue.claimSignals(10))));
        assertThat(dueNow(open)).isTrue();
        assertThat(dueNow(planned)).isFalse();
        assertThat(dueNow(over)).isFalse();
        claimsRunOut();
        assertThat(tenant.as(() -> queue.claimSignals(10))).isEmpty();
    }

    @Test
    void what_nobody_received_is_kept_while_the_order_is_held() {
        TaskOrder order = tenant.created(anOrder().spec());
        tenant.admitted(order);
        signalled(order);
        List<Long> claimed = ids(tenant.as(() -> queue.claimSignals(10)));
        whileHeld(order, () -> tell(queue -> queue.undelivered(claimed)));
        assertThat(dueNow(order)).isFalse();
        claimsRunOut();
        assertThat(ids(tenant.as(() -> queue.claimSignals(10)))).isEqualTo(claimed);
    }

    @Test
    void a_signal_that_cannot_be_read_is_a_wake_and_holds_up_nobody() {
        TaskOrder one = tenant.created(anOrder().spec());
        TaskOrder other = tenant.created(anOrder().spec());
        tenant.sql(jdbc -> jdbc.sql("INSERT INTO outbox (task_id, signal, payload) VALUES (:task, 'cancel', '7')")
                .param("task", one.taskId())
                .update());
        signalled(other);
        List<SignalDue> claimed = tenant.as(() -> queue.claimSignals(10));
        assertThat(claimed).extracting(SignalDue::taskId).containsExactly(one.taskId(), other.taskId());
        assertThat(claimed).extracting(SignalDue::signal).containsOnly(new Signal.Wake());
    }

    @Test
    void a_later_signal_waits_for_an_earlier_one_of_its_order_and_for_no_other() {
        TaskOrder one = tenant.created(anOrder().spec());
        TaskOrder other = tenant.created(anOrder().spec());
        signalled(one);
        List<Long> first = ids(tenant.as(() -> queue.claimSignals(10)));
        signalled(one);
        signalled(other);
        assertThat(tenant.as(() -> queue.claimSignals(10)))
                .extracting(SignalDue::taskId)
                .containsExactly(other.taskId());
        tell(queue -> queue.signalled(first));
        assertThat(tenant.as(() -> queue.claimSignals(10)))
                .extracting(SignalDue::taskId)
                .containsExactly(one.taskId());
    }

    /** Holds the order's row, as one of its steps does, while the work is done on another thread. */
    private void whileHeld(TaskOrder order, Runnable work) {
        tenant.sql(jdbc -> {
            Map<String, Object> locked = jdbc.sql("SELECT task_id FROM task_order WHERE task_id = :task FOR UPDATE")
                    .param("task", order.taskId())
                    .query()
                    .singleRow();
            Thread other = new Thread(work);
            other.start();
            try {
                // less than the time after which a wait for the row would be given up
                other.join(1500);
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
            assertThat(other.isAlive()).as("waits for the row").isFalse();
            return locked;
        });
    }

    private void tell(Consumer<DispatchQueue> what) {
        tenant.as(() -> {
            what.accept(queue);
            return true;
        });
    }

    private void signalled(TaskOrder order) {
        tenant.sql(jdbc -> jdbc.sql("INSERT INTO outbox (task_id, signal) VALUES (:task, 'wake')")
                .param("task", order.taskId())
                .update());
    }

    private static List<Long> ids(List<SignalDue> signals) {
        return signals.stream().map(SignalDue::outboxId).toList();
    }

    private void claimsRunOut() {
        tenant.sql(
                jdbc -> jdbc.sql("UPDATE task_order SET start_due_at = now()").update());
        tenant.sql(jdbc -> jdbc.sql("UPDATE outbox SET due_at = now()").update());
    }

    private void set(TaskOrder order, String what) {
        tenant.sql(jdbc -> jdbc.sql("UPDATE task_order SET " + what + " WHERE task_id = :task")
                .param("task", order.taskId())
                .update());
    }

    private int startedRun(TaskOrder order) {
        return ofRow(order.taskId(), "started_run_no", Integer.class);
    }

    private boolean dueNow(TaskOrder order) {
        return ofRow(order.taskId(), "coalesce(check_due_at <= now(), false)", Boolean.class);
    }

    private <T> T ofRow(UUID task, String what, Class<T> type) {
        return tenant.sql(jdbc -> jdbc.sql("SELECT " + what + " FROM task_order WHERE task_id = :task")
                .param("task", task)
                .query(type)
                .single());
    }
}
