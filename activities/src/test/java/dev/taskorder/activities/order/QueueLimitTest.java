package dev.taskorder.activities.order;

import static dev.taskorder.activities.testing.Orders.anOrder;
import static org.assertj.core.api.Assertions.assertThat;

import dev.taskorder.activities.testing.Orders;
import dev.taskorder.activities.testing.Tenant;
import dev.taskorder.api.budget.BudgetScope;
import dev.taskorder.api.order.Status;
import dev.taskorder.api.order.TaskOrder;
import dev.taskorder.api.order.TaskOrderState;
import dev.taskorder.api.order.Verdict;
import org.jspecify.annotations.Nullable;
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
    void an_order_that_waited_for_money_for_too_long_says_for_which_and_how_much_would_have_done() {
        tenant.asset("ip", "RAW_NET", "ip.1", 1, "1");
        tenant.budget(BudgetScope.PROJECT, "0.5");
        assertThat(messageAfterWaiting(anOrder().wanting("RAW_NET", null, 1)))
                .isEqualTo("waited in the queue for longer than max_queue_ms (" + MAX_MS
                        + ") for money: it needs 1 USD, and the budget of project acme-shop in env prod has 0.5 left of 0.5"
                        + " (0 spent, 0 held). Raise it to 1 or more (PUT /v1/budgets/project/acme-shop?env=prod)");
    }

    @Test
    void an_order_that_waited_under_budgets_that_are_used_up_names_each() {
        tenant.budget(BudgetScope.PROJECT, "0");
        tenant.budget(BudgetScope.TENANT, "0");
        assertThat(messageAfterWaiting(anOrder()))
                .contains("(" + MAX_MS + ") for money: the budget of project acme-shop in env prod is used up: ")
                .contains(". Also, the budget of the tenant in env prod is used up: ")
                .endsWith("Raise it above 0 (PUT /v1/budgets/tenant/"
                        + tenant.id().value() + "?env=prod)");
    }

    @Test
    void an_order_that_waited_for_something_cheaper_says_what_it_would_have_taken() {
        tenant.asset("cheap", "RAW_NET", "ip.1", 1, "1");
        tenant.running(anOrder().wanting("RAW_NET", null, 1));
        tenant.asset("dear", "RAW_NET", "ip.2", 1, "3");
        assertThat(messageAfterWaiting(anOrder().wanting("RAW_NET", null, 1).maxTotalCost("2")))
                .endsWith(
                        " for money: what is free takes 3 USD at least, more than its max_total_cost allows. It would have"
                                + " started with a max_total_cost of 3");
    }

    private @Nullable String messageAfterWaiting(Orders order) {
        TaskOrder waiting = tenant.waiting(order.constraint("max_queue_ms", MAX_MS));
        queuedBefore(waiting, MAX_MS);
        assertThat(proceed(waiting)).isEqualTo(new Verdict.Over("FAILED"));
        assertThat(tenant.find(waiting.taskId()).state().resultCode()).isEqualTo("NO_RESOURCE");
        return tenant.find(waiting.taskId()).state().resultMessage();
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
