package dev.taskorder.starter.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.taskorder.starter.testing.Bodies;
import dev.taskorder.starter.testing.FullApplication;
import dev.taskorder.starter.testing.Http;
import dev.taskorder.starter.testing.Http.Answer;
import dev.taskorder.starter.testing.TestTenants;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import tools.jackson.databind.JsonNode;

/**
 * NUL and halves of surrogate pairs, which the database could not keep, are refused wherever a text can stand, with code
 * and pointer, and nothing is stored.
 */
@FullApplication
class UnstorableTextTest {
    private static final String NUL = "must not contain the character NUL";
    private static final String HALF = "must not contain half of a surrogate pair";
    private static final String[][] UNSTORABLE = {
        {"\\u0000", NUL},
        {"a\\u0000b", NUL},
        {"\\ud800", HALF},
        {"\\ud800x", HALF},
        {"\\udc00", HALF},
        {"\\udc00\\ud800", HALF}
    };

    @LocalServerPort
    int port;

    @Autowired
    TestTenants tenants;

    private String tenant;
    private Http http;

    @BeforeEach
    void call_as_a_tenant_of_its_own() {
        tenant = tenants.fresh();
        http = new Http(port, tenant);
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
                "\"idempotency_key\":\"#\"                | /idempotency_key",
                "\"project_id\":\"#\"                     | /project_id",
                "\"env\":\"#\"                            | /env",
                "\"task_type\":\"#\"                      | /task_type",
                "\"task_category\":\"#\"                  | /task_category",
                "\"currency\":\"#\"                       | /currency",
                "\"external_ref\":\"#\"                   | /external_ref",
                "\"description\":\"#\"                    | /description",
                "\"tags\":[\"a\",\"#\"]                   | /tags/1",
                "\"resource_hints\":[{\"sku_category\":\"#\"}] | /resource_hints/0/sku_category",
                "\"resource_hints\":[{\"sku_category\":\"C\",\"sku_code\":\"#\"}] | /resource_hints/0/sku_code",
                "\"resource_hints\":[{\"sku_category\":\"C\",\"attributes\":{\"a\":\"#\"}}] | /resource_hints/0/attributes/a",
                "\"constraints\":{\"a\":\"#\"}            | /constraints/a",
                "\"constraints\":{\"a\":[{\"b\":\"#\"}]}  | /constraints/a/0/b",
                "\"constraints\":{\"lease_policy\":\"#\"} | /constraints/lease_policy",
                "\"input\":{\"a\":\"#\"}                  | /input/a",
                "\"input\":{\"a\":{\"b\":[1,\"#\"]}}      | /input/a/b/1"
            })
    void a_text_of_an_order(String member, String pointer) {
        for (String[] bad : UNSTORABLE) {
            String order = Bodies.order(member.replace("#", bad[0]));
            assertRefused(http.post("/v1/task-orders", order), pointer, bad[1]);

            JsonNode inBatch = http.post("/v1/task-orders/batch", "{\"task_orders\":[" + order + "]}")
                    .json();
            assertThat(inBatch.at("/results/0/status").asInt()).isEqualTo(400);
            assertThat(inBatch.at("/results/0/problem/errors/0/pointer").asString())
                    .isEqualTo(pointer);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "\"#\":1                                  | ``",
                "\"constraints\":{\"#\":1}                | /constraints",
                "\"constraints\":{\"a\":{\"#\":1}}        | /constraints/a",
                "\"input\":{\"#\":1}                      | /input",
                "\"input\":{\"a\":[{\"#\":1}]}            | /input/a/0",
                "\"resource_hints\":[{\"#\":\"C\"}]       | /resource_hints/0",
                "\"resource_hints\":[{\"sku_category\":\"C\",\"attributes\":{\"#\":1}}] | /resource_hints/0/attributes"
            })
    void a_name_in_an_order(String member, String parent) {
        for (String[] bad : UNSTORABLE) {
            Answer answer = http.post("/v1/task-orders", Bodies.order(member.replace("#", bad[0])));
            assertNameRefused(answer, parent, bad);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "\"asset_id\":\"#\"           | /asset_id",
                "\"env\":\"#\"                | /env",
                "\"sku_category\":\"#\"       | /sku_category",
                "\"sku_code\":\"#\"           | /sku_code",
                "\"currency\":\"#\"           | /currency",
                "\"status\":\"#\"             | /status",
                "\"handle\":\"#\"             | /handle",
                "\"attributes\":{\"a\":\"#\"} | /attributes/a"
            })
    void a_text_of_an_asset(String member, String pointer) {
        for (String[] bad : UNSTORABLE) {
            assertRefused(http.put("/v1/assets/a1", Bodies.asset(member.replace("#", bad[0]))), pointer, bad[1]);
        }
    }

    @Test
    void the_name_of_an_attribute_of_an_asset() {
        for (String[] bad : UNSTORABLE) {
            assertNameRefused(
                    http.put("/v1/assets/a1", Bodies.asset("\"attributes\":{\"" + bad[0] + "\":1}")),
                    "/attributes",
                    bad);
        }
    }

    @Test
    void an_asset_of_a_batch() {
        for (String[] bad : UNSTORABLE) {
            String asset = Bodies.asset("\"asset_id\":\"a\"", "\"handle\":\"" + bad[0] + "\"");
            JsonNode batch = http.post("/v1/assets/batch", "{\"assets\":[" + asset + "]}")
                    .json();
            assertThat(batch.at("/results/0/status").asInt()).isEqualTo(400);
            assertThat(batch.at("/results/0/problem/errors/0/pointer").asString())
                    .isEqualTo("/handle");
            assertThat(batch.at("/results/0/problem/errors/0/message").asString())
                    .isEqualTo(bad[1]);
        }
    }

    @Test
    void the_reason_of_a_cancel() {
        Http caller = new Http(port, tenants.fresh());
        String id = caller.post("/v1/task-orders", Bodies.order())
                .json()
                .path("task_id")
                .asString();
        for (String[] bad : UNSTORABLE) {
            assertRefused(
                    caller.post("/v1/task-orders/" + id + "/cancel", "{\"reason\":\"" + bad[0] + "\"}"),
                    "/reason",
                    bad[1]);
        }
        assertThat(caller.get("/v1/task-orders/" + id).json().path("status").asString())
                .isEqualTo("PENDING");
    }

    @ParameterizedTest
    @CsvSource({
        "/v1/task-orders, tag",
        "/v1/task-orders, external_ref",
        "/v1/task-orders, idempotency_key",
        "/v1/task-orders, project_id",
        "/v1/task-orders, task_type",
        "/v1/task-orders, task_category",
        "/v1/task-orders, env",
        "/v1/task-orders, status",
        "/v1/task-orders, created_from",
        "/v1/task-orders, cursor",
        "/v1/task-orders, limit",
        "/v1/assets,      env",
        "/v1/assets,      sku_category",
        "/v1/assets,      sku_code",
        "/v1/assets,      status",
        "/v1/leases,      asset_id",
        "/v1/leases,      task_id",
        "/v1/leases,      state"
    })
    void a_query_parameter(String path, String name) {
        // a half of a pair has no UTF-8: written as if it had, or as half of the bytes of a whole one
        for (String bad : new String[] {"%00", "a%00b", "%ED%A0%80", "%ED%B0%80", "%F0%9F", "%C0%80"}) {
            Answer answer = http.get(path + "?" + name + "=" + bad);
            assertThat(answer.status()).as(bad + " " + answer.text()).isEqualTo(400);
            assertThat(answer.code()).isEqualTo("invalid_request");
            assertThat(answer.pointers())
                    .isNotEmpty()
                    .allMatch(pointer -> pointer.equals("/" + name) || pointer.equals("/url"));
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"a\u0000b", "\u0000", "\u00ed\u00a0\u0080", "\u00ed\u00b0\u0080", "\u00f0\u009f", "\u00c0\u0080"
            })
    void the_key_as_a_header(String bytes) throws IOException {
        String keyless = Bodies.order().replaceFirst("\"idempotency_key\":\"[^\"]*\",", "");
        Raw answer = Raw.send(
                port,
                "POST /v1/task-orders HTTP/1.1\r\nHost: localhost\r\ntenant: " + tenant
                        + "\r\nContent-Type: application/json\r\nContent-Length: " + keyless.length()
                        + "\r\nIdempotency-Key: " + bytes,
                keyless);

        assertThat(answer.status()).as(answer.answer()).isEqualTo(400);
        assertThat(answer.problem().path("code").asString()).isEqualTo("invalid_request");
        // the container itself refuses a header with NUL and does not say which
        assertThat(answer.problem().at("/errors/0/pointer").asString())
                .isEqualTo(bytes.contains("\u0000") ? "/url" : "/idempotency_key");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "00       | malformed_json",
                "ED A0 80 | malformed_json",
                "ED B0 80 | malformed_json",
                "F0 9F    | malformed_json",
                "C0 80    | invalid_request"
            })
    void bytes_that_no_text_has(String hex, String code) {
        StringBuilder bytes = new StringBuilder();
        for (String one : hex.split(" ")) {
            bytes.append((char) Integer.parseInt(one, 16));
        }
        for (String member : new String[] {"\"external_ref\":\"#\"", "\"tags\":[\"#\"]", "\"input\":{\"#\":1}"}) {
            String order = Bodies.order(member.replace("#", bytes));
            Answer answer = http.send("POST", "/v1/task-orders", order.getBytes(StandardCharsets.ISO_8859_1));
            assertThat(answer.status()).as(answer.text()).isEqualTo(400);
            assertThat(answer.code()).as(answer.text()).isEqualTo(code);
            assertThat(answer.pointers()).singleElement().asString().startsWith("/");
        }
    }

    private static void assertRefused(Answer answer, String pointer, String words) {
        assertThat(answer.status()).as(answer.text()).isEqualTo(400);
        assertThat(answer.code()).as(answer.text()).isEqualTo("invalid_request");
        assertThat(answer.header("Content-Type")).hasValue("application/problem+json");
        assertThat(answer.pointers()).containsExactly(pointer);
        assertThat(answer.json().at("/errors/0/message").asString()).isEqualTo(words);
    }

    /** The parser itself gives up at half of a pair in a name, and so points where it was before. */
    private static void assertNameRefused(Answer answer, String parent, String[] bad) {
        if (bad[1].equals(NUL)) {
            assertRefused(answer, parent + "/" + shown(bad[0]), "has a name that " + NUL);
            return;
        }
        assertThat(answer.status()).as(answer.text()).isEqualTo(400);
        assertThat(answer.code()).isEqualTo("malformed_json");
        assertThat(answer.pointers()).singleElement().asString().startsWith(parent);
        assertThat(answer.json().path("detail").asString()).contains("a name holds half of a surrogate pair");
    }

    /** How a name that cannot be written stands in a pointer. */
    private static String shown(String escaped) {
        return escaped.replaceAll("\\\\u[0-9a-f]{4}", "\uFFFD");
    }
}
