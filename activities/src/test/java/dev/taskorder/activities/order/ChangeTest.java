package dev.taskorder.activities.order;

import static dev.taskorder.activities.testing.Orders.anOrder;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.taskorder.activities.dispatch.DispatchQueue;
import dev.taskorder.activities.dispatch.StartDue;
import dev.taskorder.activities.testing.Application;
import dev.taskorder.activities.testing.Orders;
import dev.taskorder.activities.testing.Race;
import dev.taskorder.activities.testing.Tenant;
import dev.taskorder.api.execution.ExecutionResult;
import dev.taskorder.api.order.OrderSteps;
import dev.taskorder.api.order.OrderSteps.How;
import dev.taskorder.api.order.Status;
import dev.taskorder.api.order.TaskOrder;
import dev.taskorder.api.order.TaskOrderChange;
import dev.taskorder.api.order.UpdateResult;
import dev.taskorder.api.order.Verdict;
import java.util.List;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A caller's change of an order, in every state it can be in and against others who want one too. */
class ChangeTest {
    private static final IntPredicate ANY = version -> true;

    private final Tenant tenant = Tenant.fresh();

    @Test
    void of_sixteen_who_saw_one_version_exactly_one_changes_the_order() throws Exception {
        TaskOrder order = tenant.created(anOrder().tags("t").spec());

        List<UpdateResult> results = Race.of(
                16,
                i -> () -> tenant.update(
                        order.taskId(),
                        new TaskOrderChange(60 + i, null, List.of("t-" + i), null),
                        version -> version == 1));

        assertThat(results).filteredOn(UpdateResult.Updated.class::isInstance).hasSize(1);
        assertThat(results)
                .filteredOn(result -> !(result instanceof UpdateResult.Updated))
                .hasSize(15)
                .containsOnly(new UpdateResult.VersionMismatch(2));
        TaskOrder now = tenant.find(order.taskId());
        assertThat(now.state().taskVersion()).isEqualTo(2);
        assertThat(now.spec().tags()).containsExactly("t-" + (now.spec().priority() - 60));
        assertThat(tags(order)).isEqualTo(now.spec().tags());
        assertThat(updates(order)).isEqualTo(1);
    }

    @Test
    void of_sixteen_who_do_not_care_each_changes_it_once() throws Exception {
        TaskOrder order = tenant.created(anOrder().spec());

        Race.of(
                16,
                i -> () ->
                        tenant.update(order.taskId(), new TaskOrderChange(60 + i, null, List.of("t-" + i), null), ANY));

        TaskOrder now = tenant.find(order.taskId());
        assertThat(now.state().taskVersion()).isEqualTo(17);
        assertThat(tags(order)).isEqualTo(now.spec().tags());
        assertThat(updates(order)).isEqualTo(16);
    }

    @ParameterizedTest
    @EnumSource(Status.class)
    void an_order_is_changed_until_it_is_over(Status status) {
        TaskOrder order = in(status);
        assertThat(tenant.find(order.taskId()).state().status()).isEqualTo(status);
        int version = tenant.find(order.taskId()).state().taskVersion();

        UpdateResult result = tenant.update(
                order.taskId(),
                new TaskOrderChange(91, null, List.of("new"), new TaskOrderChange.Description("new")),
                seen -> seen == version);

        TaskOrder now = tenant.find(order.taskId());
        if (status.isOver()) {
            assertThat(result).isEqualTo(new UpdateResult.AlreadySettled(now));
            assertThat(now.state().taskVersion()).isEqualTo(version);
            assertThat(now.spec()).isEqualTo(order.spec());
            assertThat(tags(order)).containsExactly("old");
        } else {
            assertThat(result).isEqualTo(new UpdateResult.Updated(now));
            assertThat(now.state().status()).isEqualTo(status);
            assertThat(now.state().taskVersion()).isEqualTo(version + 1);
            assertThat(now.spec().priority()).isEqualTo(91);
            assertThat(now.spec().description()).isEqualTo("new");
            assertThat(tags(order)).containsExactly("new");
        }
    }

    @Test
    void a_new_priority_counts_in_the_queue_at_once() {
        TaskOrder holder = in(Status.RUNNING);
        TaskOrder first = waiting(wantingAny().priority(60));
        TaskOrder second = waiting(wantingAny().priority(40));

        tenant.update(second.taskId(), new TaskOrderChange(95, null, null, null), ANY);
        answer(holder, "OK");

        assertThat(statusOf(second)).isEqualTo(Status.RUNNING);
        assertThat(statusOf(first)).isEqualTo(Status.QUEUED);
        assertThat(tenant.<Long>sql(jdbc -> jdbc.sql("SELECT count(*) FROM match_wanted")
                        .query(Long.class)
                        .single()))
                .isZero();
    }

    @Test
    void a_new_priority_counts_for_what_is_started_next_too() {
        TaskOrder older = tenant.created(anOrder().priority(60).spec());
        TaskOrder raised = tenant.created(anOrder().priority(40).spec());

        tenant.update(raised.taskId(), new TaskOrderChange(95, null, null, null), ANY);

        DispatchQueue queue = Application.shared().bean(DispatchQueue.class);
        assertThat(tenant.as(() -> queue.claimStarts(10)))
                .extracting(StartDue::taskId, StartDue::priority)
                .containsExactly(tuple(raised.taskId(), 95), tuple(older.taskId(), 60));
    }

    @Test
    void the_signal_that_shows_a_new_priority_to_temporal_changes_nothing_again() {
        TaskOrder order = in(Status.QUEUED);
        tenant.update(order.taskId(), new TaskOrderChange(90, null, null, null), ANY);
        tenant.update(order.taskId(), new TaskOrderChange(30, null, null, null), ANY);
        TaskOrder changed = tenant.find(order.taskId());

        assertThat(signals(order)).as("without a priority").containsExactly("", "");
        assertThat(reprioritised(order, null)).isEqualTo(30);
        assertThat(tenant.find(order.taskId())).isEqualTo(changed);
        assertThat(updates(order)).isEqualTo(2);
    }

    @Test
    void the_step_that_changes_a_priority_tells_what_the_row_says_then() {
        TaskOrder order = in(Status.QUEUED);

        assertThat(reprioritised(order, 90)).isEqualTo(90);
        assertThat(reprioritised(order, 90)).as("once more").isEqualTo(90);
        assertThat(reprioritised(order, 101)).as("refused").isEqualTo(90);
        assertThat(reprioritised(order, -1)).as("refused").isEqualTo(90);
        assertThat(updates(order)).isEqualTo(1);

        tenant.step(steps -> steps.end(new OrderSteps.EndOrder(tenant.id(), order.taskId(), 1, "enough", "me")));
        assertThat(reprioritised(order, 10)).as("too late").isNull();
        assertThat(tenant.find(order.taskId()).spec().priority()).isEqualTo(90);
    }

    private @Nullable Integer reprioritised(TaskOrder order, @Nullable Integer priority) {
        return tenant.step(steps ->
                steps.reprioritise(new OrderSteps.Reprioritise(tenant.id(), order.taskId(), 1, priority, "a person")));
    }

    @Test
    void what_does_not_change_the_priority_is_no_matter_of_the_queue_or_of_temporal() {
        TaskOrder order = in(Status.QUEUED);

        tenant.update(order.taskId(), new TaskOrderChange(50, null, List.of("x"), null), ANY);

        assertThat(updates(order)).isEqualTo(1);
        assertThat(signals(order)).isEmpty();
    }

    /** An order with this status, on the one asset there is. */
    private TaskOrder in(Status status) {
        if (status == Status.PENDING || status == Status.QUEUED || status == Status.CANCELLED) {
            tenant.bannedAsset("away", "RAW_NET", "ip.9");
            TaskOrder order = tenant.created(wantingAny().tags("old").spec());
            if (status == Status.QUEUED) {
                tenant.admitted(order);
            } else if (status == Status.CANCELLED) {
                tenant.cancel(order.taskId());
            }
            return order;
        }
        tenant.asset("ip", "RAW_NET", "ip.1", 1, "1");
        TaskOrder order = tenant.created(
                wantingAny().tags("old").constraint("max_retries", 0).spec());
        assertThat(tenant.admitted(order)).isInstanceOf(Verdict.Execute.class);
        if (status == Status.TIMEOUT) {
            tenant.concluded(order, 1, How.ABANDONED);
        } else if (status != Status.RUNNING) {
            answer(order, status == Status.SUCCESS ? "OK" : status == Status.FAILED ? "HARD_FAIL" : "RETRYABLE");
        }
        return order;
    }

    private void answer(TaskOrder order, String code) {
        tenant.answered(order, 1, ExecutionResult.of(code, null));
        tenant.concluded(order, 1, How.ANSWERED);
    }

    private static Orders wantingAny() {
        return anOrder().wanting("RAW_NET", null, 1);
    }

    private TaskOrder waiting(Orders wanted) {
        TaskOrder order = tenant.created(wanted.spec());
        assertThat(tenant.admitted(order)).isInstanceOf(Verdict.Await.class);
        return order;
    }

    private Status statusOf(TaskOrder order) {
        return tenant.find(order.taskId()).state().status();
    }

    private List<String> tags(TaskOrder order) {
        return texts("SELECT tag FROM task_tag WHERE task_id = :task ORDER BY tag", order);
    }

    private int updates(TaskOrder order) {
        return texts("SELECT type FROM task_event WHERE type = 'task_order.updated' AND object_id = :task::text", order)
                .size();
    }

    private List<String> signals(TaskOrder order) {
        return texts("""
                SELECT concat_ws(' ', payload ->> 'priority', payload ->> 'requested_by') FROM outbox
                 WHERE signal = 'reprioritise' AND task_id = :task ORDER BY outbox_id
                """, order);
    }

    private List<String> texts(String sql, TaskOrder order) {
        return tenant.sql(jdbc ->
                jdbc.sql(sql).param("task", order.taskId()).query(String.class).list());
    }
}
