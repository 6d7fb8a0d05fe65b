package dev.taskorder.starter.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.taskorder.api.execution.LeasedAsset;
import dev.taskorder.starter.testing.Bodies;
import dev.taskorder.starter.testing.Http;
import dev.taskorder.starter.testing.Http.Answer;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import tools.jackson.databind.JsonNode;

/** A caller of one tenant, who speaks in orders and not in requests. */
record Customer(String tenant, Http http) {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final Set<String> OPEN = Set.of("PENDING", "QUEUED", "RUNNING");

    /** One asset that everyone wants, and a hint for it. */
    static final String ONE_NET = "\"resource_hints\":[{\"sku_category\":\"RAW_NET\"}]";

    /** Creates an order and gives its id. */
    String order(String... members) {
        return created(Bodies.order(members));
    }

    String created(String body) {
        Answer answer = http.post("/v1/task-orders", body);
        assertThat(answer.status()).as(answer.text()).isEqualTo(201);
        return answer.json().path("task_id").asString();
    }

    void asset(String assetId, String... members) {
        Answer answer = http.put("/v1/assets/" + assetId, Bodies.asset(members));
        assertThat(answer.status()).as(answer.text()).isIn(200, 201);
    }

    /** An asset that serves one order at a time, for {@link #ONE_NET}. */
    void oneSlot() {
        asset("only", "\"max_concurrency\":1");
    }

    /** An asset for {@link #ONE_NET} that is banned: who wants one is let in and waits, for it may come back. */
    void onlyABannedOne() {
        asset("banned", "\"status\":\"BANNED\"");
    }

    JsonNode get(String taskId) {
        return read("/v1/task-orders/" + taskId);
    }

    JsonNode read(String path) {
        Answer answer = http.get(path);
        assertThat(answer.status()).as(answer.text()).isEqualTo(200);
        return answer.json();
    }

    void patched(String taskId, String body) {
        Answer answer =
                http.send("PATCH", "/v1/task-orders/" + taskId, body.getBytes(StandardCharsets.UTF_8), "If-Match", "*");
        assertThat(answer.status()).as(answer.text()).isEqualTo(200);
    }

    Answer cancel(String taskId) {
        return http.post("/v1/task-orders/" + taskId + "/cancel", "{\"reason\":\"not wanted any more\"}");
    }

    Answer redrive(String taskId) {
        return http.post("/v1/task-orders/" + taskId + "/redrive", "{\"reason\":\"the shop is open again\"}");
    }

    /** Takes the lease away, as whoever was told its token. */
    Answer release(LeasedAsset lease) {
        return http.post(
                "/v1/leases/" + lease.leaseId() + "/release", "{\"fencing_token\":" + lease.fencingToken() + "}");
    }

    /** The order, once it has this status. */
    JsonNode awaitStatus(String taskId, String status) {
        return awaitOrder(taskId, status, order -> status.equals(statusOf(order)));
    }

    /** The order, once it is over; fails unless it ended with this status. */
    JsonNode awaitEnd(String taskId, String status) {
        JsonNode order = awaitOrder(taskId, "its end", now -> !OPEN.contains(statusOf(now)));
        assertThat(statusOf(order)).as(order.toString()).isEqualTo(status);
        return order;
    }

    JsonNode awaitOrder(String taskId, String what, Predicate<JsonNode> wanted) {
        return await().alias(what + " of " + taskId)
                .atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(20))
                .until(() -> get(taskId), wanted);
    }

    /** The types of the order's events, in their order. */
    List<String> events(String taskId) {
        return texts(read("/v1/task-orders/" + taskId + "/events?limit=200"), "type");
    }

    /** What a person reads of them. */
    List<String> sentences(String taskId) {
        return texts(read("/v1/task-orders/" + taskId + "/events?limit=200"), "text");
    }

    JsonNode leases(String taskId) {
        return read("/v1/task-orders/" + taskId + "/leases").path("items");
    }

    List<String> leaseStates(String taskId) {
        List<String> states = new ArrayList<>();
        leases(taskId).forEach(lease -> states.add(lease.path("state").asString()));
        return states;
    }

    JsonNode attempts(String taskId) {
        return read("/v1/task-orders/" + taskId + "/attempts").path("items");
    }

    /** What was posted for the order, an entry a line: kind, from where to where, how much. */
    List<String> ledger(String taskId) {
        return books(taskId).stream()
                .filter(line -> line.startsWith("POST "))
                .map(line -> line.substring("POST ".length()))
                .toList();
    }

    /** All of the order's ledger: the phase, and what {@link #ledger} says. */
    List<String> books(String taskId) {
        List<String> lines = new ArrayList<>();
        read("/v1/task-orders/" + taskId + "/ledger")
                .path("items")
                .forEach(entry -> lines.add("%s %s %s → %s %s"
                        .formatted(
                                entry.path("phase").asString(),
                                entry.path("kind").asString(),
                                entry.path("debit_account").asString(),
                                entry.path("credit_account").asString(),
                                entry.path("amount").decimalValue().toPlainString())));
        return lines;
    }

    BigDecimal total(String taskId, String name) {
        return read("/v1/task-orders/" + taskId + "/ledger")
                .path("totals")
                .path(name)
                .decimalValue();
    }

    static String statusOf(JsonNode order) {
        return order.path("status").asString();
    }

    private static List<String> texts(JsonNode page, String field) {
        List<String> texts = new ArrayList<>();
        page.path("items").forEach(item -> texts.add(item.path(field).asString()));
        return texts;
    }
}
