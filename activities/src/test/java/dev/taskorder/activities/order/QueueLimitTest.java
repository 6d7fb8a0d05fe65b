package dev.taskorder.activities.order;

import static dev.taskorder.activities.testing.Orders.anOrder;
import static org.assertj.core.api.Assertions.assertThat;

import dev.taskorder.activities.testing.Tenant;
import dev.taskorder.api.order.Status;
import dev.taskorder.api.order.TaskOrder;
import dev.taskorder.api.order.TaskOrderState;
import dev.taskorder.api.order.Verdict;
import org.junit.jupiter.api.Test;

/** {@code max_queue_ms}: whoever looks at the order judges it by the database's clock. */
class QueueLimitTest {
    private static final long MAX_MS = 60_000;

    private final Tenant tenant = Tenant.fresh();

    private TaskOrder waiting() {
        tenant.bannedAsset("away", "RAW_NET", "ip.9");
        TaskOrder order = tenant.created(anOrder()
                .wanting("RAW_NET", null, 1)
                .constraint("max_queue_ms", MAX_MS)
                .spec());
        assertThat(((Verdict.Await) tenant.admitted(order)).atMostMs()).isBetween(MAX_MS - 10_000, MAX_MS);
        return order;
    }

    @Test
    void an_order_is_told_how_long_it_may_still_wait() {
        TaskOrder order = waiting();
        queuedBefore(order, 50_000);

        assertThat(((Verdict.Await) proceed(order)).atMostMs()).isBetween(1L, 10_000L);
    }

    @Test
    void an_order_without_a_limit_waits_until_it_is_woken() {
        tenant.bannedAsset("away", "RAW_NET", "ip.9");
        TaskOrder order = tenant.created(anOrder().wanting("RAW_NET", null, 1).spec());

        assertThat(tenant.admitted(order)).isEqualTo(new Verdict.Await(null));
    }

    @Test
    void an_order_that_waited_for_longer_than_it_may_ends_when_it_is_looked_at() {
        TaskOrder order = waiting();
        queuedBefore(order, MAX_MS);

        assertThat(proceed(order)).isEqualTo(new Verdict.Over("FAILED"));
        TaskOrder ended = tenant.find(order.taskId());
        assertThat(ended.state().resultCode()).isEqualTo("NO_RESOURCE");
        assertThat(ended.state().resultMessage())
                .isEqualTo("waited in the queue for longer than max_queue_ms (" + MAX_MS + ")");
        assertThat(proceed(order)).isEqualTo(new Verdict.Over("FAILED"));
        assertThat(tenant.find(order.taskId())).isEqualTo(ended);
    }

    @Test
    void an_order_that_was_granted_before_anybody_looked_runs() {
        TaskOrder order = waiting();
        queuedBefore(order, MAX_MS);
        tenant.asset("ip", "RAW_NET", "ip.1", 1, "1");

        assertThat(proceed(order)).isInstanceOf(Verdict.Execute.class);
    }

    @Test
    void a_cancel_that_was_recorded_before_wins() {
        TaskOrder order = waiting();
        queuedBefore(order, MAX_MS);
        tenant.cancel(order.taskId());

        assertThat(proceed(order)).isEqualTo(new Verdict.Over("CANCELLED"));
        TaskOrderState ended = tenant.find(order.taskId()).state();
        assertThat(ended.status()).isEqualTo(Status.CANCELLED);
        assertThat(ended.resultMessage()).isEqualTo("not wanted any more");
    }

    private Verdict proceed(TaskOrder order) {
        return tenant.step(steps -> steps.proceed(tenant.ref(order)));
    }

    private void queuedBefore(TaskOrder order, long ms) {
        tenant.sql(jdbc ->
                jdbc.sql("""
                        UPDATE task_order
                           SET queued_at = queued_at - :ms * interval '1 millisecond', task_version = task_version + 1
                         WHERE task_id = :task
                        """).param("ms", ms).param("task", order.taskId()).update());
    }
}
