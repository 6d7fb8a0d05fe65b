package dev.taskorder.starter.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import dev.taskorder.starter.testing.Http.Answer;
import java.time.Clock;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import tools.jackson.databind.JsonNode;

/** What becomes of a tenant's orders when it is suspended or its time is up, by its policy. */
@EndToEnd
class SuspendedTenantTest {
    private static final String SCRIPTED = "\"task_type\":\"SCRIPTED\"";

    @Autowired
    private Customers customers;

    @Autowired
    private ScriptedExecutor executor;

    @Test
    void under_cancel_what_runs_and_what_waits_ends_cancelled_and_says_why() {
        Customer customer = customers.fresh();
        onSuspendCancel(customer);
        customer.oneSlot();
        String running = running(customer);
        String waiting = waiting(customer);

        act(customer, "suspend");

        for (String task : new String[] {running, waiting}) {
            JsonNode end = customer.awaitEnd(task, "CANCELLED");
            assertThat(end.path("result_message").asString()).isEqualTo("the tenant was suspended");
            assertThat(customer.events(task)).containsOnlyOnce("task_order.cancelled");
        }
        assertThat(executor.hasRun(waiting)).isFalse();
        assertThat(customer.leaseStates(running)).containsExactly("RELEASED");
        act(customer, "activate");
        executor.awaitRun(running(customer), 1).answers("OK");
    }

    @Test
    void under_cancel_an_expiry_does_the_same() {
        Customer customer = customers.fresh();
        onSuspendCancel(customer);
        customer.oneSlot();
        String running = running(customer);
        String waiting = waiting(customer);

        Answer put = customer.http()
                .put(
                        "/v1/tenants/" + customer.tenant(),
                        "{\"name\":\"Acme\",\"expires_at\":\""
                                + Clock.systemUTC().instant().plusSeconds(1) + "\"}");
        assertThat(put.status()).as(put.text()).isEqualTo(200);

        for (String task : new String[] {running, waiting}) {
            JsonNode end = customer.awaitEnd(task, "CANCELLED");
            assertThat(end.path("result_message").asString()).isEqualTo("the tenant has expired");
        }
    }

    @Test
    void under_finish_what_runs_ends_what_waits_says_so_and_starts_with_the_activation() {
        Customer customer = customers.fresh();
        customer.oneSlot();
        String running = running(customer);
        String waiting = waiting(customer);

        act(customer, "suspend");
        executor.awaitRun(running, 1).answers("OK");
        customer.awaitEnd(running, "SUCCESS");

        assertThat(customer.read("/v1/task-orders/" + waiting + "/explain")
                        .at("/blockers/0/code")
                        .asString())
                .isEqualTo("tenant_suspended");
        assertThat(executor.hasRun(waiting)).isFalse();
        act(customer, "activate");
        executor.awaitRun(waiting, 1).answers("OK");
        customer.awaitEnd(waiting, "SUCCESS");
    }

    private String running(Customer customer) {
        String task = customer.order(SCRIPTED, Customer.ONE_NET);
        executor.awaitRun(task, 1);
        return task;
    }

    private static String waiting(Customer customer) {
        String task = customer.order(SCRIPTED, Customer.ONE_NET);
        customer.awaitStatus(task, "QUEUED");
        return task;
    }

    private static void onSuspendCancel(Customer customer) {
        String policies = "/v1/tenants/" + customer.tenant() + "/policies";
        Answer added = customer.http().post(policies, "{\"on_suspend\":\"cancel\"}");
        assertThat(added.status()).as(added.text()).isEqualTo(201);
        Answer active = customer.http().post(policies + "/2/activate", "");
        assertThat(active.status()).as(active.text()).isEqualTo(200);
    }

    private static void act(Customer customer, String what) {
        Answer answer = customer.http().post("/v1/tenants/" + customer.tenant() + "/" + what, "");
        assertThat(answer.status()).as(answer.text()).isEqualTo(200);
    }
}
