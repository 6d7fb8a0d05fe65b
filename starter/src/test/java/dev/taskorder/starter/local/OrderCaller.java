package dev.taskorder.starter.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import tools.jackson.databind.json.JsonMapper;

/** A caller of an instance that runs as a process. */
final class OrderCaller {
    private static final Duration PATIENCE = Duration.ofSeconds(90);
    private static final JsonMapper JSON = new JsonMapper();
    private static final String FIRST_ATTEMPT_NEVER_ENDS = """
            {"idempotency_key": "open", "project_id": "p1", "env": "prod", "task_type": "SIMULATED",
             "resource_hints": [{"sku_category": "RAW_NET"}],
             "input": {"simulate": {"attempts": [{"duration_ms": 200000}, {"duration_ms": 10}]}}}
            """;

    private final HttpClient client = HttpClient.newHttpClient();
    private final String orders;

    /** @param readyLine as the instance printed it */
    OrderCaller(String readyLine) {
        this.orders = readyLine.split(" ")[1] + "/v1/task-orders";
    }

    /** Creates an order, waits until its first attempt runs, and returns its id. */
    String createThatOutlivesItsFirstAttempt() throws Exception {
        HttpResponse<String> created = client.send(
                request(orders)
                        .header("Content-Type", "application/json")
                        .POST(HttpRequest.BodyPublishers.ofString(FIRST_ATTEMPT_NEVER_ENDS))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
        assertThat(created.statusCode()).as(created.body()).isEqualTo(201);
        String taskId = JSON.readTree(created.body()).path("task_id").asString();
        // an order is RUNNING once it is granted; only a begun attempt is lost with its process
        await().atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(100))
                .untilAsserted(() -> assertThat(get(taskId + "/attempts")).contains("\"state\":\"RUNNING\""));
        return taskId;
    }

    void awaitSuccess(String taskId) {
        await().atMost(PATIENCE).pollInterval(Duration.ofMillis(200)).untilAsserted(() -> assertThat(get(taskId))
                .contains("\"status\":\"SUCCESS\""));
    }

    private String get(String path) throws IOException, InterruptedException {
        return client.send(request(orders + "/" + path).build(), HttpResponse.BodyHandlers.ofString())
                .body();
    }

    private static HttpRequest.Builder request(String url) {
        return HttpRequest.newBuilder(URI.create(url)).header("tenant", "tenant_a");
    }
}
