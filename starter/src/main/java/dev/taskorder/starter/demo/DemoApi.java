package dev.taskorder.starter.demo;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The API as any caller uses it. */
final class DemoApi {
    static final String TENANT = "tenant_a";
    private static final Duration TIMEOUT = Duration.ofSeconds(10);
    private static final String ORDERS = "/v1/task-orders";

    private final HttpClient client = HttpClient.newHttpClient();
    private final JsonMapper json = JsonMapper.builder()
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .build();
    private final String url;

    DemoApi(String url) {
        this.url = url;
    }

    /** What came back from a create. */
    record Created(int status, boolean replayed, JsonNode order) {
        String taskId() {
            return order.path("task_id").asString();
        }
    }

    String url() {
        return url;
    }

    Created create(Map<String, Object> order) {
        return createAtOnce(order, 1).get(0);
    }

    /** Sends the same create several times before the first answer is there. */
    List<Created> createAtOnce(Map<String, Object> order, int times) {
        HttpRequest request = request(ORDERS)
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(json.writeValueAsString(order)))
                .build();
        List<CompletableFuture<HttpResponse<String>>> answers = Stream.generate(
                        () -> client.sendAsync(request, HttpResponse.BodyHandlers.ofString()))
                .limit(times)
                .toList();
        return answers.stream().map(CompletableFuture::join).map(this::created).toList();
    }

    JsonNode order(String taskId) throws IOException, InterruptedException {
        return get(ORDERS + "/" + taskId);
    }

    /** {@code events}, {@code leases} or {@code ledger} of an order. */
    JsonNode of(String taskId, String what) throws IOException, InterruptedException {
        return get(ORDERS + "/" + taskId + "/" + what);
    }

    private JsonNode get(String path) throws IOException, InterruptedException {
        HttpResponse<String> answer = client.send(request(path).build(), HttpResponse.BodyHandlers.ofString());
        DemoFailedException.expect(
                answer.statusCode() == 200, "GET " + path + " answered " + answer.statusCode() + " " + answer.body());
        return json.readTree(answer.body());
    }

    private Created created(HttpResponse<String> answer) {
        DemoFailedException.expect(
                answer.statusCode() == 201 || answer.statusCode() == 200,
                "the create was answered with " + answer.statusCode() + " " + answer.body());
        boolean replayed = answer.headers().firstValue("Idempotent-Replayed").isPresent();
        return new Created(answer.statusCode(), replayed, json.readTree(answer.body()));
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create(url + path)).timeout(TIMEOUT).header("tenant", TENANT);
    }
}
