package dev.taskorder.starter.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import dev.taskorder.starter.testing.Bodies;
import dev.taskorder.starter.testing.Http;
import dev.taskorder.starter.testing.Http.Answer;
import dev.taskorder.starter.testing.TestDatabase;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

/** What whoever runs the application looks at. */
@EndToEnd
@ExtendWith(OutputCaptureExtension.class)
class OperationsTest {
    private static final String TRACE_ID = "0af7651916cd43dd8448eb211c80319c";

    private static final Logger BINDINGS =
            (Logger) LoggerFactory.getLogger("dev.taskorder.starter.tenant.TenantBinding");

    @Autowired
    private Customers customers;

    @Autowired
    private ScriptedExecutor executor;

    @BeforeEach
    void tell_of_bindings() {
        BINDINGS.setLevel(Level.DEBUG);
    }

    @AfterEach
    void keep_silent() {
        BINDINGS.setLevel(null);
    }

    @Test
    void it_is_alive_and_ready_and_says_that_temporal_is_there() {
        Http nobody = new Http(customers.port(), "");
        assertThat(nobody.get("/actuator/health/liveness").status()).isEqualTo(200);
        Answer ready = await().atMost(Duration.ofSeconds(10))
                .until(() -> nobody.get("/actuator/health/readiness"), answer -> answer.json()
                        .path("components")
                        .path("temporal")
                        .path("status")
                        .asString("")
                        .equals("UP"));
        assertThat(ready.status()).isEqualTo(200);
        assertThat(ready.json().path("status").asString()).isEqualTo("UP");
        assertThat(ready.text())
                .contains("\"search_attributes\":\"registered\"")
                .contains(
                        "runs_to_start",
                        "signals_to_send",
                        "workflows_to_look_up",
                        "events_unseen",
                        "operations_to_go_on_with",
                        "orders_doubted",
                        "workflows_doubted");
    }

    @Test
    void it_can_be_scraped() {
        Answer metrics = new Http(customers.port(), "").get("/actuator/prometheus");
        assertThat(metrics.status()).isEqualTo(200);
        assertThat(metrics.text()).contains("jvm_memory_used_bytes", "hikaricp_connections_active", "temporal_");
    }

    @Test
    void a_timer_of_temporal_has_few_buckets_for_a_scrape_is_not_to_cost_a_megabyte() {
        String metrics =
                new Http(customers.port(), "").get("/actuator/prometheus").text();
        long buckets = metrics.lines()
                .filter(line -> line.startsWith("temporal_") && line.contains("_bucket{"))
                .count();
        long timers = metrics.lines()
                .filter(line -> line.startsWith("temporal_") && line.contains("_seconds_count{"))
                .count();
        assertThat(timers).isPositive();
        assertThat(buckets).isEqualTo(7 * timers);
    }

    @Test
    void the_lines_of_a_request_and_of_an_attempt_name_tenant_and_trace(CapturedOutput output) {
        Customer customer = customers.fresh();
        Answer created = customer.http()
                .post(
                        "/v1/task-orders",
                        Bodies.order("\"task_type\":\"SCRIPTED\""),
                        "traceparent",
                        "00-" + TRACE_ID + "-b7ad6b7169203331-01");
        String task = created.json().path("task_id").asString();
        ScriptedExecutor.Run run = executor.awaitRun(task, 1);
        assertThat(run.mdc()).containsEntry("tenant", customer.tenant()).containsEntry("trace_id", TRACE_ID);
        assertThat(run.request().traceparent()).contains(TRACE_ID);
        assertThat(lineWith(output, "scripted attempt begins task=" + task)).contains(customer.tenant(), TRACE_ID);
        run.answers("OK");
        customer.awaitEnd(task, "SUCCESS");
        assertThat(output.getOut().lines())
                .as("a request's own thread")
                .anyMatch(line -> line.contains("-exec-")
                        && line.contains("tenant bound tenant=" + customer.tenant())
                        && line.contains(TRACE_ID));
    }

    @Test
    void an_order_whose_caller_sent_no_trace_has_one_trace_all_the_way() {
        Customer customer = customers.fresh();
        String task = customer.order("\"task_type\":\"SCRIPTED\"");
        ScriptedExecutor.Run run = executor.awaitRun(task, 1);
        String traceparent = run.request().traceparent();
        run.answers("OK");
        customer.awaitEnd(task, "SUCCESS");
        assertThat(traceparent).matches("00-[0-9a-f]{32}-[0-9a-f]{16}-01");
        assertThat(run.mdc()).containsEntry("trace_id", traceparent.substring(3, 35));
    }

    @Test
    void rows_that_are_not_as_they_must_be_are_a_metric_an_event_and_a_line_that_says_what_to_do(
            CapturedOutput output) {
        Customer customer = customers.fresh();
        customer.oneSlot();
        String task = customer.order(Customer.ONE_NET, "\"task_type\":\"SCRIPTED\"");
        ScriptedExecutor.Run run = executor.awaitRun(task, 1);
        double before = violations();
        TestDatabase.asSuperuser("end_to_end")
                .sql("UPDATE lease SET state = 'RELEASED', released_at = now() WHERE lease_id = :lease")
                .param("lease", run.request().leases().get(0).leaseId())
                .update();
        await().atMost(Duration.ofSeconds(20))
                .until(
                        () -> lineWith(output, "invariant attempt_without_leases does not hold"),
                        line -> line.contains(task));
        assertThat(lineWith(output, "invariant attempt_without_leases does not hold"))
                .contains(
                        "ERROR",
                        "tenant=" + customer.tenant() + " env=prod task_order=" + task,
                        "attempt 1 executes with {0} leases per hint, asked for are {1}",
                        "What to do: cancel the order");
        assertThat(violations()).isEqualTo(before + 1);
        assertThat(customer.sentences(task))
                .filteredOn(sentence -> sentence.startsWith("Changed: invariant attempt_without_leases: attempt 1"))
                .hasSize(1);
        run.answers("OK");
        customer.awaitEnd(task, "SUCCESS");
    }

    private double violations() {
        String name = "taskorder_invariant_violations_total{invariant=\"attempt_without_leases\"";
        return new Http(customers.port(), "")
                .get("/actuator/prometheus")
                .text()
                .lines()
                .filter(line -> line.startsWith(name))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' '))))
                .findFirst()
                .orElseThrow();
    }

    private static String lineWith(CapturedOutput output, String text) {
        return output.getOut()
                .lines()
                .filter(line -> line.contains(text))
                .findFirst()
                .orElse("no line has " + text);
    }
}
