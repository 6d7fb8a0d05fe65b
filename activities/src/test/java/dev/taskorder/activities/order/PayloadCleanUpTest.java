package dev.taskorder.activities.order;

import static dev.taskorder.activities.testing.Orders.anOrder;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.taskorder.activities.event.EventRelay;
import dev.taskorder.activities.maintenance.DueWork;
import dev.taskorder.activities.testing.Orders;
import dev.taskorder.activities.testing.Race;
import dev.taskorder.activities.testing.Tenant;
import dev.taskorder.activities.testing.TestDatabase;
import dev.taskorder.api.execution.ExecutionResult;
import dev.taskorder.api.order.CreateResult;
import dev.taskorder.api.order.DeadLetters;
import dev.taskorder.api.order.OrderSteps;
import dev.taskorder.api.order.RedriveResult;
import dev.taskorder.api.order.Status;
import dev.taskorder.api.order.TaskOrder;
import dev.taskorder.api.order.TaskOrderSpec;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.simple.JdbcClient;

/** What is large of an order goes some days after its end, and all that is told of it stays. */
class PayloadCleanUpTest {
    /** 4 KB of what compression cannot make small. */
    private static final Map<String, Object> LARGE = Map.of(
            "data",
            IntStream.range(0, 64).mapToObj(i -> UUID.randomUUID() + " " + i).collect(Collectors.joining()));

    private static final Map<String, Object> SMALL = Map.of("url", "https://shop.example");

    private final Tenant tenant = Tenant.fresh();
    private final JdbcClient superuser = TestDatabase.get().superuser();

    @Test
    void input_and_output_of_an_order_go_when_it_has_been_over_for_the_days_of_the_policy_in_force() {
        TaskOrder order = ended(anOrder().input(LARGE), "OK", SMALL);
        TaskOrder before = tenant.find(order.taskId());
        passes(order, 31);
        tenant.withRetention("{\"payload_days\": 32}");
        cleanAll();
        assertThat(tenant.find(order.taskId())).isEqualTo(before);

        tenant.withRetention("{\"payload_days\": 31}");
        cleanAll();
        TaskOrder after = tenant.find(order.taskId());
        assertThat(after.spec().input()).isEmpty();
        assertThat(after.state().output()).isNull();
        assertThat(after.state().payloadRemovedAt()).isEqualTo(after.state().updatedAt());
        assertThat(after.state().taskVersion()).isEqualTo(before.state().taskVersion() + 1);
        assertThat(after.state().finishedAt()).isEqualTo(before.state().finishedAt());
        assertThat(attempts(order)).containsExactly("- -");
        assertThat(tenant.events(order)).endsWith("task_order.succeeded", "task_order.updated");
        cleanAll();
        assertThat(tenant.find(order.taskId())).as("once").isEqualTo(after);
    }

    @Test
    void a_large_output_or_progress_counts_also_that_of_an_attempt_in_between() {
        TaskOrder output = ended(anOrder().input(SMALL), "OK", LARGE);
        TaskOrder between = tenant.running(anOrder().constraint("max_retries", 1));
        tenant.answered(between, 1, result("RETRYABLE", LARGE));
        tenant.concluded(between, 1, OrderSteps.How.ANSWERED);
        tenant.sql(jdbc -> jdbc.sql("UPDATE task_order SET retry_at = now() WHERE task_id = :task")
                .param("task", between.taskId())
                .update());
        tenant.proceed(between);
        tenant.answered(between, 2, result("OK", SMALL));
        tenant.concluded(between, 2, OrderSteps.How.ANSWERED);
        assertThat(tenant.statusOf(between)).isEqualTo(Status.SUCCESS);
        for (TaskOrder order : List.of(output, between)) {
            passes(order, 31);
        }
        cleanAll();
        assertThat(tenant.find(output.taskId()).state().output()).isNull();
        assertThat(attempts(between)).containsExactly("- -", "- -");
    }

    @Test
    void what_is_small_stays_and_so_does_all_of_a_dead_letter_which_can_be_redriven() {
        TaskOrder small = ended(anOrder().input(SMALL), "OK", SMALL);
        TaskOrder dead = ended(anOrder().input(LARGE).constraint("max_retries", 0), "RETRYABLE", LARGE);
        assertThat(tenant.statusOf(dead)).isEqualTo(Status.DEAD_LETTER);
        List<TaskOrder> before = List.of(tenant.find(small.taskId()), tenant.find(dead.taskId()));
        superuser
                .sql("UPDATE task_order SET finished_at = finished_at - interval '100 days',"
                        + " task_version = task_version + 1 WHERE tenant_id = :t")
                .param("t", tenant.id().value())
                .update();
        cleanAll();
        assertThat(tenant.find(small.taskId()).spec()).isEqualTo(before.get(0).spec());
        assertThat(tenant.find(small.taskId()).state().output()).isEqualTo(SMALL);
        assertThat(tenant.find(dead.taskId()).spec()).isEqualTo(before.get(1).spec());
        assertThat(tenant.find(dead.taskId()).state().output())
                .isEqualTo(before.get(1).state().output());
        assertThat(attempts(dead)).containsExactly("output -");

        RedriveResult again =
                tenant.as(() -> tenant.bean(DeadLetters.class).redrive(dead.taskId(), null, Tenant.CALLER));
        assertThat(((RedriveResult.Redriven) again).order().spec().input()).isEqualTo(LARGE);
    }

    @Test
    void a_repeated_create_is_answered_after_it_as_before() {
        TaskOrder order = ended(anOrder().key("mine").input(LARGE), "OK", SMALL);
        passes(order, 31);
        cleanAll();
        TaskOrderSpec same = anOrder().key("mine").input(LARGE).spec();
        TaskOrderSpec other = anOrder().key("mine").input(Map.of()).spec();
        List<CreateResult> answers = tenant.create(List.of(same, other));
        assertThat(((CreateResult.Replayed) answers.get(0)).order()).isEqualTo(tenant.find(order.taskId()));
        assertThat(answers.get(1)).isEqualTo(new CreateResult.KeyReused(List.of("input")));
        assertThat(tenant.as(() -> tenant.bean(DeadLetters.class).redrive(order.taskId(), null, Tenant.CALLER)))
                .isInstanceOf(RedriveResult.IllegalTransition.class);
    }

    @Test
    void the_days_stand_still_while_somebody_has_still_to_be_told_of_what_happened_before() {
        TaskOrder order = tenant.finish(tenant.running(anOrder().input(LARGE)));
        passes(order, 31);
        superuser
                .sql("UPDATE task_event SET occurred_at = now() - interval '31 days' WHERE tenant_id = :t")
                .param("t", tenant.id().value())
                .update();
        assertThat(cleans()).isFalse();
        assertThat(tenant.find(order.taskId()).spec().input()).isEqualTo(LARGE);

        see();
        assertThat(cleans()).isFalse();
        assertThat(tenant.find(order.taskId()).spec().input()).isEmpty();
    }

    @Test
    void a_look_takes_so_many_orders_only_and_several_at_once_take_each_once() throws Exception {
        int many = 120;
        List<TaskOrder> orders = IntStream.range(0, many)
                .mapToObj(i -> tenant.created(anOrder().input(LARGE).spec()))
                .toList();
        orders.forEach(order -> tenant.cancel(order.taskId()));
        orders.forEach(order -> passes(order, 31));
        see();
        assertThat(cleans()).isTrue();
        assertThat(left()).isBetween(60L, 119L);
        Race.of(4, i -> () -> {
            cleanAll();
            return i;
        });
        cleanAll();
        assertThat(left()).isZero();
        assertThat(orders).allSatisfy(order -> assertThat(tenant.events(order))
                .endsWith("task_order.cancelled", "task_order.updated")
                .hasSize(4));
    }

    @Test
    void an_order_that_somebody_holds_is_found_the_next_time() {
        TaskOrder order = ended(anOrder().input(LARGE), "OK", SMALL);
        passes(order, 31);
        TestDatabase.get()
                .whileHeld(
                        jdbc -> jdbc.sql("SELECT FROM task_order WHERE task_id = :task FOR UPDATE")
                                .param("task", order.taskId())
                                .query()
                                .singleRow(),
                        this::cleanAll);
        assertThat(tenant.find(order.taskId()).spec().input()).isEqualTo(LARGE);
        cleanAll();
        assertThat(tenant.find(order.taskId()).spec().input()).isEmpty();
    }

    @Test
    void an_input_may_go_and_is_never_changed() {
        TaskOrder open = tenant.created(anOrder().input(LARGE).spec());
        assertThatThrownBy(() -> tenant.sql(
                        jdbc -> jdbc.sql("UPDATE task_order SET input = '{}'").update()))
                .rootCause()
                .hasMessageContaining("may be removed, and not be changed");
        assertThatThrownBy(() -> tenant.sql(jdbc -> jdbc.sql(
                                "UPDATE task_order SET input = '{}', payload_removed_at = now(), task_version = task_version + 1")
                        .update()))
                .rootCause()
                .hasMessageContaining("task_order_payload_is_removed_whole");
        assertThat(tenant.find(open.taskId()).spec().input()).isEqualTo(LARGE);
    }

    private TaskOrder ended(Orders order, String code, Map<String, Object> output) {
        TaskOrder running = tenant.running(order);
        tenant.answered(running, 1, result(code, output));
        tenant.concluded(running, 1, OrderSteps.How.ANSWERED);
        see();
        return running;
    }

    private static ExecutionResult result(String code, Map<String, Object> output) {
        ExecutionResult plain = ExecutionResult.of(code, null);
        return new ExecutionResult(
                plain.resultCode(),
                plain.resultMessage(),
                Map.copyOf(output),
                plain.leaseOutcomes(),
                plain.costs(),
                plain.revenue());
    }

    private void see() {
        while (tenant.as(() -> tenant.bean(EventRelay.class).seeNext()) > 0) {
            // until none is left
        }
    }

    /** As if it had ended so many days ago. */
    private void passes(TaskOrder order, int days) {
        superuser
                .sql("UPDATE task_order SET payload_since = now() - :days * interval '1 day'"
                        + " WHERE task_id = :task AND payload_since IS NOT NULL")
                .param("days", days)
                .param("task", order.taskId())
                .update();
    }

    private boolean cleans() {
        return tenant.as(() -> tenant.bean(DueWork.class).cleanUp());
    }

    private void cleanAll() {
        while (cleans()) {
            // until none is left
        }
        see();
    }

    private long left() {
        return tenant.sql(jdbc -> jdbc.sql("SELECT count(*) FROM task_order WHERE payload_since IS NOT NULL")
                .query(Long.class)
                .single());
    }

    private List<String> attempts(TaskOrder order) {
        return tenant.sql(jdbc -> jdbc.sql("SELECT CASE WHEN output IS NULL THEN '-' ELSE 'output' END || ' '"
                        + " || CASE WHEN progress IS NULL THEN '-' ELSE 'progress' END"
                        + " FROM attempt WHERE task_id = :task ORDER BY number")
                .param("task", order.taskId())
                .query(String.class)
                .list());
    }
}
