package dev.taskorder.starter.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.taskorder.starter.testing.Bodies;
import dev.taskorder.starter.testing.FullApplication;
import dev.taskorder.starter.testing.Http;
import dev.taskorder.starter.testing.Http.Answer;
import dev.taskorder.starter.testing.TestTenants;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import tools.jackson.databind.JsonNode;

/** {@code quotas.creates_per_second} over HTTP; a second is long enough for what these tests ask. */
@FullApplication
class RateTest {
    private static final String PATH = "/v1/task-orders";
    private static final String THREE_AND_ONE_A_SECOND = "{\"creates_per_second\": 1, \"create_burst\": 3}";

    @LocalServerPort
    int port;

    @Autowired
    TestTenants tenants;

    @Test
    void who_creates_faster_than_its_policy_allows_is_told_when_to_come_again() {
        Http caller = new Http(port, tenants.freshWithQuotas(THREE_AND_ONE_A_SECOND));
        Answer first = caller.post(PATH, Bodies.orderUnder("a"));
        assertThat(first.status()).isEqualTo(201);
        assertThat(first.header("RateLimit-Policy")).contains("\"creates\";q=3;w=3");
        assertThat(first.header("RateLimit")).contains("\"creates\";r=2;t=1");
        Answer refused = refused(caller);
        assertThat(refused.header("Retry-After")).contains("1");
        assertThat(refused.header("RateLimit")).contains("\"creates\";r=0;t=3");
        assertThat(refused.header("RateLimit-Policy")).contains("\"creates\";q=3;w=3");
        assertThat(refused.json().path("code").asString()).isEqualTo("rate_limited");
        assertThat(caller.get(PATH).status()).as("reading takes no token").isEqualTo(200);
        assertThat(new Http(port, tenants.freshWithQuotas(THREE_AND_ONE_A_SECOND))
                        .post(PATH, Bodies.orderUnder("a"))
                        .status())
                .as("each tenant has its own")
                .isEqualTo(201);
    }

    @Test
    void a_batch_takes_a_token_for_each_of_its_orders_and_those_without_are_refused_alone() {
        Http caller = new Http(port, tenants.freshWithQuotas(THREE_AND_ONE_A_SECOND));
        String orders =
                IntStream.range(0, 6).mapToObj(i -> Bodies.orderUnder("k" + i)).collect(Collectors.joining(","));
        Answer answer = caller.post(PATH + "/batch", "{\"task_orders\":[" + orders + "]}");
        assertThat(answer.status()).isEqualTo(200);
        JsonNode results = answer.json().path("results");
        assertThat(results.valueStream().map(result -> result.path("status").asInt()))
                .containsExactly(201, 201, 201, 429, 429, 429);
        assertThat(results.get(5).path("problem").path("code").asString()).isEqualTo("rate_limited");
        assertThat(answer.header("RateLimit")).contains("\"creates\";r=0;t=3");
        assertThat(caller.get(PATH).json().path("items")).hasSize(3);
    }

    private static Answer refused(Http caller) {
        return IntStream.range(0, 10)
                .mapToObj(i -> caller.post(PATH, Bodies.orderUnder("b" + i)))
                .filter(answer -> answer.status() == 429)
                .findFirst()
                .orElseThrow();
    }
}
