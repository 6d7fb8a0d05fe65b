package dev.taskorder.starter.devserver;

import static dev.taskorder.starter.devserver.Caller.order;
import static dev.taskorder.starter.devserver.Caller.wantsOne;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.taskorder.api.order.OrderSteps;
import dev.taskorder.api.order.TaskOrderRef;
import dev.taskorder.api.order.TaskOrderWorkflow;
import dev.taskorder.api.tenant.TenantId;
import io.temporal.common.metadata.POJOActivityInterfaceMetadata;
import io.temporal.common.metadata.POJOActivityMethodMetadata;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * Whoever reaches Temporal can start workflows by hand and ask our workers for any activity. Nothing of any tenant may
 * change by it, and the tenant that is named is told once.
 */
@OnDevServer
class ForgedWorkflowsTest {
    private static final String QUEUED = "queued";
    private static final String RUNNING = "running";
    private static final String OVER = "over";

    private final JdbcClient sql;
    private final Stage stage;
    private final Side mine;
    private final Side other;
    private final Map<String, List<String>> before;

    /** One tenant with an order that executes, one that waits for its asset, and one that is over. */
    private record Side(Caller caller, String running, String queued, String over) {
        String tenant() {
            return caller.tenant();
        }

        String id(String key) {
            return tenant() + ":prod:" + key;
        }

        TaskOrderRef ref(String taskId) {
            return new TaskOrderRef(new TenantId(tenant()), UUID.fromString(taskId), 1);
        }
    }

    ForgedWorkflowsTest(Stage stage) {
        this.stage = stage;
        this.sql = stage.database().sql();
        this.mine = side();
        this.other = side();
        this.before = rows();
    }

    private Side side() {
        Caller caller = stage.newTenant();
        caller.pool(1);
        String over = caller.create(order(OVER, "{\"duration_ms\": 1}", wantsOne()));
        caller.awaitStatus(over, "SUCCESS");
        String running = caller.create(order(RUNNING, "{\"duration_ms\": 600000}", wantsOne()));
        caller.awaitExecuting(running, 1);
        String queued = caller.create(order(QUEUED, "{\"duration_ms\": 1}", wantsOne()));
        caller.awaitStatus(queued, "QUEUED");
        // nothing else is to happen to them meanwhile
        stage.putOff(running);
        stage.putOff(queued);
        await().until(stage.run(caller, OVER)::isCompleted);
        return new Side(caller, running, queued, over);
    }

    @Test
    void one_that_names_two_tenants_is_refused() {
        TaskOrderRef ofMine = mine.ref(mine.queued());
        assertThat(endAs("", mine.id("forged"), ofMine)).isEqualTo("TENANT_MISMATCH");
        assertThat(endAs(other.tenant(), mine.id("forged"), ofMine)).isEqualTo("TENANT_MISMATCH");
        assertThat(endAs("no tenant at all", mine.id("forged"), ofMine)).isEqualTo("TENANT_MISMATCH");
        assertThat(endAs(mine.tenant(), mine.id("forged"), other.ref(other.queued())))
                .isEqualTo("TENANT_MISMATCH");
        assertThat(endAs(mine.tenant(), mine.id("forged"), Map.of("runNo", 1))).isEqualTo("TENANT_MISMATCH");
        assertThat(endAs(other.tenant(), other.id("forged"), ofMine)).isEqualTo("TENANT_MISMATCH");
        assertThat(endAs(mine.tenant(), "nobody_s:prod:forged", ofMine)).isEqualTo("TENANT_MISMATCH");
        assertThat(endAs(mine.tenant(), "of-no-shape", ofMine)).isEqualTo("TENANT_MISMATCH");
        assertNothingTouched();
        assertThat(told(mine)).containsExactly("workflow.tenant_mismatch " + mine.id("forged"));
        assertThat(told(other)).containsExactly("workflow.tenant_mismatch " + other.id("forged"));
    }

    @Test
    void one_whose_order_is_not_there_or_is_another_tenant_s_is_refused_alike() {
        String nobodys = UUID.randomUUID().toString();
        assertThat(endAs(mine.tenant(), mine.id("forged"), mine.ref(nobodys))).isEqualTo("ORDER_UNKNOWN");
        assertThat(endAs(mine.tenant(), mine.id("forged"), mine.ref(other.queued())))
                .isEqualTo("ORDER_UNKNOWN");
        assertNothingTouched();
        assertThat(told(mine)).containsExactly("workflow.order_unknown " + mine.id("forged"));
        assertThat(told(other)).isEmpty();
    }

    @Test
    void one_that_names_an_order_of_its_own_tenant_under_another_id_is_refused() {
        assertThat(endAs(mine.tenant(), mine.id("forged"), mine.ref(mine.queued())))
                .isEqualTo("NOT_OF_ORDER");
        assertThat(endAs(mine.tenant(), mine.id("forged"), mine.ref(mine.running())))
                .isEqualTo("NOT_OF_ORDER");
        // the id of an order that is over is free again
        assertThat(endAs(mine.tenant(), mine.id(OVER), mine.ref(mine.running())))
                .isEqualTo("NOT_OF_ORDER");
        assertNothingTouched();
        assertThat(told(mine)).containsExactly("workflow.not_of_order " + mine.id("forged"));
    }

    @Test
    void a_run_under_an_order_s_own_id_does_what_the_order_s_own_does_which_is_nothing_when_it_is_over() {
        assertThat(endAs(mine.tenant(), mine.id(OVER), mine.ref(mine.over()))).isEqualTo("SUCCESS");
        assertNothingTouched();
        assertThat(told(mine)).isEmpty();
    }

    @Test
    void every_activity_refuses_a_workflow_of_somebody_else_s_making() {
        try (Forger forger = new Forger(stage.temporal().target(), mine.tenant())) {
            for (String activity : activities()) {
                for (String queue : List.of(TaskOrderWorkflow.TASK_QUEUE, TaskOrderWorkflow.STEP_TASK_QUEUE)) {
                    if (activity.equals("T") && queue.equals(TaskOrderWorkflow.STEP_TASK_QUEUE)) {
                        continue; // nobody runs attempts there
                    }
                    assertThat(forger.end("Own", mine.id("forged"), activity, queue, commandOn(mine, mine.running())))
                            .as(activity + " on " + queue)
                            .isEqualTo("NOT_OF_ORDER");
                    assertThat(forger.end("Own", mine.id(OVER), activity, queue, commandOn(mine, mine.over())))
                            .as("of another type: " + activity + " on " + queue)
                            .isEqualTo("NOT_OF_ORDER");
                    assertThat(forger.end("Own", mine.id("forged"), activity, queue, commandOn(other, other.running())))
                            .as("of another tenant: " + activity + " on " + queue)
                            .isEqualTo("TENANT_MISMATCH");
                }
            }
            assertThat(forger.end(
                            TaskOrderWorkflow.TYPE,
                            mine.id(OVER),
                            "OTHER_TYPE",
                            TaskOrderWorkflow.TASK_QUEUE,
                            commandOn(mine, mine.over())))
                    .as("an attempt of another type")
                    .isEqualTo("NOT_OF_ORDER");
        }
        assertNothingTouched();
    }

    @Test
    void what_no_code_of_ours_can_run_or_read_touches_nothing() {
        try (Forger forger = new Forger(stage.temporal().target(), mine.tenant())) {
            forger.tryInVain("NoTypeOfOurs", mine.id("forged"), mine.ref(mine.queued()));
            forger.tryInVain(
                    TaskOrderWorkflow.TYPE, mine.id("forged"), Map.of("tenant", "NO TENANT", "taskId", mine.queued()));
        }
        assertNothingTouched();
    }

    @Test
    void one_that_only_has_an_order_s_id_is_ended_and_the_order_runs() {
        try (Forger forger = new Forger(stage.temporal().target(), mine.tenant())) {
            forger.hold(mine.id("held"));
        }
        String task = mine.caller().create(order("held", "{\"duration_ms\": 1}"));
        await().until(() -> sql.sql("SELECT started_run_no = run_no FROM task_order WHERE task_id = ?::uuid")
                .param(task)
                .query(Boolean.class)
                .single());
        assertThat(mine.caller().order(task).path("status").asString()).isEqualTo("PENDING");
        stage.makeDue(task); // it would be within the minute
        mine.caller().awaitStatus(task, "SUCCESS");
    }

    @Test
    void a_crowd_of_forged_ones_leaves_one_entry() {
        try (Forger forger = new Forger(stage.temporal().target(), mine.tenant())) {
            for (int i = 0; i < 30; i++) {
                assertThat(forger.end(mine.id("crowd" + i), mine.ref(mine.queued())))
                        .isEqualTo("NOT_OF_ORDER");
            }
        }
        assertNothingTouched();
        assertThat(told(mine)).containsExactly("workflow.not_of_order " + mine.id("crowd0"));
    }

    /** The steps, and an attempt. */
    private static List<String> activities() {
        return Stream.concat(
                        POJOActivityInterfaceMetadata.newInstance(OrderSteps.class).getMethodsMetadata().stream()
                                .map(POJOActivityMethodMetadata::getActivityTypeName),
                        Stream.of("T"))
                .toList();
    }

    /** With what each of the activities takes. */
    private static Map<String, ?> commandOn(Side side, String taskId) {
        return Map.of(
                "tenant", side.tenant(), "taskId", taskId, "runNo", 1, "attempt", 1, "how", "LOST", "priority", 99);
    }

    private String endAs(String header, String workflowId, Object input) {
        try (Forger forger = new Forger(stage.temporal().target(), header)) {
            return forger.end(workflowId, input);
        }
    }

    private void assertNothingTouched() {
        assertThat(rows()).isEqualTo(before);
    }

    /** All that the database has of both, but for what it was told of the refusals. */
    private Map<String, List<String>> rows() {
        Map<String, List<String>> rows = new TreeMap<>();
        sql.sql("""
                        SELECT c.table_name FROM information_schema.columns c
                          JOIN pg_tables t ON t.schemaname = c.table_schema AND t.tablename = c.table_name
                         WHERE c.table_schema = 'public' AND c.column_name = 'tenant_id' AND c.table_name <> 'audit_entry'""")
                .query(String.class)
                .list()
                .forEach(table -> rows.put(
                        table,
                        // but for what the executor at work tells of its progress, and when all are looked up anyway
                        sql.sql(
                                        "SELECT (to_jsonb(t) - 'progress' - 'check_due_at' - 'last')::text FROM "
                                                + table
                                                + " t WHERE tenant_id IN (:tenants)"
                                                + " AND to_jsonb(t) ->> 'type' IS DISTINCT FROM 'task_order.progress' ORDER BY 1")
                                .param("tenants", List.of(mine.tenant(), other.tenant()))
                                .query(String.class)
                                .list()));
        assertThat(rows.get("task_order")).hasSize(6);
        return rows;
    }

    /** In the hour of the first, for each hour has its own and may turn at any moment. */
    private List<String> told(Side side) {
        return sql.sql("""
                        SELECT action || ' ' || object_id FROM audit_entry
                         WHERE tenant_id = :tenant AND actor = 'temporal' AND outcome = 'REFUSED' AND object_type = 'workflow'
                           AND action = 'workflow.' || code
                           AND of_hour = (SELECT min(of_hour) FROM audit_entry WHERE tenant_id = :tenant AND actor = 'temporal')
                         ORDER BY entry_no""").param("tenant", side.tenant()).query(String.class).list();
    }
}
