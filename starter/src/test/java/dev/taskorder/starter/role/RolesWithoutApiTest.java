package dev.taskorder.starter.role;

import static org.assertj.core.api.Assertions.assertThat;

import dev.taskorder.starter.TaskOrderApplication;
import dev.taskorder.starter.testing.Http;
import dev.taskorder.starter.testing.TestDatabase;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.SpringApplication;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.env.Environment;

/** In every mix of roles the parts start that it needs, and whoever watches over a process needs no login. */
class RolesWithoutApiTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "worker             | ''",
                "maintenance        | ''",
                "worker,maintenance | tokens",
                "api                | api-keys",
                "api,worker         | api-keys"
            })
    void health_and_metrics_ask_nobody_who_they_are(String roles, String accept) {
        SpringApplication application = new SpringApplication(TaskOrderApplication.class);
        application.setDefaultProperties(Map.of(TestDatabase.WANTED, "roles"));
        try (ConfigurableApplicationContext process = application.run(
                "--server.port=0",
                "--management.server.port=0",
                "--taskorder.roles=" + roles,
                "--taskorder.security.accept=" + accept,
                "--taskorder.temporal.target=127.0.0.1:1",
                // as where one file of settings serves all processes
                "--spring.security.oauth2.resourceserver.jwt.issuer-uri=http://127.0.0.1:1/")) {
            Http management = new Http(port(process, "local.management.port"), "");
            assertThat(management.get("/actuator/health/liveness").status()).isEqualTo(200);
            assertThat(management.get("/actuator/health/readiness").status()).isEqualTo(200);
            assertThat(management.get("/actuator/prometheus").text()).contains("jvm_memory_used_bytes");

            int expected = roles.contains("api") ? 401 : 404;
            Http api = new Http(port(process, "local.server.port"), "");
            assertThat(api.get("/v1/task-orders", "tenant", "tenant_a").status())
                    .isEqualTo(expected);
        }
    }

    private static int port(ConfigurableApplicationContext process, String name) {
        Environment environment = process.getEnvironment();
        return environment.getRequiredProperty(name, Integer.class);
    }
}
