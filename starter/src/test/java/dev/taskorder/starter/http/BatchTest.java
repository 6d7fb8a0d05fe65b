package dev.taskorder.starter.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.taskorder.starter.testing.Bodies;
import dev.taskorder.starter.testing.FullApplication;
import dev.taskorder.starter.testing.Http;
import dev.taskorder.starter.testing.Http.Answer;
import dev.taskorder.starter.testing.TestTenants;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** One order of a batch is answered as the single call would answer it. */
@FullApplication
class BatchTest {
    private static final List<String> ORDERS = List.of(
            Bodies.orderUnder("a"),
            Bodies.orderUnder("b", "\"priority\":101", "\"foo\":1"),
            Bodies.orderUnder("a"),
            Bodies.orderUnder("a", "\"priority\":7"),
            Bodies.orderUnder("c", "\"env\":\"nowhere\""),
            Bodies.orderUnder("d", "\"tenant_id\":\"other\""),
            Bodies.orderUnder("e", "\"input\":{\"n\":1e999999999}"),
            Bodies.orderUnder("f", "\"description\":\"\\u0000\""),
            Bodies.orderUnder("g", "\"input\":{\"x\":" + Bodies.text("x", 65_536) + "}"),
            Bodies.orderUnder("h", "\"input\":{\"x\":" + "[".repeat(63) + "]".repeat(63) + "}"),
            Bodies.orderUnder("i", "\"description\":" + Bodies.text("x", 262_144)),
            "{}",
            Bodies.orderUnder("j", "\"max_total_cost\":0.5", "\"tags\":[\"x\"]"));

    @LocalServerPort
    int port;

    @Autowired
    TestTenants tenants;

    @Test
    void each_place_of_a_batch_equals_a_call_of_its_own() {
        Http alone = new Http(port, tenants.fresh());
        Http together = new Http(port, tenants.fresh());

        Answer batch = together.post("/v1/task-orders/batch", "{\"task_orders\":[" + String.join(",", ORDERS) + "]}");

        assertThat(batch.status()).isEqualTo(200);
        assertThat(batch.json().path("results")).hasSize(ORDERS.size());
        for (int i = 0; i < ORDERS.size(); i++) {
            JsonNode result = batch.json().path("results").get(i);
            Answer single = alone.post("/v1/task-orders", ORDERS.get(i));
            assertThat(result.path("status").asInt()).as("order %d", i).isEqualTo(single.status());
            String part = single.status() < 400 ? "task_order" : "problem";
            assertThat(withoutIds(result.path(part))).as("order %d", i).isEqualTo(withoutIds(single.json()));
        }
        assertThat(together.get("/v1/task-orders").json().path("items")).hasSize(2);
    }

    @Test
    void assets_are_put_the_same_way() {
        Http alone = new Http(port, tenants.fresh());
        Http together = new Http(port, tenants.fresh());
        List<String> assets = List.of(
                Bodies.asset("\"asset_id\":\"a\""),
                Bodies.asset("\"asset_id\":\"a\"", "\"max_concurrency\":3"),
                Bodies.asset("\"asset_id\":\"a\"", "\"env\":\"dev\""),
                Bodies.asset("\"asset_id\":\"a\"", "\"unit_cost\":-1"));

        JsonNode results = together.post("/v1/assets/batch", "{\"assets\":[" + String.join(",", assets) + "]}")
                .json()
                .path("results");

        for (int i = 0; i < assets.size(); i++) {
            Answer single = alone.put("/v1/assets/a", assets.get(i));
            assertThat(results.get(i).path("status").asInt()).isEqualTo(single.status());
            String part = single.status() < 400 ? "asset" : "problem";
            assertThat(withoutIds(results.get(i).path(part))).isEqualTo(withoutIds(single.json()));
        }
    }

    @Test
    void a_place_that_is_no_object_is_refused_alone() {
        Http http = new Http(port, tenants.fresh());

        JsonNode results = http.post("/v1/task-orders/batch", "{\"task_orders\":[1,null," + Bodies.order() + "]}")
                .json()
                .path("results");

        assertThat(results.at("/0/problem/code").asString()).isEqualTo("invalid_request");
        assertThat(results.at("/1/problem/code").asString()).isEqualTo("invalid_request");
        assertThat(results.at("/2/status").asInt()).isEqualTo(201);
    }

    @Test
    void what_is_no_batch_is_refused_as_a_whole() {
        Http http = new Http(port, tenants.fresh());

        assertThat(http.post("/v1/task-orders/batch", "{}").pointers()).containsExactly("/task_orders");
        assertThat(http.post("/v1/task-orders/batch", "{\"task_orders\":null}").pointers())
                .containsExactly("/task_orders");
        assertThat(http.post("/v1/task-orders/batch", "{\"task_orders\":{}}").pointers())
                .containsExactly("/task_orders");
        assertThat(http.post("/v1/task-orders/batch", "{\"task_orders\":[],\"x\":1}")
                        .pointers())
                .containsExactly("/x");
        assertThat(http.post("/v1/task-orders/batch", "[]").pointers()).containsExactly("");
    }

    /** Without what differs between any two calls: ids, times, tenants and traces. */
    private static JsonNode withoutIds(JsonNode node) {
        ObjectNode copy = ((ObjectNode) node).deepCopy();
        List.of("task_id", "tenant_id", "created_at", "updated_at", "trace_id").forEach(copy::remove);
        return copy;
    }
}
