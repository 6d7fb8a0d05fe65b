package dev.taskorder.starter.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A run of schemathesis: requests that are made up from the document, and a look at each answer. */
final class Fuzz {
    private static final String PROGRAM = System.getProperty("taskorder.fuzz.program", "");

    private final int port;
    private final Path folder;
    private final List<String> headers = new ArrayList<>();
    private String known = "";

    Fuzz(int port, Path folder) {
        this.port = port;
        this.folder = folder;
    }

    /** Stops the test where the program may be missing. */
    static void assumePresent() {
        if (PROGRAM.isEmpty()) {
            assertThat(System.getenv("CI"))
                    .as("CI has to give taskorder.fuzz.program")
                    .isNotEqualTo("true");
        }
        assumeTrue(!PROGRAM.isEmpty(), "schemathesis is not there: run ./taskorder test");
    }

    Fuzz withHeader(String name, String value) {
        headers.add("--header");
        headers.add(name + ": " + value);
        return this;
    }

    /** Most paths that are made up name nothing; four in five are to name what is there. */
    Fuzz knowing(String tenant, List<String> orders) {
        known = """
                [dictionaries]
                tenants = { values = ["%s"] }
                orders = { values = ["%s"] }
                assets = { values = ["%s"] }
                [parameters]
                "path.tenant_id" = { dictionary = "tenants", probability = 0.8 }
                "path.task_id" = { dictionary = "orders", probability = 0.8 }
                "query.task_id" = { dictionary = "orders", probability = 0.8 }
                "path.asset_id" = { dictionary = "assets", probability = 0.5 }
                "query.asset_id" = { dictionary = "assets", probability = 0.8 }
                """.formatted(tenant, String.join("\", \"", orders), PastOrders.ASSET);
        return this;
    }

    /** Runs it to its end, in which nothing may have failed: what it said. */
    String passed(String examples) throws IOException, InterruptedException {
        Path output = folder.resolve("output.txt");
        Process fuzz = start(examples, output);
        assertThat(fuzz.waitFor(3, TimeUnit.MINUTES)).as("ended in time").isTrue();
        String said = Files.readString(output, StandardCharsets.UTF_8);
        assertThat(fuzz.exitValue())
                .as(() -> "exit status; the program said:\n" + said)
                .isZero();
        assertThat(said).containsPattern("Test cases:\\s+([0-9]+) generated, \\1 passed");
        return said;
    }

    private Process start(String examples, Path output) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                PROGRAM,
                "--config-file",
                Files.writeString(folder.resolve("known.toml"), known).toString(),
                "run",
                "http://127.0.0.1:" + port + "/v3/api-docs",
                "--checks",
                "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance",
                "--max-examples",
                examples,
                "--suppress-health-check",
                "all",
                "--generation-database",
                "none"));
        command.addAll(headers);
        return new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
    }
}
