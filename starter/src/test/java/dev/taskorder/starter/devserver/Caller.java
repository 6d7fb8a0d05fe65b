package dev.taskorder.starter.devserver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A caller of the API, of one tenant. */
record Caller(String url, String tenant) {
    static final String ENV = "prod";

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final HttpClient CLIENT = HttpClient.newHttpClient();
    private static final JsonMapper JSON = new JsonMapper();

    /** An order as the simulated executor is to play it; {@code more} are further members, each with its comma. */
    static String order(String key, String simulate, String... more) {
        return """
                {"idempotency_key": "%s", "project_id": "p", "env": "%s", "task_type": "T",
                 "input": {"simulate": %s}%s}""".formatted(key, ENV, simulate, String.join("", more));
    }

    /** That the order needs one asset of the pool that {@link #pool} makes. */
    static String wantsOne() {
        return ", \"resource_hints\": [{\"sku_category\": \"RAW_NET\", \"sku_code\": \"ip\"}]";
    }

    /** One asset that so many orders can lease at once, for 1 USD each. */
    void pool(int concurrency) {
        String asset = """
                {"env": "%s", "sku_category": "RAW_NET", "sku_code": "ip", "unit_cost": 1, "max_concurrency": %d}""".formatted(ENV, concurrency);
        HttpResponse<String> put = send("PUT", "/v1/assets/ip", asset);
        assertThat(put.statusCode()).as(put.body()).isIn(200, 201);
    }

    /** Puts a policy in force that says this, and of the rest what is usual. */
    void policy(String policy) {
        String policies = "/v1/tenants/" + tenant + "/policies";
        HttpResponse<String> made = send("POST", policies, policy);
        assertThat(made.statusCode()).as(made.body()).isEqualTo(201);
        int version = JSON.readTree(made.body()).path("version").asInt();
        assertThat(send("POST", policies + "/" + version + "/activate", "").statusCode())
                .isEqualTo(200);
    }

    /** What its orders of this project may cost, in USD. */
    void budget(String project, int limit) {
        HttpResponse<String> put = send(
                "PUT",
                "/v1/budgets/project/" + project + "?env=" + ENV,
                "{\"limit\": %d, \"currency\": \"USD\", \"period\": \"total\"}".formatted(limit));
        assertThat(put.statusCode()).as(put.body()).isIn(200, 201);
    }

    String create(String body) {
        HttpResponse<String> created = send("POST", "/v1/task-orders", body);
        assertThat(created.statusCode()).as(created.body()).isEqualTo(201);
        return JSON.readTree(created.body()).path("task_id").asString();
    }

    void cancel(String taskId) {
        HttpResponse<String> cancelled = send("POST", "/v1/task-orders/" + taskId + "/cancel", "{\"reason\": \"no\"}");
        assertThat(cancelled.statusCode()).as(cancelled.body()).isEqualTo(202);
    }

    /** What a caller is told of an order that it wants; without an order, the text is why. */
    record Reply(int status, String retryAfter, String text) {
        boolean accepted() {
            return status == 200 || status == 201;
        }

        String taskId() {
            return JSON.readTree(text).path("task_id").asString();
        }

        String key() {
            return JSON.readTree(text).path("idempotency_key").asString();
        }
    }

    /** The answer, whatever it is. */
    Reply tryCreate(String body) {
        HttpResponse<String> answer = send("POST", "/v1/task-orders", body);
        String retryAfter = answer.headers().firstValue("Retry-After").orElse("");
        return new Reply(answer.statusCode(), retryAfter, answer.body());
    }

    /** The ids by the keys; what was created before is not created again. */
    Map<String, String> createAll(List<String> bodies) {
        HttpResponse<String> created =
                send("POST", "/v1/task-orders/batch", "{\"task_orders\": [" + String.join(",", bodies) + "]}");
        assertThat(created.statusCode()).as(created.body()).isEqualTo(200);
        Map<String, String> tasks = new HashMap<>();
        JSON.readTree(created.body()).path("results").forEach(result -> {
            assertThat(result.path("status").asInt()).isIn(200, 201);
            JsonNode order = result.path("task_order");
            tasks.put(
                    order.path("idempotency_key").asString(),
                    order.path("task_id").asString());
        });
        return tasks;
    }

    /** Makes the tenant be there. */
    void register() {
        HttpResponse<String> put = send("PUT", "/v1/tenants/" + tenant, "{\"name\": \"Test\"}");
        assertThat(put.statusCode()).as(put.body()).isIn(200, 201);
    }

    /** Has its orders wait from now on ({@code pause}), or go on ({@code resume}). */
    void control(String act) {
        HttpResponse<String> done = send("POST", "/v1/tenants/" + tenant + "/" + act, "{}");
        assertThat(done.statusCode()).as(done.body()).isEqualTo(200);
    }

    /** Asks for the end of all orders of a project; the id of the operation. */
    String cancelAll(String project) {
        HttpResponse<String> asked = send(
                "POST",
                "/v1/task-orders/cancel",
                "{\"filter\": {\"project_id\": \"%s\"}, \"reason\": \"no\"}".formatted(project));
        assertThat(asked.statusCode()).as(asked.body()).isEqualTo(202);
        return JSON.readTree(asked.body()).path("operation_id").asString();
    }

    JsonNode operation(String operationId) {
        return get("/v1/operations/" + operationId);
    }

    /** The status that tells whether requests may be sent. */
    int readiness() {
        return send("GET", "/actuator/health/readiness", "").statusCode();
    }

    JsonNode order(String taskId) {
        return get("/v1/task-orders/" + taskId);
    }

    List<JsonNode> orders() {
        List<JsonNode> all = new ArrayList<>();
        String cursor = "";
        do {
            JsonNode page = get("/v1/task-orders?limit=200" + cursor);
            page.path("items").forEach(all::add);
            cursor = page.path("next_cursor").isNull()
                    ? ""
                    : "&cursor=" + page.path("next_cursor").asString();
        } while (!cursor.isEmpty());
        return all;
    }

    List<JsonNode> attempts(String taskId) {
        return items("/v1/task-orders/" + taskId + "/attempts");
    }

    List<JsonNode> events(String taskId) {
        return items("/v1/task-orders/" + taskId + "/events");
    }

    List<JsonNode> activeLeases() {
        return items("/v1/leases?state=ACTIVE");
    }

    /** What maintenance found of this tenant's workflows: how, and of which order. */
    List<String> foundByMaintenance() {
        return items("/v1/audit?actor=maintenance").stream()
                .map(entry -> entry.path("action").asString() + " "
                        + entry.path("object_id").asString())
                .toList();
    }

    /** Takes the one live lease of the order away. */
    void releaseLeaseOf(String taskId) {
        JsonNode lease = activeLeases().stream()
                .filter(one -> one.path("task_id").asString().equals(taskId))
                .findFirst()
                .orElseThrow();
        HttpResponse<String> released = send(
                "POST",
                "/v1/leases/" + lease.path("lease_id").asString() + "/release",
                "{\"fencing_token\": " + lease.path("fencing_token").longValue() + "}");
        assertThat(released.statusCode()).as(released.body()).isEqualTo(200);
    }

    /** What the order cost; one lease of the pool is 1 USD. */
    double cost(String taskId) {
        return get("/v1/task-orders/" + taskId + "/ledger")
                .path("totals")
                .path("cost")
                .asDouble();
    }

    void awaitStatus(String taskId, String status) {
        await().pollDelay(Duration.ZERO).atMost(PATIENCE).untilAsserted(() -> assertThat(
                        order(taskId).path("status").asString())
                .isEqualTo(status));
    }

    /** Waits until an executor is at work on the order. */
    void awaitExecuting(String taskId, int attempt) {
        await().pollDelay(Duration.ZERO).atMost(PATIENCE).until(() -> attempts(taskId).stream()
                .anyMatch(one -> one.path("number").asInt() == attempt
                        && one.path("state").asString().equals("RUNNING")));
    }

    /** Waits until the order is between two attempts. */
    void awaitBackOff(String taskId) {
        await().pollDelay(Duration.ZERO).atMost(PATIENCE).until(() -> events(taskId).stream()
                .anyMatch(event -> event.path("type").asString().equals("task_order.retrying")));
    }

    /** The order is over, once, as it says: one end in its timeline, no lease left, its code as expected. */
    void assertEnded(String taskId, String status, String code) {
        JsonNode order = order(taskId);
        assertThat(order.path("status").asString()).isEqualTo(status);
        assertThat(order.path("result_code").asString()).isEqualTo(code);
        assertThat(order.path("lease_ids")).isEmpty();
        assertThat(events(taskId))
                .extracting(event -> event.path("type").asString())
                .filteredOn(type -> type.matches("task_order\\.(succeeded|failed|cancelled|timed_out|dead_lettered)"))
                .hasSize(1);
    }

    private List<JsonNode> items(String path) {
        List<JsonNode> items = new ArrayList<>();
        get(path).path("items").forEach(items::add);
        return items;
    }

    private JsonNode get(String path) {
        HttpResponse<String> answer = send("GET", path, "");
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return JSON.readTree(answer.body());
    }

    private HttpResponse<String> send(String method, String path, String body) {
        HttpRequest request = HttpRequest.newBuilder(URI.create(url + path))
                .timeout(Duration.ofSeconds(30))
                .method(method, HttpRequest.BodyPublishers.ofString(body))
                .setHeader("Content-Type", "application/json")
                .setHeader("tenant", tenant)
                .build();
        try {
            return CLIENT.send(request, HttpResponse.BodyHandlers.ofString());
        } catch (IOException e) {
            throw new IllegalStateException(method + " " + path, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
