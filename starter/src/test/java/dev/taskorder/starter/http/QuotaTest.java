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

/** {@code quotas.open_orders} over HTTP. */
@FullApplication
class QuotaTest {
    private static final String PATH = "/v1/task-orders";

    @LocalServerPort
    int port;

    @Autowired
    TestTenants tenants;

    @Test
    void one_order_too_many_is_told_limit_and_count_and_an_order_that_ends_makes_room() {
        Http caller = new Http(port, tenants.freshWithQuotas("{\"open_orders\": 2}"));
        caller.post(PATH, Bodies.orderUnder("a"));
        String second =
                caller.post(PATH, Bodies.orderUnder("b")).json().path("task_id").asString();
        Answer refused = caller.post(PATH, Bodies.orderUnder("c"));
        assertThat(refused.status()).isEqualTo(429);
        assertThat(refused.header("Retry-After")).contains("1");
        assertThat(refused.json().path("code").asString()).isEqualTo("quota_exceeded");
        assertThat(refused.json().path("quota").asString()).isEqualTo("open_orders");
        assertThat(refused.json().path("limit").asInt()).isEqualTo(2);
        assertThat(refused.json().path("count").asInt()).isEqualTo(2);
        assertThat(caller.post(PATH, Bodies.orderUnder("a")).status()).isEqualTo(200);
        caller.post(PATH + "/" + second + "/cancel", "{}");
        assertThat(caller.post(PATH, Bodies.orderUnder("c")).status()).isEqualTo(201);
    }

    @Test
    void each_order_of_a_batch_is_judged_by_itself() {
        Http caller = new Http(port, tenants.freshWithQuotas("{\"open_orders\": 2}"));
        String orders = String.join(
                ",",
                List.of(
                        Bodies.orderUnder("a"),
                        Bodies.orderUnder("b", "\"priority\":101"),
                        Bodies.orderUnder("c"),
                        Bodies.orderUnder("d"),
                        Bodies.orderUnder("a")));
        JsonNode results = caller.post(PATH + "/batch", "{\"task_orders\":[" + orders + "]}")
                .json()
                .path("results");
        assertThat(results.valueStream().map(result -> result.path("status").asInt()))
                .containsExactly(201, 400, 201, 429, 200);
        assertThat(results.get(3).path("problem").path("code").asString()).isEqualTo("quota_exceeded");
    }
}
