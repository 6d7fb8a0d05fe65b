package dev.taskorder.starter.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.taskorder.activities.execution.AttemptStore;
import dev.taskorder.api.order.OrderSteps;
import dev.taskorder.starter.tenant.BackgroundRunner;
import dev.taskorder.starter.testing.FullApplication;
import dev.taskorder.starter.testing.Http;
import dev.taskorder.starter.testing.TestDatabase;
import dev.taskorder.starter.testing.TestTenants;
import io.micrometer.core.instrument.MeterRegistry;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.test.context.TestPropertySource;

/**
 * The API under requests that are made up from its own document, good ones and bad ones, over orders that have leases,
 * entries, attempts and events to be read. The seed stands in the output of a failure; {@code -Dtaskorder.fuzz.examples} asks for more than the suite has time for.
 */
@FullApplication
// orders do not end here, and a made-up request may ask for a minute
@TestPropertySource(
        properties = {TestDatabase.WANTED + "=fuzz", "taskorder.waiting-callers-max=0", "taskorder.event-streams-max=0"
        })
@Execution(ExecutionMode.CONCURRENT)
class OpenApiFuzzTest {
    private static final String EXAMPLES = System.getProperty("taskorder.fuzz.examples", "15");

    @LocalServerPort
    int port;

    @Autowired
    TestTenants tenants;

    @Autowired
    BackgroundRunner runner;

    @Autowired
    OrderSteps steps;

    @Autowired
    AttemptStore attempts;

    @Autowired
    MeterRegistry metrics;

    @TempDir
    Path folder;

    @Test
    void no_request_makes_a_500_or_an_answer_that_the_document_does_not_know() throws Exception {
        Fuzz.assumePresent();
        String tenant = tenants.fresh();
        List<String> orders = new PastOrders(tenant, new Http(port, tenant), runner, steps, attempts).ofEachKind();

        new Fuzz(port, folder)
                .withHeader("tenant", tenant)
                .knowing(tenant, orders)
                .passed(EXAMPLES);

        assertThat(List.of("", "/events", "/leases", "/ledger", "/attempts", "/explain"))
                .as("was read, and not only asked for in vain")
                .allMatch(part -> answersOf("/v1/task-orders/{task_id}" + part) > 0);
    }

    private long answersOf(String path) {
        return metrics.get("http.server.requests")
                .tags("uri", path, "method", "GET", "status", "200")
                .timer()
                .count();
    }
}
