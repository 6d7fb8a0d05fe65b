package dev.taskorder.starter.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.taskorder.starter.testing.Bodies;
import dev.taskorder.starter.testing.FullApplication;
import dev.taskorder.starter.testing.Http;
import dev.taskorder.starter.testing.Http.Answer;
import dev.taskorder.starter.testing.TestTenants;
import java.io.IOException;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

@FullApplication
class PoliciesHttpTest {
    private static final JsonMapper JSON = new JsonMapper();

    @LocalServerPort
    int port;

    @Autowired
    TestTenants tenants;

    private String tenant;
    private Http http;

    @BeforeEach
    void as_an_operator() {
        tenant = tenants.fresh();
        http = new Http(port, tenant);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "?=false", "?limit=x", "?%zz"})
    void those_of_a_tenant_that_is_not_there_are_not_found_whatever_is_asked(String query) throws IOException {
        Raw answer = Raw.send(port, "GET /v1/tenants/nobody/policies" + query + " HTTP/1.1\r\nHost: localhost");
        assertThat(answer.status()).isEqualTo(404);
        assertThat(answer.problem().path("detail").asString()).isEqualTo("there is no such tenant");
    }

    @Test
    void a_version_is_numbered_filled_and_not_in_force() {
        Answer added = add("{\"quotas\":{\"open_orders\":10},\"budget\":{\"estimates\":{\"T\":1.5}}}");

        assertThat(added.status()).isEqualTo(201);
        assertThat(added.header("Location")).hasValue(path("/2"));
        assertThat(added.json().path("name").asString()).isEqualTo("tenant_policy.v2");
        assertThat(added.json().path("active").asBoolean()).isFalse();
        JsonNode policy = added.json().path("policy");
        assertThat(policy.at("/quotas/open_orders").asInt()).isEqualTo(10);
        assertThat(policy.at("/quotas/running_orders").asInt()).isEqualTo(500);
        assertThat(policy.at("/budget/estimates").toString()).isEqualTo("{\"T\":1.5}");
        assertThat(policy.at("/budget/nearing").toString()).isEqualTo("[0.8,0.95]");
        assertThat(policy.at("/defaults/max_queue_ms").isNull()).isTrue();
        assertThat(policy.propertyNames()).hasSize(17);
        assertThat(http.get(path("/2")).json()).isEqualTo(added.json());
        assertThat(http.get(path("/1")).json().path("active").asBoolean()).isTrue();
    }

    @Test
    void an_empty_body_is_the_built_in_policy() {
        assertThat(add("{}").json().path("policy"))
                .isEqualTo(http.get(path("/1")).json().path("policy"));
    }

    @Test
    void what_is_returned_can_be_posted() {
        String policy = add("{}").json().path("policy").toString();
        assertThat(add(policy).json().path("policy").toString()).isEqualTo(policy);
    }

    @Test
    void activated_it_is_in_force_for_new_orders_and_for_no_others() {
        String before = order("k");
        add("{\"envs\":[\"sandbox\"]}");
        assertThat(order("l")).isNotEmpty();

        Answer active = http.post(path("/2/activate"), "");

        assertThat(active.status()).isEqualTo(200);
        assertThat(active.json().path("active").asBoolean()).isTrue();
        Answer refused = http.post("/v1/task-orders", Bodies.orderUnder("m"));
        assertThat(refused.status()).isEqualTo(403);
        assertThat(refused.code()).isEqualTo("not_allowed_by_policy");
        assertThat(refused.pointers()).containsExactly("/env");
        assertThat(http.get("/v1/task-orders/" + before)
                        .json()
                        .path("tenant_policies_version")
                        .asString())
                .isEqualTo("tenant_policy.v1");
        assertThat(http.post("/v1/task-orders", Bodies.orderUnder("k")).status())
                .as("a repeat is answered whatever the policy says now")
                .isEqualTo(200);
        assertThat(new Http(port, "")
                        .get("/v1/tenants/" + tenant)
                        .json()
                        .path("policy")
                        .asString())
                .isEqualTo("tenant_policy.v2");
        assertThat(http.get(path("/1")).json().path("active").asBoolean()).isFalse();
    }

    @Test
    void all_that_is_wrong_is_told_at_once() {
        Answer refused = add("""
                {"task_types": ["a b"], "quotas": {"open_orders": -1, "shut_orders": 1}, "x": 1, "handlers": 5,
                 "defaults": {"max_retries": 101, "lease_policy": "KEEP", "max_queue_ms": 0},
                 "routes": [{"task_type": "A", "executor": "simulated"}, {"task_type": "B", "executor": "nobody"}],
                 "asset_health": {"outcomes": {"OK": "fine"}}, "budget": {"nearing": [0.5, 1]},
                 "follow_ups": [{"id": "f", "on": "task_order.created", "task_type": "X"}], "on_suspend": null}
                """);

        assertThat(refused.status()).isEqualTo(400);
        assertThat(refused.pointers())
                .containsExactlyInAnyOrder(
                        "/task_types/0",
                        "/quotas/open_orders",
                        "/quotas/shut_orders",
                        "/x",
                        "/handlers",
                        "/defaults/max_retries",
                        "/defaults/lease_policy",
                        "/defaults/max_queue_ms",
                        "/routes/1/executor",
                        "/asset_health/outcomes/OK",
                        "/budget/nearing/1",
                        "/follow_ups/0/on",
                        "/follow_ups/0/create",
                        "/on_suspend");
        assertThat(http.get(path("/2")).status()).isEqualTo(404);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{\"quotas\":{\"open_orders\":1.5}} | must be a whole number from 0 to 10000000, was 1.5",
                "{\"fairness_weight\":0} | must be a number from 0.001 to 1000 with at most 3 fraction digits, was 0",
                "{\"currency\":\"usd\"} | must be 3 to 5 capital letters, was 'usd'",
                "{\"retention\":[]} | must be an object, was an array",
                "{\"defaults\":{\"retry_backoff_ms\":60001}} | must not be more than retry_backoff_max_ms,"
                        + " which is 60000, was 60001",
                "{\"asset_health\":{\"cool_down_max_ms\":1}} | must not be more than cool_down_max_ms, which is 1,"
                        + " was 60000"
            })
    void a_refusal_names_the_bound_and_the_value(String body, String message) {
        Answer refused = add(body);
        assertThat(refused.status()).isEqualTo(400);
        assertThat(refused.json().at("/errors/0/message").asString()).isEqualTo(message);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "'on':'task_order.ended' | /follow_ups/0/on | must be one of",
                "'when':1 | /follow_ups/0/when | is not a known field",
                "'create':{'task_type':'U','colour':1} | /follow_ups/0/create/colour | is not a known field",
                "'create':{} | /follow_ups/0/create/task_type | is required",
                "'create':{'task_type':'U','tenant_id':'t'} | /follow_ups/0/create/tenant_id | is set by the server",
                "'create':{'task_type':'U','idempotency_key':'k'} | /follow_ups/0/create/idempotency_key"
                        + " | is set by the server",
                "'create':{'task_type':'U','priority':101} | /follow_ups/0/create/priority | was 101",
                "'create':{'task_type':'U','input':{'a':['x {{input.n}}']}} | /follow_ups/0/create/input/a/0"
                        + " | was 'x {{input.n}}'",
                "'create':{'task_type':'U','input':{'a':'{{env.HOME}}'}} | /follow_ups/0/create/input/a"
                        + " | must be exactly {{input.…}}",
                "'create':{'task_type':'U','input':{'a':'{{order.tenant_id}}'}} | /follow_ups/0/create/input/a"
                        + " | names no field of an order",
                "'create':{'task_type':'V'} | /follow_ups/0/create/task_type | must be in this policy's task_types",
                "'task_type':'V' | /follow_ups/0/task_type | must be in this policy's task_types, was 'V'",
                "'create':{'task_type':'U','env':'mars'} | /follow_ups/0/create/env | must be in this policy's envs",
            })
    void a_follow_up_that_could_never_be_created_is_refused(String part, String pointer, String message) {
        ObjectNode rule = json("{'id':'f','on':'task_order.failed','task_type':'T','create':{'task_type':'U'}}");
        rule.setAll(json("{" + part + "}"));
        ObjectNode policy = json("{'task_types':['T','U'],'envs':['prod']}");
        policy.putArray("follow_ups").add(rule);
        Answer refused = add(policy.toString());

        assertThat(refused.status()).isEqualTo(400);
        assertThat(refused.pointers()).containsExactly(pointer);
        assertThat(refused.json().at("/errors/0/message").asString()).contains(message);
        assertThat(http.get(path("/2")).status()).isEqualTo(404);
    }

    private static ObjectNode json(String text) {
        return (ObjectNode) JSON.readTree(text.replace('\'', '"'));
    }

    @Test
    void two_follow_ups_of_one_id_are_refused_for_their_orders_would_have_one_key() {
        String rule =
                "{\"id\":\"f\",\"on\":\"task_order.failed\",\"task_type\":\"T\",\"create\":{\"task_type\":\"U\"}}";
        Answer refused = add("{\"follow_ups\":[" + rule + "," + rule + "]}");

        assertThat(refused.status()).isEqualTo(400);
        assertThat(refused.pointers()).containsExactly("/follow_ups/1/id");
        assertThat(refused.json().at("/errors/0/message").asString())
                .isEqualTo("must not be that of another rule, was 'f'");
    }

    @Test
    void the_list_has_the_newest_first() {
        for (int i = 0; i < 3; i++) {
            add("{}");
        }
        JsonNode first = http.get(path("?limit=3")).json();
        JsonNode second = http.get(
                        path("?limit=3&cursor=" + first.path("next_cursor").asString()))
                .json();

        assertThat(versions(first)).containsExactly(4, 3, 2);
        assertThat(versions(second)).containsExactly(1);
        assertThat(second.path("next_cursor").isNull()).isTrue();
    }

    @Test
    void many_at_once_get_a_number_each() {
        List<Integer> numbers = IntStream.range(0, 16)
                .parallel()
                .mapToObj(i -> add("{}").json().path("version").asInt())
                .collect(Collectors.toList());
        assertThat(numbers)
                .containsExactlyInAnyOrderElementsOf(
                        IntStream.rangeClosed(2, 17).boxed().toList());
    }

    @Test
    void a_version_or_a_tenant_that_is_not_there_is_not_found() {
        assertThat(http.get(path("/9")).status()).isEqualTo(404);
        assertThat(http.post(path("/9/activate"), "").status()).isEqualTo(404);
        assertThat(http.get("/v1/tenants/nobody-has-this/policies").status()).isEqualTo(404);
        assertThat(http.get("/v1/tenants/_system/policies").status()).isEqualTo(404);
        assertThat(http.get(path("/0")).status()).isEqualTo(400);
    }

    private String order(String key) {
        return http.post("/v1/task-orders", Bodies.orderUnder(key))
                .json()
                .path("task_id")
                .asString("");
    }

    private Answer add(String body) {
        return http.post(path(""), body);
    }

    private String path(String rest) {
        return "/v1/tenants/" + tenant + "/policies" + rest;
    }

    private static List<Integer> versions(JsonNode page) {
        return page.path("items")
                .valueStream()
                .map(one -> one.path("version").asInt())
                .toList();
    }
}
