package dev.taskorder.starter.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.taskorder.starter.testing.Bodies;
import dev.taskorder.starter.testing.FullApplication;
import dev.taskorder.starter.testing.Http;
import dev.taskorder.starter.testing.Http.Answer;
import dev.taskorder.starter.testing.TestTenants;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;

/** What is wrong with a request is told with code and pointer, and nothing of it is stored. */
@FullApplication
class BadInputTest {
    private static final String ID = "01a201ac-d55e-7b80-b8e7-9216362de772";

    @LocalServerPort
    int port;

    @Autowired
    TestTenants tenants;

    private Http http;

    @BeforeEach
    void call_as_a_tenant_of_its_own() {
        http = new Http(port, tenants.fresh());
    }

    @AfterEach
    void nothing_is_stored() {
        assertThat(http.get("/v1/task-orders").json().path("items").size()).isZero();
        assertThat(http.get("/v1/assets").json().path("items").size()).isZero();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{                        | `` | `ends too early`",
                "nonsense                 | `` | `the word 'nonsense' means nothing`",
                "{\"a\":1,}               | /a | `the character '}' cannot`",
                "{\"a\":1}x               | `` | `the word 'x' means nothing`",
                "{\"a\":1}{}              | `` | `has more after its end`",
                "{'a':1}                  | `` | `the character ''' cannot`",
                "{\"a\":NaN}              | /a | `the word 'NaN'`",
                "{\"a\":01}               | /a | `number is not written`",
                "{\"a\":\"\\x\"}          | /a | `no such escape`",
                "{\"input\":{\"a\":1,\"a\":2}} | /input/a | `second member`",
                "{\"a\":1,\"a\":{}}      | /a | `second member`",
                "{\"a\":1} 2             | `` | `has more after its end`",
                "{\"input\":[1,{\"b\":}]} | /input/1/b | `the character '}' cannot`"
            })
    void malformed_json(String body, String pointer, String reason) {
        Answer answer = http.post("/v1/task-orders", body);

        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.code()).isEqualTo("malformed_json");
        assertThat(answer.pointers()).containsExactly(pointer);
        assertThat(answer.json().path("detail").asString())
                .contains(reason)
                .doesNotContain("Feature", "jackson", "Exception");
    }

    @ParameterizedTest
    @ValueSource(strings = {"deeper than the 64 levels", "number of more than 128", "name of more than 1024"})
    void each_limit_of_the_parser_is_told_by_itself(String words) {
        String body = words.startsWith("deeper")
                ? "[".repeat(200)
                : words.startsWith("number") ? "{\"a\":" + "1".repeat(200) + "}" : "{\"" + "n".repeat(2000) + "\":1}";
        Answer answer = http.post("/v1/task-orders", body);

        assertThat(answer.code()).isEqualTo("invalid_request");
        assertThat(answer.json().path("detail").asString()).contains(words);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "\n"})
    void no_body_at_all(String body) {
        assertThat(http.post("/v1/task-orders", body).code()).isEqualTo("malformed_json");
    }

    @ParameterizedTest
    @ValueSource(strings = {"[]", "1", "null", "\"x\"", "true"})
    void a_body_that_is_no_object(String body) {
        assertInvalid(http.post("/v1/task-orders", body), "");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "\"priority\":\"50\"                  | /priority",
                "\"priority\":50.5                    | /priority",
                "\"priority\":null                    | /priority",
                "\"priority\":1e999999999             | /priority",
                "\"priority\":-1e999999999            | /priority",
                "\"priority\":1e-999999999            | /priority",
                "\"priority\":0e999999999             | /priority",
                "\"priority\":1e99999999999999999999  | /priority",
                "\"timeout_ms\":9223372036854775808   | /timeout_ms",
                "\"timeout_ms\":true                  | /timeout_ms",
                "\"project_id\":1                     | /project_id",
                "\"project_id\":null                  | /project_id",
                "\"project_id\":\"a b\"               | /project_id",
                "\"project_id\":\"\"                  | /project_id",
                "\"project_id\":\"a\\n\"              | /project_id",
                "\"env\":{}                           | /env",
                "\"task_type\":[]                     | /task_type",
                "\"currency\":\"usd\"                 | /currency",
                "\"currency\":null                    | /currency",
                "\"max_total_cost\":\"5\"             | /max_total_cost",
                "\"max_total_cost\":-1                | /max_total_cost",
                "\"max_total_cost\":1e999999999       | /max_total_cost",
                "\"max_total_cost\":0.0000001         | /max_total_cost",
                "\"business_value_hint\":-0.5         | /business_value_hint",
                "\"external_ref\":{}                  | /external_ref",
                "\"tags\":{}                          | /tags",
                "\"tags\":[1]                         | /tags/0",
                "\"tags\":[null]                      | /tags/0",
                "\"tags\":[\"a\",\"b\",\"a\"]         | /tags/2",
                "\"input\":[]                         | /input",
                "\"input\":null                       | /input",
                "\"input\":{\"n\":1e999999999}        | /input/n",
                "\"input\":{\"n\":[{\"x/y~z\":\"\\u0000\"}]} | /input/n/0/x~1y~0z",
                "\"input\":{\"a\":{\"\\u0000\":1}}    | /input/a/\uFFFD",
                "\"constraints\":[]                   | /constraints",
                "\"constraints\":{\"max_retries\":1.5}    | /constraints/max_retries",
                "\"constraints\":{\"max_retries\":null}   | /constraints/max_retries",
                "\"constraints\":{\"min_health_score\":\"80\"} | /constraints/min_health_score",
                "\"constraints\":{\"min_health_score\":null} | /constraints/min_health_score",
                "\"constraints\":{\"no_datacenter_ip\":1} | /constraints/no_datacenter_ip",
                "\"constraints\":{\"no_downgrade\":null}  | /constraints/no_downgrade",
                "\"constraints\":{\"lease_policy\":\"KEEP\"} | /constraints/lease_policy",
                "\"constraints\":{\"max_queue_ms\":0.5}   | /constraints/max_queue_ms",
                "\"resource_hints\":{}                | /resource_hints",
                "\"resource_hints\":[1]               | /resource_hints/0",
                "\"resource_hints\":[{}]              | /resource_hints/0/sku_category",
                "\"resource_hints\":[{\"sku_category\":\"C\",\"sku_code\":\"a*b\"}] | /resource_hints/0/sku_code",
                "\"resource_hints\":[{\"sku_category\":\"C\",\"foo\":1}] | /resource_hints/0/foo",
                "\"resource_hints\":[{\"sku_category\":\"C\",\"attributes\":{\"a\":null}}] | /resource_hints/0/attributes/a",
                "\"resource_hints\":[{\"sku_category\":\"C\",\"attributes\":{\"a\":[1]}}] | /resource_hints/0/attributes/a",
                "\"description\":\"\\u0000\"          | /description",
                "\"description\":\"a\\u0000b\"        | /description",
                "\"description\":\"\\udc00\"          | /description",
                "\"description\":\"\\ud800\"          | /description",
                "\"description\":\"\\ud800x\"         | /description",
                "\"tenant_id\":1                      | /tenant_id",
                "\"foo\":1                            | /foo",
                "\"task_id\":\"x\"                    | /task_id",
                "\"status\":\"PENDING\"               | /status",
                "\"created_at\":\"x\"                 | /created_at",
                "\"started_at\":\"x\"                 | /started_at",
                "\"result_code\":\"OK\"               | /result_code",
                "\"result_message\":\"OK\"            | /result_message",
                "\"task_version\":1                   | /task_version",
                "\"lease_ids\":[]                     | /lease_ids",
                "\"tenant_policies_version\":\"x\"    | /tenant_policies_version",
                "\"output\":{}                        | /output"
            })
    void a_member_of_an_order_that_is_wrong(String member, String pointer) {
        String order = Bodies.order(member);

        assertInvalid(http.post("/v1/task-orders", order), pointer);

        Answer batch = http.post("/v1/task-orders/batch", "{\"task_orders\":[" + order + "]}");
        assertThat(batch.status() == 400 || batch.json().at("/results/0/status").asInt() == 400)
                .as(batch.text())
                .isTrue();
    }

    @Test
    void a_read_only_field_is_told_apart_from_an_unknown_one() {
        Answer answer = http.post("/v1/task-orders", Bodies.order("\"finished_at\":1", "\"finish\":1"));

        assertThat(answer.text()).contains("is set by the server", "is not a known field");
    }

    @Test
    void everything_that_is_wrong_is_told_at_once() {
        Answer answer = http.post("/v1/task-orders", "{\"priority\":-1,\"tags\":[1,2],\"x\":1}");

        assertThat(answer.pointers())
                .containsExactlyInAnyOrder(
                        "/x",
                        "/idempotency_key",
                        "/project_id",
                        "/env",
                        "/task_type",
                        "/priority",
                        "/tags/0",
                        "/tags/1");
        assertThat(answer.text()).contains("from 0 to 100, was -1");
    }

    @Test
    void a_flood_of_mistakes_is_cut() {
        String flood = Bodies.array("\"x#\":1", 10_000).replace('[', '{').replace(']', '}');

        assertThat(http.post("/v1/task-orders", flood).pointers()).hasSize(100);
    }

    @Test
    void bytes_that_are_no_utf_8() {
        byte[] surrogate = Bodies.order("\"description\":\"#\"").getBytes(StandardCharsets.ISO_8859_1);
        surrogate[new String(surrogate, StandardCharsets.ISO_8859_1).indexOf('#')] = (byte) 0xff;

        Answer answer = http.send("POST", "/v1/task-orders", surrogate);
        assertThat(answer.code()).isEqualTo("malformed_json");
        assertThat(answer.json().path("detail").asString()).contains("it is not UTF-8");
    }

    @Test
    void a_key_that_differs_between_header_and_body() {
        Answer other = http.post("/v1/task-orders", Bodies.orderUnder("one"), "Idempotency-Key", "other");
        assertInvalid(other, "/idempotency_key");
        assertThat(other.text()).contains("header, 'other', or be left out, was 'one'");
        assertInvalid(
                http.post("/v1/task-orders", Bodies.order(), "Idempotency-Key", "k".repeat(256)), "/idempotency_key");
        assertInvalid(
                http.post("/v1/task-orders/batch", "{\"task_orders\":[]}", "Idempotency-Key", "k"), "/idempotency_key");
    }

    @Test
    void a_body_that_names_another_tenant() {
        Answer answer = http.post("/v1/task-orders", Bodies.order("\"tenant_id\":\"somebody_else\""));

        assertThat(answer.status()).isEqualTo(403);
        assertThat(answer.code()).isEqualTo("tenant_mismatch");
    }

    @Test
    void an_environment_that_the_policy_does_not_know() {
        Answer answer = http.post("/v1/task-orders", Bodies.order("\"env\":\"nowhere\""));

        assertThat(answer.status()).isEqualTo(403);
        assertThat(answer.code()).isEqualTo("not_allowed_by_policy");
        assertThat(answer.pointers()).containsExactly("/env");
    }

    @ParameterizedTest
    @CsvSource({
        "/v1/task-orders?limit=201,                        /limit",
        "/v1/task-orders?foo=1,                            /foo",
        "/v1/task-orders?cursor=x,                         /cursor",
        "/v1/task-orders?cursor=%00,                       /cursor",
        "/v1/task-orders?cursor=dGVzdA,                    /cursor",
        "/v1/task-orders?status=DONE,                      /status",
        "/v1/task-orders?env=Prod,                         /env",
        "/v1/task-orders?env=,                             /env",
        "/v1/task-orders?created_from=yesterday,           /created_from",
        "/v1/task-orders?created_to=99999-01-01T00:00:00Z, /created_to",
        "/v1/task-orders?tag=,                             /tag",
        "/v1/task-orders?project_id=a%20b,                 /project_id",
        "/v1/assets?status=GONE,                           /status",
        "/v1/assets?sku_code=ip.*,                         /sku_code",
        "/v1/assets/a%20b,                                 /asset_id",
        "/v1/leases?task_id=x,                             /task_id",
        "/v1/leases?state=active,                          /state",
        "/v1/task-orders/x,                                /task_id",
        "/v1/task-orders/x/events,                         /task_id",
        "/v1/task-orders/x/leases,                         /task_id",
        "/v1/task-orders/x/ledger,                         /task_id",
        "/v1/task-orders/x/attempts,                       /task_id",
        "/v1/task-orders/x/explain,                        /task_id",
        "/v1/task-orders/01a201ac-d55e-7b80-b8e7-9216362de772?x=1, /x"
    })
    void a_query_or_a_path_that_is_wrong(String path, String pointer) {
        assertInvalid(http.get(path), pointer);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "created_from=1969-12-31T23:59:59Z | must not be before 1970-01-01T00:00:00Z, was '1969-12-31T23:59:59Z'",
                "created_to=10000-01-01T00:00:00Z  | such as 2026-01-31T08:00:00Z, was '10000-01-01T00:00:00Z'",
                "created_to=%2B10000-01-01T00:00Z  | must not be after 9999-12-31T23:59:59Z, was '+10000-01-01T00:00Z'",
                "cursor=x%C3%A4                    | must be the next_cursor of an earlier page of the same list, was 'x\uFFFD': ask for the first page again"
            })
    void what_is_wrong_with_a_parameter_is_told_with_its_value(String query, String words) {
        assertThat(http.get("/v1/task-orders?" + query).json().path("detail").asString())
                .endsWith(words);
    }

    @Test
    void a_long_cursor_is_shown_cut() {
        assertThat(http.get("/v1/assets?cursor=" + "A".repeat(65)).text()).contains("was '" + "A".repeat(64) + "…'");
    }

    @ParameterizedTest
    @CsvSource({"[], an array", "7, 7", "null, null", "true, true"})
    void a_body_that_is_no_object(String body, String shown) {
        assertThat(http.post("/v1/task-orders", body).json().path("detail").asString())
                .isEqualTo("the body must be a JSON object, was " + shown);
    }

    @Test
    void an_asset_that_names_another_than_its_path() {
        assertThat(http.put("/v1/assets/a1", Bodies.asset("\"asset_id\":\"other\""))
                        .text())
                .contains("must equal the id in the path, or be left out, was 'other'");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "\"asset_id\":\"other\"          | /asset_id",
                "\"unit_cost\":null              | /unit_cost",
                "\"unit_cost\":-1                | /unit_cost",
                "\"unit_cost\":\"1\"             | /unit_cost",
                "\"max_concurrency\":0           | /max_concurrency",
                "\"max_concurrency\":1001        | /max_concurrency",
                "\"health_score\":100.001        | /health_score",
                "\"health_score\":-1             | /health_score",
                "\"status\":\"COOLING_DOWN\"     | /status",
                "\"sku_code\":\"ip.*\"           | /sku_code",
                "\"max_uses\":0                  | /max_uses",
                "\"max_uses\":2147483648         | /max_uses",
                "\"handle\":\"\"                 | /handle",
                "\"attributes\":{\"a\":{}}       | /attributes/a",
                "\"attributes\":{\"\":1}         | /attributes/",
                "\"current_concurrency\":1       | /current_concurrency",
                "\"updated_at\":1                | /updated_at",
                "\"foo\":1                       | /foo"
            })
    void a_member_of_an_asset_that_is_wrong(String member, String pointer) {
        assertInvalid(http.put("/v1/assets/a1", Bodies.asset(member)), pointer);
    }

    @ParameterizedTest
    @CsvSource({
        "POST, /v1/task-orders?x=1",
        "POST, /v1/task-orders/batch?x=1",
        "POST, /v1/task-orders/01a201ac-d55e-7b80-b8e7-9216362de772/cancel?x=1",
        "PUT,  /v1/assets/a?x=1",
        "POST, /v1/assets/a/events?x=1",
        "POST, /v1/assets/batch?x=1"
    })
    void a_query_where_there_is_none_to_be(String method, String path) {
        assertInvalid(http.send(method, path, "{}".getBytes(StandardCharsets.UTF_8)), "/x");
    }

    private static void assertInvalid(Answer answer, String pointer) {
        assertThat(answer.status()).as(answer.text()).isEqualTo(400);
        assertThat(answer.code()).as(answer.text()).isIn("invalid_request", "malformed_json");
        assertThat(answer.pointers()).containsExactly(pointer);
    }
}
