package dev.taskorder.starter.devserver;

import static dev.taskorder.starter.devserver.Caller.order;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What a person finds of an order in Temporal. */
@OnDevServer
class VisibilityTest {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final Stage stage;
    private final Caller caller;

    VisibilityTest(Stage stage) {
        this.stage = stage;
        this.caller = stage.newTenant();
    }

    @Test
    void an_order_is_found_by_its_search_attributes_as_open_and_then_by_how_it_ended() {
        Run run = stage.run(caller, "key");
        String task = caller.create(order("key", "{\"duration_ms\": 600000}", ", \"priority\": 70"));
        String mine = "WorkflowType = 'TaskOrder' AND TenantId = '" + caller.tenant()
                + "' AND TaskEnv = 'prod' AND ProjectId = 'p' AND TaskType = 'T' AND TaskPriority >= 70";
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(run.listed(mine + " AND TaskStatus = 'OPEN'"))
                .containsExactly(run.workflowId()));
        run.signal("reprioritise", Map.of("priority", 95, "requested_by", "me"));
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(run.listed(mine + " AND TaskPriority = 95"))
                .containsExactly(run.workflowId()));
        caller.cancel(task);
        caller.awaitStatus(task, "CANCELLED");
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(run.listed(mine + " AND TaskStatus = 'CANCELLED'"))
                .containsExactly(run.workflowId()));
        assertThat(run.listed(mine + " AND TaskStatus = 'OPEN'")).isEmpty();
        assertThat(run.listed("TenantId = 'nobody'")).isEmpty();
    }

    @Test
    void a_plain_order_has_a_summary_and_a_short_history() {
        Run run = stage.run(caller, "key");
        String task = caller.create(order("key", "{\"duration_ms\": 10}", ", \"external_ref\": \"PO-17\""));
        caller.awaitStatus(task, "SUCCESS");
        await().atMost(PATIENCE).until(() -> run.info().getStatus().name().endsWith("_COMPLETED"));
        assertThat(run.summary()).isEqualTo("T · p · prod · priority 50 · PO-17");
        assertThat(run.info().getMemo().getFieldsMap().get("task_id").getData().toStringUtf8())
                .isEqualTo("\"" + task + "\"");
        assertThat(run.info().getHistoryLength()).isLessThanOrEqualTo(14);
        assertThat(run.info().getHistorySizeBytes()).isLessThanOrEqualTo(4096);
    }
}
