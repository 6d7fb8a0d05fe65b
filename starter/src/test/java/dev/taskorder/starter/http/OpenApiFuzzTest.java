package dev.taskorder.starter.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.taskorder.activities.execution.AttemptStore;
import dev.taskorder.api.order.OrderSteps;
import dev.taskorder.starter.tenant.BackgroundRunner;
import dev.taskorder.starter.testing.FullApplication;
import dev.taskorder.starter.testing.Http;
import dev.taskorder.starter.testing.TestTenants;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.test.context.TestPropertySource;

/**
 * The API under requests that are made up from its own document, good ones and bad ones, over orders that have leases,
 * entries, attempts and events to be read. The seed stands in the output of a failure; {@code -Dtaskorder.fuzz.examples} asks for more than the suite has time for.
 */
@FullApplication
// orders do not end here, and a made-up request may ask for a minute
@TestPropertySource(properties = "taskorder.waiting-callers-max=0")
class OpenApiFuzzTest {
    private static final String PROGRAM = System.getProperty("taskorder.fuzz.program", "");
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
        if (PROGRAM.isEmpty()) {
            assertThat(System.getenv("CI"))
                    .as("CI has to give taskorder.fuzz.program")
                    .isNotEqualTo("true");
        }
        assumeTrue(!PROGRAM.isEmpty(), "schemathesis is not there: run ./taskorder test");

        String tenant = tenants.fresh();
        List<String> orders = new PastOrders(tenant, new Http(port, tenant), runner, steps, attempts).ofEachKind();
        Path output = folder.resolve("output.txt");
        Process fuzz = start(tenant, knowing(orders), output);

        assertThat(fuzz.waitFor(3, TimeUnit.MINUTES)).as("ended in time").isTrue();
        assertThat(fuzz.exitValue())
                .as(() -> "exit status; the program said:\n" + text(output))
                .isZero();
        assertThat(text(output)).containsPattern("Test cases:\\s+([0-9]+) generated, \\1 passed");
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

    /** Most paths that are made up name nothing; four in five are to name what is there. */
    private Path knowing(List<String> orders) throws IOException {
        return Files.writeString(
                folder.resolve("known.toml"), """
                [dictionaries]
                orders = { values = ["%s"] }
                assets = { values = ["%s"] }
                [parameters]
                "path.task_id" = { dictionary = "orders", probability = 0.8 }
                "query.task_id" = { dictionary = "orders", probability = 0.8 }
                "path.asset_id" = { dictionary = "assets", probability = 0.5 }
                "query.asset_id" = { dictionary = "assets", probability = 0.8 }
                """.formatted(String.join("\", \"", orders), PastOrders.ASSET));
    }

    private Process start(String tenant, Path known, Path output) throws IOException {
        return new ProcessBuilder(
                        PROGRAM,
                        "--config-file",
                        known.toString(),
                        "run",
                        "http://127.0.0.1:" + port + "/v3/api-docs",
                        "--header",
                        "tenant: " + tenant,
                        "--checks",
                        "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance",
                        "--max-examples",
                        EXAMPLES,
                        "--suppress-health-check",
                        "all",
                        "--generation-database",
                        "none")
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
    }

    private static String text(Path file) {
        try {
            return new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
        } catch (IOException e) {
            return e.toString();
        }
    }
}
