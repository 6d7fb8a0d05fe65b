package dev.taskorder.starter.devserver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

/** What Temporal keeps of an order that was created with a key and is full of what is nobody's business. */
@OnDevServer
class HistorySecretsTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final String SECRET = "s3cr3ts3cr3t";
    private static final String ORDER = """
            {"idempotency_key": "key", "project_id": "p", "env": "prod", "task_type": "T", "description": "words for people",
             "resource_hints": [{"sku_category": "RAW_NET", "sku_code": "ip"}], "constraints": {"max_queue_ms": 60000},
             "input": {"password": "%1$s", "simulate": {"duration_ms": 10, "heartbeat_ms": 1, "attempts": [
               {"throw": "%1$s"},
               {"result_message": "%1$s", "output": {"token": "%1$s"}, "costs": [{"kind": "%1$s", "amount": 0.01}]}]}}}
            """.formatted(SECRET);
    private static final String ASSET = """
            {"env": "prod", "sku_category": "RAW_NET", "sku_code": "ip", "unit_cost": 1, "handle": "%1$s", "attributes": {"note": "%1$s"}}
            """.formatted(SECRET);

    private final Stage stage;
    private final Caller caller;
    private final String key;

    HistorySecretsTest(Stage stage) {
        this.stage = stage;
        this.caller = stage.newTenant();
        this.key = stage.newKey(caller);
    }

    @Test
    void no_key_and_nothing_that_callers_and_executors_hide_is_in_a_history_or_in_anything_else_of_temporal_s()
            throws IOException, InterruptedException {
        HttpResponse<String> put = send("PUT", "/v1/assets/ip", ASSET);
        assertThat(put.statusCode()).as(put.body()).isEqualTo(201);
        HttpResponse<String> created = send("POST", "/v1/task-orders", ORDER);
        assertThat(created.statusCode()).as(created.body()).isEqualTo(201);
        String task = new JsonMapper().readTree(created.body()).path("task_id").asString();
        caller.awaitStatus(task, "SUCCESS");
        assertThat(caller.attempts(task)).hasSize(2);
        Run run = stage.run(caller, "key");
        await().atMost(PATIENCE).until(run::isCompleted);

        String random = key.split("\\.")[2];
        assertThat(run.everything())
                .as("history, memo, search attributes, headers, summary and details")
                .contains(task, "words for people", "order:Admit")
                .doesNotContain(SECRET, key, random);
        assertThat(stage.temporal().holds("words for people"))
                .as("else nothing is looked for")
                .isTrue();
        for (String hidden : List.of(SECRET, key, random)) {
            assertThat(stage.temporal().holds(hidden))
                    .as("in what the server has on file")
                    .isFalse();
        }
    }

    /** With every header that could carry what somebody proves themselves with. */
    private HttpResponse<String> send(String method, String path, String body)
            throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create(caller.url() + path))
                .method(method, HttpRequest.BodyPublishers.ofString(body))
                .setHeader("Content-Type", "application/json")
                .setHeader("Authorization", "Bearer " + key)
                .setHeader("Cookie", "session=" + SECRET)
                .setHeader("X-Api-Key", key)
                .setHeader("Proxy-Authorization", "Basic " + SECRET)
                .build();
        return HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString());
    }
}
