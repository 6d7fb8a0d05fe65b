package dev.taskorder.activities.tenant;

import static dev.taskorder.activities.testing.Orders.anOrder;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

import dev.taskorder.activities.testing.Application;
import dev.taskorder.activities.testing.Tenant;
import dev.taskorder.activities.testing.TestDatabase;
import dev.taskorder.api.execution.ExecutionResult;
import dev.taskorder.api.order.TaskOrder;
import dev.taskorder.api.order.Verdict;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.dao.PessimisticLockingFailureException;
import org.springframework.transaction.TransactionException;

/** What PostgreSQL refuses for a while is told from what it refuses for good. */
class PostgresFaultsTest {
    private static final Application IMPATIENT = new Application(2, "SET lock_timeout = '50ms'");

    private final Tenant tenant = new Tenant(IMPATIENT);

    @AfterAll
    static void close() {
        IMPATIENT.close();
    }

    @Test
    void an_order_that_somebody_holds_past_the_lock_timeout_is_a_lock_not_got() {
        TaskOrder order = tenant.created(anOrder().spec());
        whileHeld("task_order", order, () -> assertThatThrownBy(() -> tenant.cancel(order.taskId()))
                .isInstanceOf(PessimisticLockingFailureException.class));
    }

    @Test
    void an_answer_whose_attempt_somebody_holds_is_not_refused_for_good() {
        TaskOrder order = tenant.created(anOrder().spec());
        tenant.admitted(order);
        tenant.begin(order, 1);
        whileHeld("attempt", order, () -> assertThatThrownBy(
                        () -> tenant.complete(order, 1, tokenOf(order), ExecutionResult.of("OK", null)))
                .isInstanceOf(PessimisticLockingFailureException.class));
    }

    @Test
    void a_matcher_whose_turn_does_not_come_leaves_its_mark_and_the_order_waits() {
        TaskOrder order = tenant.created(anOrder().spec());
        TestDatabase.get()
                .whileHeld(
                        jdbc -> jdbc.sql("SELECT 1 FROM pg_advisory_xact_lock(hashtextextended(:place, 7))")
                                .param("place", tenant.id() + ":prod")
                                .query()
                                .singleRow(),
                        () -> assertThat(tenant.admitted(order)).isInstanceOf(Verdict.Await.class));
        long marks = tenant.sql(jdbc ->
                jdbc.sql("SELECT count(*) FROM match_wanted").query(Long.class).single());
        assertThat(marks).isPositive();
    }

    @Test
    void a_write_to_a_server_that_is_no_primary_any_more_is_a_server_that_is_away() {
        TaskOrder order = tenant.created(anOrder().spec());
        assertThatThrownBy(() -> tenant.sql(jdbc -> {
                    jdbc.sql("SET TRANSACTION READ ONLY").update();
                    return jdbc.sql("UPDATE task_order SET priority = 1 WHERE task_id = :task")
                            .param("task", order.taskId())
                            .update();
                }))
                .isInstanceOf(DataAccessResourceFailureException.class);
    }

    @Test
    void a_transaction_that_was_idle_for_too_long_is_a_server_that_is_away() {
        AtomicReference<Throwable> fault = new AtomicReference<>();
        // what the caller gets is that not even the rollback went through
        assertThatThrownBy(() -> tenant.sql(jdbc -> {
                    int session = jdbc.sql("SELECT pg_backend_pid()")
                            .query(Integer.class)
                            .single();
                    jdbc.sql("SET LOCAL idle_in_transaction_session_timeout = '10ms'")
                            .update();
                    await().until(() -> !isThere(session));
                    fault.set(catchThrowable(() -> jdbc.sql("SELECT 1").query().singleRow()));
                    return null;
                }))
                .isInstanceOf(TransactionException.class);
        assertThat(fault.get()).isInstanceOf(DataAccessResourceFailureException.class);
    }

    @Test
    void a_row_that_breaks_a_rule_is_refused_for_good() {
        TaskOrder order = tenant.created(anOrder().spec());
        assertThatThrownBy(
                        () -> tenant.sql(jdbc -> jdbc.sql("UPDATE task_order SET priority = 101 WHERE task_id = :task")
                                .param("task", order.taskId())
                                .update()))
                .isInstanceOf(DataIntegrityViolationException.class);
    }

    private static void whileHeld(String table, TaskOrder order, Runnable work) {
        TestDatabase.get()
                .whileHeld(
                        jdbc -> jdbc.sql("SELECT 1 FROM " + table + " WHERE task_id = :task FOR UPDATE")
                                .param("task", order.taskId())
                                .query()
                                .singleRow(),
                        work);
    }

    private UUID tokenOf(TaskOrder order) {
        return tenant.sql(jdbc -> jdbc.sql("SELECT token FROM attempt WHERE task_id = :task")
                .param("task", order.taskId())
                .query(UUID.class)
                .single());
    }

    private static boolean isThere(int session) {
        return TestDatabase.get()
                .superuser()
                .sql("SELECT EXISTS (SELECT FROM pg_stat_activity WHERE pid = :pid)")
                .param("pid", session)
                .query(Boolean.class)
                .single();
    }
}
