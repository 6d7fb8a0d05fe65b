package dev.taskorder.starter.local;

import static org.assertj.core.api.Assertions.assertThat;

import dev.taskorder.starter.TaskOrderApplication;
import dev.taskorder.starter.startup.Ports;
import dev.taskorder.starter.testing.Bodies;
import dev.taskorder.starter.testing.Http;
import dev.taskorder.starter.testing.Http.Answer;
import dev.taskorder.starter.testing.TestDatabase;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.SpringApplication;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.env.SystemEnvironmentPropertySource;
import org.yaml.snakeyaml.Yaml;

/** The application with the very variables that docker-compose.yml gives its container, but for what is elsewhere here. */
class ComposeServiceTest {
    @Test
    void a_stranger_gets_from_the_first_start_to_a_finished_order(@TempDir Path volume) throws Exception {
        InJvmTemporal temporal = new InJvmTemporal(Ports.choose(0));
        temporal.start();
        Map<String, Object> variables = variables();
        assertThat(variables.put("TASKORDER_TEMPORAL_TARGET", temporal.target()))
                .isEqualTo("temporal:7233");
        variables.put("TASKORDER_TEMPORAL_IN_JVM", "true");
        variables.put("TASKORDER_BOOTSTRAP_KEY", ""); // as the file says where this machine has none
        variables.put(
                "TASKORDER_BOOTSTRAP_KEY_FILE", volume.resolve("operator-key").toString());
        try (temporal;
                ConfigurableApplicationContext application = start(variables)) {
            Http http = new Http(application.getEnvironment().getRequiredProperty("local.server.port", int.class), "");
            String order = Bodies.order("\"resource_hints\":[{\"sku_category\":\"RAW_NET\"}]");
            assertThat(http.post("/v1/task-orders", order, "tenant", "tenant_a").status())
                    .isEqualTo(401);

            String[] operator = {
                "Authorization", "Bearer " + onlyFileIn(volume), "tenant", "tenant_a", "Prefer", "wait=25"
            };
            Answer answer = http.post("/v1/task-orders", order, operator);
            assertThat(answer.status()).as(answer.text()).isEqualTo(201);
            assertThat(answer.json().path("status").asString()).isEqualTo("SUCCESS");
        }
    }

    private static ConfigurableApplicationContext start(Map<String, Object> variables) {
        StandardEnvironment container = new StandardEnvironment();
        container
                .getPropertySources()
                .addFirst(new SystemEnvironmentPropertySource("container-systemEnvironment", variables));
        SpringApplication application = new SpringApplication(TaskOrderApplication.class);
        application.setEnvironment(container);
        application.setDefaultProperties(Map.of(TestDatabase.WANTED, "compose_service"));
        return application.run(
                "--server.address=127.0.0.1",
                "--management.server.address=127.0.0.1",
                "--server.port=0",
                "--management.server.port=0");
    }

    @SuppressWarnings("unchecked") // plain YAML
    private static Map<String, Object> variables() throws Exception {
        try (InputStream file = Files.newInputStream(Path.of("..", "docker-compose.yml"))) {
            Map<String, Map<String, Map<String, Object>>> compose = new Yaml().load(file);
            return new HashMap<>((Map<String, Object>)
                    compose.get("services").get("taskorder").get("environment"));
        }
    }

    private static String onlyFileIn(Path volume) throws Exception {
        try (Stream<Path> files = Files.list(volume)) {
            List<Path> found = files.toList();
            assertThat(found).hasSize(1);
            return Files.readString(found.get(0)).strip();
        }
    }
}
