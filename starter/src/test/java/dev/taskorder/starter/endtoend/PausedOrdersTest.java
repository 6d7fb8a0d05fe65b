package dev.taskorder.starter.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.taskorder.starter.testing.Http.Answer;
import dev.taskorder.starter.testing.TestDatabase;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.test.context.TestPropertySource;

/** What operators stop and let go on, with everything at work. In an application of its own, for a pause of all stops other tests too. */
@EndToEnd
@TestPropertySource(properties = {TestDatabase.WANTED + "=paused", "taskorder.local.data-dir=target/paused"})
class PausedOrdersTest {
    private static final String SCRIPTED = "\"task_type\":\"SCRIPTED\"";

    @Autowired
    private Customers customers;

    @Autowired
    private ScriptedExecutor executor;

    @Test
    void on_hold_orders_are_taken_and_queue_and_start_when_they_are_resumed() {
        Customer customer = customers.fresh();
        customer.oneSlot();
        String pauses = "/v1/tenants/" + customer.tenant();
        post(customer, pauses + "/pause", "{\"reason\":\"stock-taking\"}");
        String low = waiting(customer, 10);
        String high = waiting(customer, 90);
        assertThat(customer.read("/v1/task-orders/" + low + "/explain")
                        .at("/blockers/0/code")
                        .asString())
                .isEqualTo("tenant_paused");
        assertThat(executor.hasRun(low) || executor.hasRun(high)).isFalse();

        post(customer, pauses + "/resume", "");

        executor.awaitRun(high, 1).answers("OK");
        executor.awaitRun(low, 1).answers("OK");
        customer.awaitEnd(low, "SUCCESS");
        assertThat(customer.read("/v1/task-orders/" + high).path("started_at").asString())
                .isLessThan(customer.read("/v1/task-orders/" + low)
                        .path("started_at")
                        .asString());
    }

    @Test
    void drained_a_retry_waits_until_all_tenants_are_resumed() {
        Customer customer = customers.fresh();
        customer.oneSlot();
        String task = customer.order(SCRIPTED, Customer.ONE_NET);
        ScriptedExecutor.Run first = executor.awaitRun(task, 1);
        post(customer, "/v1/control/pause", "{\"mode\":\"drain\"}");
        try {
            first.answers("RETRYABLE");
            await().until(() -> customer.read("/v1/task-orders/" + task + "/explain")
                    .at("/blockers/0/code")
                    .asString("")
                    .equals("control_paused"));
        } finally {
            post(customer, "/v1/control/resume", "");
        }
        executor.awaitRun(task, 2).answers("OK");
        customer.awaitEnd(task, "SUCCESS");
    }

    private static String waiting(Customer customer, int priority) {
        String task = customer.order(SCRIPTED + ",\"priority\":" + priority, Customer.ONE_NET);
        customer.awaitStatus(task, "QUEUED");
        return task;
    }

    private static void post(Customer customer, String path, String body) {
        Answer answer = customer.http().post(path, body);
        assertThat(answer.status()).as(answer.text()).isEqualTo(200);
    }
}
