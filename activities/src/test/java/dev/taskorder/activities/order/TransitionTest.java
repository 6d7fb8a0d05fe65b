package dev.taskorder.activities.order;

import static dev.taskorder.activities.testing.Orders.anOrder;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.taskorder.activities.testing.Tenant;
import dev.taskorder.activities.testing.TestDatabase;
import dev.taskorder.api.order.Status;
import dev.taskorder.api.order.TaskOrder;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.dao.DataIntegrityViolationException;

/** Every transition, allowed or refused, in the code and in the schema alike. */
class TransitionTest {
    private static final Tenant TENANT = Tenant.fresh();

    static Stream<Arguments> pairs() {
        return Arrays.stream(Status.values())
                .flatMap(from ->
                        Arrays.stream(Status.values()).filter(to -> to != from).map(to -> Arguments.of(from, to)));
    }

    @ParameterizedTest(name = "{0} to {1}")
    @MethodSource("pairs")
    void the_schema_allows_exactly_what_the_contract_does(Status from, Status to) {
        TaskOrder order = TENANT.created(anOrder().spec());
        force(order, from);
        if (from.mayGoTo(to)) {
            assertThat(move(order, to)).isEqualTo(1);
        } else {
            assertThatThrownBy(() -> move(order, to))
                    .isInstanceOf(DataIntegrityViolationException.class)
                    .hasMessageContaining("may not go from " + from + " to " + to);
        }
    }

    private static int move(TaskOrder order, Status to) {
        return TENANT.sql(jdbc -> jdbc.sql(SET)
                .param("to", to.name())
                .param("task", order.taskId())
                .update());
    }

    /** As the superuser with triggers off: the starting point need not be reached by legal steps. */
    private static void force(TaskOrder order, Status status) {
        TestDatabase.get().withoutTriggers(jdbc -> jdbc.sql(SET)
                .param("to", status.name())
                .param("task", order.taskId())
                .update());
    }

    private static final String SET = """
            UPDATE task_order
               SET status = :to, task_version = task_version + 1, queued_at = now(),
                   waits_since = CASE WHEN :to = 'QUEUED' THEN now() END, started_at = now(), deadline = now(), attempt = 1,
                   finished_at = CASE WHEN :to IN ('PENDING', 'QUEUED', 'RUNNING') THEN NULL ELSE now() END,
                   result_code = CASE WHEN :to IN ('PENDING', 'QUEUED', 'RUNNING') THEN NULL ELSE 'X' END
             WHERE task_id = :task
            """;
}
