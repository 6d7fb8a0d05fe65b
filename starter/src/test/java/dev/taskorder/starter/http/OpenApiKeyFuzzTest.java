package dev.taskorder.starter.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.taskorder.activities.execution.AttemptStore;
import dev.taskorder.api.order.OrderSteps;
import dev.taskorder.api.principal.ApiKeys;
import dev.taskorder.api.principal.ApiKeys.CreateResult.Created;
import dev.taskorder.api.principal.Role;
import dev.taskorder.api.tenant.Caller;
import dev.taskorder.api.tenant.TenantId;
import dev.taskorder.starter.tenant.BackgroundRunner;
import dev.taskorder.starter.testing.FullApplication;
import dev.taskorder.starter.testing.Http;
import dev.taskorder.starter.testing.TestDatabase;
import dev.taskorder.starter.testing.TestTenants;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.test.context.TestPropertySource;

/** The same as {@link OpenApiFuzzTest}, where callers have to prove who they are: by one who does, and by one who does not. */
@FullApplication
@TestPropertySource(
        properties = {
            TestDatabase.WANTED + "=key_fuzz",
            "taskorder.waiting-callers-max=0",
            "taskorder.event-streams-max=0",
            "taskorder.security.accept=api-keys"
        })
@Execution(ExecutionMode.CONCURRENT)
// one of its tests after the other: both count answers
@ResourceLock("OpenApiKeyFuzzTest")
class OpenApiKeyFuzzTest {
    private static final String EXAMPLES = System.getProperty("taskorder.fuzz.examples", "5");

    @LocalServerPort
    int port;

    @Autowired
    TestTenants tenants;

    @Autowired
    BackgroundRunner runner;

    @Autowired
    ApiKeys keys;

    @Autowired
    OrderSteps steps;

    @Autowired
    AttemptStore attempts;

    @Autowired
    MeterRegistry metrics;

    @TempDir
    Path folder;

    @Test
    void an_admin_gets_no_answer_that_the_document_does_not_know() throws Exception {
        Fuzz.assumePresent();
        String tenant = tenants.fresh();
        String key = key(tenant);
        Http http = new Http(port, tenant, "Authorization", "Bearer " + key);
        List<String> orders = new PastOrders(tenant, http, runner, steps, attempts).ofEachKind();

        new Fuzz(port, folder)
                .withHeader("Authorization", "Bearer " + key)
                .withHeader("tenant", tenant)
                .knowing(tenant, orders)
                .passed(EXAMPLES);

        assertThat(answers("200")).as("was let in").isGreaterThan(100);
        assertThat(answers("403")).as("what takes an operator").isPositive();
    }

    @Test
    void and_nor_does_somebody_who_proves_nothing() throws Exception {
        Fuzz.assumePresent();
        double letIn = answers("200");

        String said = new Fuzz(port, folder).passed("1");

        assertThat(said).as("it noticed").contains("401");
        assertThat(answers("200")).as("was not let in once").isEqualTo(letIn);
    }

    /** How many requests for something of ours were answered so. */
    private double answers(String status) {
        return metrics.find("http.server.requests").tag("status", status).timers().stream()
                .filter(timer -> !String.valueOf(timer.getId().getTag("uri")).startsWith("/v3"))
                .mapToLong(Timer::count)
                .sum();
    }

    private String key(String tenant) {
        ApiKeys.NewKey wanted = new ApiKeys.NewKey("fuzz", Role.TENANT_ADMIN, null);
        return ((Created) runner.call(new TenantId(tenant), () -> keys.create(wanted, Caller.SYSTEM))).text();
    }
}
