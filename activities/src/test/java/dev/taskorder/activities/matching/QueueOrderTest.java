package dev.taskorder.activities.matching;

import static dev.taskorder.activities.testing.Orders.anOrder;
import static org.assertj.core.api.Assertions.assertThat;

import dev.taskorder.activities.testing.Orders;
import dev.taskorder.activities.testing.Tenant;
import dev.taskorder.api.execution.ExecutionResult;
import dev.taskorder.api.order.CreateResult;
import dev.taskorder.api.order.OrderSteps.How;
import dev.taskorder.api.order.Status;
import dev.taskorder.api.order.TaskOrder;
import dev.taskorder.api.order.TaskOrderSpec;
import dev.taskorder.api.order.Verdict;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Who is next where two orders could be: (priority desc, created_at, task_id), over all that compete. */
class QueueOrderTest {
    private final Tenant tenant = Tenant.fresh();

    @Test
    void of_equal_priority_and_age_the_smaller_id_is_next() {
        TaskOrder holder = runningOnTheOnlySlot();
        // one transaction, so one created_at
        List<TaskOrder> batch = tenant
                .create(Stream.generate(() -> wantingAny().spec()).limit(5).toList())
                .stream()
                .map(result -> ((CreateResult.Created) result).order())
                .toList();
        assertThat(batch.stream().map(order -> order.state().createdAt()).distinct())
                .hasSize(1);
        for (int last = batch.size() - 1; last >= 0; last--) {
            assertThat(tenant.admitted(batch.get(last))).isInstanceOf(Verdict.Await.class);
        }
        assertServedInThisOrder(holder, batch);
    }

    @Test
    void orders_of_different_demands_that_want_one_asset_stand_in_one_queue() {
        TaskOrder holder = runningOnTheOnlySlot();
        TaskOrder older = waiting(wantingAny().priority(50).spec());
        TaskOrder urgentByName =
                waiting(anOrder().wanting("RAW_NET", "ip.1", 1).priority(90).spec());
        TaskOrder urgent = waiting(wantingAny().priority(90).spec());
        TaskOrder youngerByName =
                waiting(anOrder().wanting("RAW_NET", "ip.1", 1).priority(50).spec());
        TaskOrder youngerByPrefix =
                waiting(anOrder().wanting("RAW_NET", "ip.*", 1).priority(50).spec());
        assertServedInThisOrder(holder, List.of(urgentByName, urgent, older, youngerByName, youngerByPrefix));
    }

    static Stream<Arguments> passes() {
        return Stream.of(
                Arguments.of(199, List.of(199L)),
                Arguments.of(200, List.of(200L)),
                Arguments.of(201, List.of(200L, 1L)));
    }

    @ParameterizedTest
    @MethodSource("passes")
    void one_transaction_grants_at_most_two_hundred_and_another_goes_on(int waiting, List<Long> grantsOfEach) {
        tenant.bannedAsset("away", "RAW_NET", "ip.9");
        tenant.create(
                IntStream.range(0, waiting).mapToObj(i -> wantingAny().spec()).toList());
        // straight into the queue: an admission of each would look for itself
        tenant.sql(jdbc -> jdbc.sql(
                        "UPDATE task_order SET status = 'QUEUED', queued_at = now(), waits_since = now(), task_version = task_version + 1")
                .update());
        tenant.asset("ip", "RAW_NET", "ip.1", waiting, "1");
        List<Long> granted = tenant.sql(jdbc -> jdbc.sql("SELECT count(*) FROM lease GROUP BY xmin ORDER BY 1 DESC")
                .query(Long.class)
                .list());
        assertThat(granted).isEqualTo(grantsOfEach);
        assertThat(tenant.<Long>sql(jdbc -> jdbc.sql("SELECT count(*) FROM match_wanted")
                        .query(Long.class)
                        .single()))
                .isZero();
    }

    private TaskOrder runningOnTheOnlySlot() {
        tenant.asset("ip", "RAW_NET", "ip.1", 1, "1");
        TaskOrder holder = tenant.created(wantingAny().spec());
        assertThat(tenant.admitted(holder)).isInstanceOf(Verdict.Execute.class);
        return holder;
    }

    private static Orders wantingAny() {
        return anOrder().wanting("RAW_NET", null, 1);
    }

    private TaskOrder waiting(TaskOrderSpec spec) {
        TaskOrder order = tenant.created(spec);
        assertThat(tenant.admitted(order)).isInstanceOf(Verdict.Await.class);
        return order;
    }

    private void assertServedInThisOrder(TaskOrder holder, List<TaskOrder> expected) {
        TaskOrder current = holder;
        for (TaskOrder next : expected) {
            tenant.answered(current, 1, ExecutionResult.of("OK", null));
            tenant.concluded(current, 1, How.ANSWERED);
            assertThat(tenant.find(next.taskId()).state().status())
                    .as("number %s", expected.indexOf(next))
                    .isEqualTo(Status.RUNNING);
            current = next;
        }
    }
}
