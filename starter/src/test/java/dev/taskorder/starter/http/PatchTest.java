package dev.taskorder.starter.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.taskorder.starter.testing.Bodies;
import dev.taskorder.starter.testing.FullApplication;
import dev.taskorder.starter.testing.Http;
import dev.taskorder.starter.testing.Http.Answer;
import dev.taskorder.starter.testing.TestTenants;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** An order that is not over is changed by who has seen it as it is. */
@FullApplication
class PatchTest {
    private static final String BEFORE = "\"priority\":50,\"tags\":[\"a\",\"b\"],\"description\":\"before\"";

    @LocalServerPort
    int port;

    @Autowired
    TestTenants tenants;

    private Http http;
    private String path;
    private JsonNode created;

    @BeforeEach
    void an_order_of_a_tenant_of_its_own() {
        http = new Http(port, tenants.fresh());
        Answer answer = http.post("/v1/task-orders", Bodies.orderUnder("k", BEFORE));
        path = answer.header("Location").orElseThrow();
        created = answer.json();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "priority    | 0                | Changed: priority: from 50 to 0.",
                "priority    | 100              | Changed: priority: from 50 to 100.",
                "tags        | []               | Changed: tags.",
                "tags        | [\"b\",\"a\"]    | Changed: tags.",
                "tags        | [\"b\",\"c\"]    | Changed: tags.",
                "description | \"after \u00e4\" | Changed: description.",
                "description | \"\"             | Changed: description.",
                "description | null             | Changed: description.",
                "max_total_cost | 5               | Changed: max_total_cost: from none to 5.",
                "max_total_cost | 0.000001        | Changed: max_total_cost: from none to 0.000001."
            })
    void each_field_is_changed_and_told_by_itself(String field, String value, String sentence) {
        Answer answer = patch("\"1\"", "{\"" + field + "\":" + value + "}");

        assertThat(answer.status()).as(answer.text()).isEqualTo(200);
        assertThat(answer.header("ETag")).hasValue("\"2\"");
        assertThat(answer.json().path(field)).isEqualTo(Http.json(value));
        assertThat(but(answer.json(), field)).isEqualTo(but(created, field));
        assertThat(http.get(path).json()).isEqualTo(answer.json());
        JsonNode events = http.get(path + "/events").json().path("items");
        assertThat(events).hasSize(2);
        assertThat(events.path(1).path("type").asString()).isEqualTo("task_order.updated");
        assertThat(events.path(1).path("actor")).isEqualTo(events.path(0).path("actor"));
        assertThat(events.path(1).path("text").asString()).isEqualTo(sentence);
    }

    @Test
    void all_fields_together_are_one_change_with_one_event() {
        Answer answer = patch("\"1\"", "{\"priority\":90,\"tags\":[\"c\"],\"description\":null}");

        assertThat(answer.json().path("task_version").asInt()).isEqualTo(2);
        JsonNode event = http.get(path + "/events").json().path("items").path(1);
        assertThat(event.path("text").asString()).isEqualTo("Changed: description, tags, priority: from 50 to 90.");
        assertThat(event.path("data").path("fields")).isEqualTo(Http.json("[\"description\",\"tags\",\"priority\"]"));
        assertThat(event.path("data").path("priority_before").asInt()).isEqualTo(50);
        assertThat(event.path("data").path("priority").asInt()).isEqualTo(90);
        assertThat(http.get(path + "/events").json().path("items")).hasSize(2);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "{\"priority\":50}",
                "{\"priority\":50.0}",
                "{\"tags\":[\"a\",\"b\"]}",
                "{\"description\":\"before\"}",
                "{" + BEFORE + "}"
            })
    void what_is_already_so_changes_nothing(String body) {
        Answer answer = patch("\"1\"", body);

        assertThat(answer.status()).as(answer.text()).isEqualTo(200);
        assertThat(answer.header("ETag")).hasValue("\"1\"");
        assertThat(answer.json()).isEqualTo(created);
        assertNothingChanged();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "\"1\"          | 200 | ``",
                "*              | 200 | ``",
                "\"0\",\"1\"    | 200 | ``",
                "W/\"1\",\"1\"  | 200 | ``",
                "\"2\"          | 412 | version_mismatch",
                "\"01\"         | 412 | version_mismatch",
                "W/\"1\"        | 412 | version_mismatch",
                "\"x\"          | 412 | version_mismatch",
                "1              | 400 | invalid_request",
                "\"1            | 400 | invalid_request",
                "*,\"1\"        | 400 | invalid_request",
                "\"1\" \"2\"    | 400 | invalid_request"
            })
    void the_version_seen_decides(String ifMatch, int status, String code) {
        Answer answer = patch(ifMatch, "{\"priority\":90}");

        assertThat(answer.status()).as(answer.text()).isEqualTo(status);
        if (status != 200) {
            assertThat(answer.code()).isEqualTo(code);
            assertNothingChanged();
        }
        if (status == 400) {
            assertThat(answer.pointers()).containsExactly("/If-Match");
        }
        if (status >= 400) {
            assertThat(answer.json().path("detail").asString()).endsWith(", was '" + ifMatch + "'");
        }
    }

    @Test
    void a_change_without_the_version_seen_is_refused() {
        Answer answer = http.send("PATCH", path, "{\"priority\":90}".getBytes(StandardCharsets.UTF_8));

        assertThat(answer.status()).isEqualTo(428);
        assertThat(answer.code()).isEqualTo("if_match_required");
        assertNothingChanged();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "\"priority\":-1              | /priority",
                "\"priority\":101             | /priority",
                "\"priority\":50.5            | /priority",
                "\"priority\":\"50\"          | /priority",
                "\"priority\":null            | /priority",
                "\"priority\":1e999999999     | /priority",
                "\"tags\":null                | /tags",
                "\"tags\":{}                  | /tags",
                "\"tags\":[1]                 | /tags/0",
                "\"tags\":[\"\"]              | /tags/0",
                "\"tags\":[\"c\",\"c\"]       | /tags/1",
                "\"tags\":[\"c\",\"\\u0000\"] | /tags/1",
                "\"description\":1            | /description",
                "\"description\":\"\\ud800\"  | /description",
                "\"max_total_cost\":-1        | /max_total_cost",
                "\"max_total_cost\":\"5\"     | /max_total_cost",
                "\"max_total_cost\":1e15      | /max_total_cost",
                "\"max_total_cost\":0.0000001 | /max_total_cost",
                "\"env\":\"prod\"             | /env",
                "\"input\":{}                 | /input",
                "\"idempotency_key\":\"k\"    | /idempotency_key",
                "\"tenant_id\":\"tenant_a\"   | /tenant_id",
                "\"status\":\"CANCELLED\"     | /status",
                "\"task_version\":1           | /task_version",
                "\"created_at\":null          | /created_at",
                "\"result_code\":\"OK\"       | /result_code",
                "\"Priority\":1               | /Priority",
                "\"/priority\":1              | /~1priority"
            })
    void bad_input_is_told_with_its_pointer_and_nothing_of_it_is_kept(String member, String pointer) {
        String good = member.startsWith("\"priority\"") ? "\"description\":\"new\"" : "\"priority\":90";
        Answer answer = patch("\"1\"", "{" + good + "," + member + "}");

        assertThat(answer.status()).as(answer.text()).isEqualTo(400);
        assertThat(answer.code()).isEqualTo("invalid_request");
        assertThat(answer.pointers()).containsExactly(pointer);
        assertNothingChanged();
    }

    @Test
    void the_limits_are_those_of_a_create() {
        assertThat(patch("*", "{\"tags\":" + Bodies.array("\"t#\"", 32) + "}").status())
                .isEqualTo(200);
        assertThat(patch("*", "{\"tags\":[" + Bodies.text("t", 64) + "]}").status())
                .isEqualTo(200);
        assertThat(patch("*", "{\"description\":" + Bodies.text("d", 2000) + "}")
                        .status())
                .isEqualTo(200);
        assertThat(patch("*", "{\"tags\":" + Bodies.array("\"t#\"", 33) + "}").pointers())
                .containsExactly("/tags");
        assertThat(patch("*", "{\"tags\":[" + Bodies.text("t", 65) + "]}").pointers())
                .containsExactly("/tags/0");
        assertThat(patch("*", "{\"description\":" + Bodies.text("d", 2001) + "}")
                        .pointers())
                .containsExactly("/description");
    }

    @Test
    void everything_that_is_wrong_is_told_at_once() {
        assertThat(patch("\"1\"", "{\"priority\":-1,\"tags\":1,\"description\":1,\"max_total_cost\":-1,\"x\":1}")
                        .pointers())
                .containsExactlyInAnyOrder("/priority", "/tags", "/description", "/max_total_cost", "/x");
    }

    @Test
    void only_a_json_object_is_read() {
        assertThat(patch("\"1\"", "").code()).isEqualTo("malformed_json");
        assertThat(patch("\"1\"", "{").code()).isEqualTo("malformed_json");
        assertThat(patch("\"1\"", "[]").code()).isEqualTo("invalid_request");
        byte[] body = "{\"priority\":90}".getBytes(StandardCharsets.UTF_8);
        for (String type : new String[] {"text/plain", "application/merge-patch+json"}) {
            assertThat(http.send("PATCH", path, body, "If-Match", "\"1\"", "Content-Type", type)
                            .status())
                    .as(type)
                    .isEqualTo(415);
        }
        byte[] large = ("{\"x\":" + Bodies.text("x", 256 * 1024) + "}").getBytes(StandardCharsets.UTF_8);
        assertThat(http.send("PATCH", path, large, "If-Match", "\"1\"").status())
                .isEqualTo(413);
        assertThat(http.send("PATCH", path + "?x=1", body, "If-Match", "\"1\"").pointers())
                .containsExactly("/x");
        assertNothingChanged();
    }

    @Test
    void to_another_tenant_it_is_not_there() {
        Http other = new Http(port, tenants.fresh());
        byte[] body = "{\"priority\":90,\"tags\":[\"mine\"]}".getBytes(StandardCharsets.UTF_8);

        Answer foreign = other.send("PATCH", path, body, "If-Match", "*");
        Answer missing =
                other.send("PATCH", "/v1/task-orders/01a201ac-d55e-7b80-b8e7-9216362de772", body, "If-Match", "*");

        assertThat(foreign.status()).isEqualTo(404);
        assertThat(but(foreign.json(), "trace_id")).isEqualTo(but(missing.json(), "trace_id"));
        assertThat(other.send("PATCH", "/v1/task-orders/1", body, "If-Match", "*")
                        .pointers())
                .containsExactly("/task_id");
        assertNothingChanged();
    }

    @Test
    void what_is_over_is_not_changed_any_more_whatever_version_was_seen() {
        http.post(path + "/cancel", "");
        JsonNode over = http.get(path).json();
        for (String ifMatch : new String[] {"*", "\"1\""}) {
            Answer answer = patch(ifMatch, "{\"priority\":90}");
            assertThat(answer.status()).isEqualTo(409);
            assertThat(answer.code()).isEqualTo("already_settled");
        }
        assertThat(http.get(path).json()).isEqualTo(over);
    }

    @Test
    void an_order_is_found_by_the_tags_that_it_has_now() {
        patch("\"1\"", "{\"tags\":[\"c\",\"b\"]}");

        assertThat(tagged("a")).isZero();
        assertThat(tagged("b")).isEqualTo(1);
        assertThat(tagged("c")).isEqualTo(1);
        patch("\"2\"", "{\"tags\":[]}");
        assertThat(tagged("b")).isZero();
        patch("\"3\"", "{\"tags\":[\"a\"]}");
        assertThat(tagged("a")).isEqualTo(1);
    }

    @Test
    void a_repeat_of_the_create_stays_one_and_shows_the_order_as_it_is_now() {
        JsonNode changed = patch("\"1\"", "{\"priority\":90,\"tags\":[],\"description\":null}")
                .json();

        Answer repeat = http.post("/v1/task-orders", Bodies.orderUnder("k", BEFORE));
        Answer asChanged = http.post("/v1/task-orders", Bodies.orderUnder("k", "\"priority\":90"));

        assertThat(repeat.status()).isEqualTo(200);
        assertThat(repeat.header("Idempotent-Replayed")).hasValue("true");
        assertThat(repeat.header("ETag")).hasValue("\"2\"");
        assertThat(repeat.json()).isEqualTo(changed);
        assertThat(asChanged.status()).isEqualTo(422);
        assertThat(asChanged.json().path("differing_fields"))
                .isEqualTo(Http.json("[\"priority\",\"description\",\"tags\"]"));
    }

    private Answer patch(String ifMatch, String body) {
        return http.send("PATCH", path, body.getBytes(StandardCharsets.UTF_8), "If-Match", ifMatch);
    }

    private int tagged(String tag) {
        return http.get("/v1/task-orders?tag=" + tag).json().path("items").size();
    }

    private void assertNothingChanged() {
        assertThat(http.get(path).json()).isEqualTo(created);
        assertThat(http.get(path + "/events").json().path("items")).hasSize(1);
        assertThat(tagged("a")).isEqualTo(1);
    }

    private static JsonNode but(JsonNode order, String field) {
        ObjectNode rest = ((ObjectNode) order).deepCopy();
        rest.remove(java.util.List.of(field, "task_version", "updated_at"));
        return rest;
    }
}
