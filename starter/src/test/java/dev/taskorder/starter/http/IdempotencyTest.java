package dev.taskorder.starter.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.taskorder.starter.testing.Bodies;
import dev.taskorder.starter.testing.FullApplication;
import dev.taskorder.starter.testing.Http;
import dev.taskorder.starter.testing.Http.Answer;
import dev.taskorder.starter.testing.TestTenants;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import tools.jackson.databind.JsonNode;

/** A create may come as often as it likes: under one key there is one order. */
@FullApplication
class IdempotencyTest {
    private static final int CALLERS = 64;

    @LocalServerPort
    int port;

    @Autowired
    TestTenants tenants;

    private Http http;

    @BeforeEach
    void call_as_a_tenant_of_its_own() {
        http = new Http(port, tenants.fresh());
    }

    @Test
    void a_new_order_has_a_place_and_a_version() {
        Answer created = http.post("/v1/task-orders", Bodies.orderUnder("k"));

        assertThat(created.status()).isEqualTo(201);
        String id = created.json().path("task_id").asString();
        assertThat(created.header("Location")).hasValue("/v1/task-orders/" + id);
        assertThat(created.header("ETag")).hasValue("\"1\"");
        assertThat(created.header("Idempotent-Replayed")).isEmpty();
        Answer found = http.get(created.header("Location").orElseThrow());
        assertThat(found.json()).isEqualTo(created.json());
        assertThat(found.header("ETag")).hasValue("\"1\"");
        assertThat(http.get("/v1/task-orders/" + id, "If-None-Match", "\"1\"").status())
                .isEqualTo(304);
    }

    @Test
    void a_repeat_is_answered_with_the_same_order() {
        Answer first = http.post("/v1/task-orders", Bodies.orderUnder("k"));
        Answer repeat = http.post("/v1/task-orders", Bodies.orderUnder("k"));

        assertThat(repeat.status()).isEqualTo(200);
        assertThat(repeat.header("Idempotent-Replayed")).hasValue("true");
        assertThat(repeat.json()).isEqualTo(first.json());
    }

    @Test
    void the_key_may_come_in_the_header_alone_or_in_both_places() {
        String withoutKey = Bodies.orderUnder("k").replace("\"idempotency_key\":\"k\",", "");

        assertThat(http.post("/v1/task-orders", withoutKey, "Idempotency-Key", "k")
                        .status())
                .isEqualTo(201);
        assertThat(http.post("/v1/task-orders", Bodies.orderUnder("k"), "Idempotency-Key", "k")
                        .status())
                .isEqualTo(200);
        assertThat(http.post("/v1/task-orders", Bodies.orderUnder("k")).status())
                .isEqualTo(200);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "\"priority\":50                         | \"priority\":51             | priority",
                "\"max_total_cost\":5                    | \"max_total_cost\":5.000001 | max_total_cost",
                "\"tags\":[\"a\",\"b\"]                  | \"tags\":[\"b\",\"a\"]      | tags",
                "\"input\":{\"a\":[1]}                   | \"input\":{\"a\":[2]}       | input",
                "\"constraints\":{\"x\":1}               | \"constraints\":{}          | constraints",
                "\"external_ref\":\"\"                   | \"external_ref\":null       | external_ref"
            })
    void other_content_under_the_key_is_refused_with_the_fields_that_differ(String one, String other, String field) {
        http.post("/v1/task-orders", Bodies.orderUnder("k", one));

        Answer refused = http.post("/v1/task-orders", Bodies.orderUnder("k", other));

        assertThat(refused.status()).isEqualTo(422);
        assertThat(refused.code()).isEqualTo("idempotency_key_reused");
        assertThat(refused.json().path("differing_fields")).hasSize(1);
        assertThat(refused.json().at("/differing_fields/0").asString()).isEqualTo(field);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "\"priority\":50               | \"priority\":50.0",
                "\"priority\":50               | \"currency\":\"USD\"",
                "\"max_total_cost\":5.10       | \"max_total_cost\":51e-1",
                "\"input\":{\"a\":1,\"b\":2.0} | \"input\":{\"b\":2,\"a\":1.0}",
                "\"tags\":[]                   | \"resource_hints\":[]",
                "\"description\":null          | \"input\":{}",
                "\"resource_hints\":[{\"sku_category\":\"C\"}] | \"resource_hints\":[{\"min_count\":1,\"sku_category\":\"C\",\"attributes\":{}}]"
            })
    void the_same_content_said_differently_is_a_repeat(String one, String other) {
        SuitedPool.put(http, Bodies.orderUnder("k", one));
        Answer first = http.post("/v1/task-orders", Bodies.orderUnder("k", one));

        Answer repeat = http.post("/v1/task-orders", Bodies.orderUnder("k", other));

        assertThat(repeat.status()).as(repeat.text()).isEqualTo(200);
        assertThat(repeat.json().path("task_id")).isEqualTo(first.json().path("task_id"));
    }

    @Test
    void a_key_is_of_one_environment() {
        Answer prod = http.post("/v1/task-orders", Bodies.orderUnder("k"));
        Answer dev = http.post("/v1/task-orders", Bodies.orderUnder("k", "\"env\":\"dev\""));

        assertThat(dev.status()).isEqualTo(201);
        assertThat(dev.json().path("task_id")).isNotEqualTo(prod.json().path("task_id"));
    }

    @Test
    void a_repeat_inside_a_batch_is_one_too() {
        String batch = "{\"task_orders\":[" + Bodies.orderUnder("k") + "," + Bodies.orderUnder("k") + ","
                + Bodies.orderUnder("k", "\"priority\":1") + "]}";

        JsonNode results = http.post("/v1/task-orders/batch", batch).json().path("results");

        assertThat(statuses(results)).containsExactly(201, 200, 422);
        assertThat(results.at("/0/task_order/task_id")).isEqualTo(results.at("/1/task_order/task_id"));
        assertThat(results.at("/2/problem/differing_fields/0").asString()).isEqualTo("priority");
    }

    @Test
    void a_race_of_single_calls_and_batches_makes_one_order_per_key() throws Exception {
        List<Callable<Answer>> calls = new ArrayList<>();
        for (int i = 0; i < CALLERS; i++) {
            calls.add(i % 2 == 0 ? this::single : i % 4 == 1 ? () -> batch("x", "y") : () -> batch("y", "x"));
        }
        ExecutorService callers = Executors.newFixedThreadPool(CALLERS);
        try {
            List<Integer> statuses = new ArrayList<>();
            for (Future<Answer> call : callers.invokeAll(calls)) {
                Answer answer = call.get();
                assertThat(answer.status()).as(answer.text()).isIn(200, 201);
                if (answer.json().has("results")) {
                    statuses.addAll(statuses(answer.json().path("results")));
                } else {
                    statuses.add(answer.status());
                }
            }
            assertThat(statuses).hasSize(96).containsOnly(200, 201);
            assertThat(statuses.stream().filter(status -> status == 201)).hasSize(2);
        } finally {
            callers.shutdown();
        }
        JsonNode items = http.get("/v1/task-orders").json().path("items");
        Set<String> keys = new TreeSet<>();
        items.forEach(item -> keys.add(item.path("idempotency_key").asString()));
        assertThat(items).hasSize(2);
        assertThat(keys).containsExactly("x", "y");
    }

    private Answer single() {
        return http.post("/v1/task-orders", Bodies.orderUnder("x"));
    }

    private Answer batch(String first, String second) {
        return http.post(
                "/v1/task-orders/batch",
                "{\"task_orders\":[" + Bodies.orderUnder(first) + "," + Bodies.orderUnder(second) + "]}");
    }

    private static List<Integer> statuses(JsonNode results) {
        List<Integer> statuses = new ArrayList<>();
        results.forEach(result -> statuses.add(result.path("status").asInt()));
        return statuses;
    }
}
