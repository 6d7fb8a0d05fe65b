package dev.taskorder.starter.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.taskorder.starter.TaskOrderApplication;
import dev.taskorder.starter.startup.Ports;
import dev.taskorder.starter.testing.Bodies;
import dev.taskorder.starter.testing.Http;
import dev.taskorder.starter.testing.Http.Answer;
import dev.taskorder.starter.testing.TestDatabase;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.web.server.LocalManagementPort;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.test.annotation.DirtiesContext;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;

/** The application beside servers that others have started, as docker-compose.yml does. */
@SpringBootTest(
        classes = TaskOrderApplication.class,
        webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
        properties = {
            "spring.profiles.active=compose",
            TestDatabase.WANTED + "=compose",
            "management.server.port=0",
            "taskorder.temporal.in-jvm=true"
        })
@DirtiesContext
class ComposeProfileTest {
    private static final InJvmTemporal TEMPORAL = new InJvmTemporal(Ports.choose(0));

    @LocalServerPort
    int port;

    @LocalManagementPort
    int managementPort;

    @DynamicPropertySource
    static void a_temporal_that_is_there(DynamicPropertyRegistry settings) throws InterruptedException {
        TEMPORAL.start();
        settings.add("taskorder.temporal.target", TEMPORAL::target);
    }

    @Test
    void an_order_of_a_seeded_tenant_runs_to_its_end() {
        Http http = new Http(port, "tenant_a");
        String order = Bodies.order("\"resource_hints\":[{\"sku_category\":\"RAW_NET\"}]");

        Answer answer = http.post("/v1/task-orders", order, "Prefer", "wait=25");

        assertThat(answer.status()).as(answer.text()).isEqualTo(201);
        assertThat(answer.json().path("status").asString()).isEqualTo("SUCCESS");
        assertThat(http.get("/v1/leases").text()).contains("prod-ip-");
        assertThat(new Http(port, "tenant_b").get("/v1/assets").json().path("items"))
                .hasSize(10);
        await().atMost(Duration.ofSeconds(10))
                .until(() -> new Http(managementPort, "")
                                .get("/actuator/health/readiness")
                                .status()
                        == 200);
    }
}
