package dev.taskorder.starter.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.taskorder.starter.testing.Bodies;
import dev.taskorder.starter.testing.FullApplication;
import dev.taskorder.starter.testing.Http;
import dev.taskorder.starter.testing.Http.Answer;
import dev.taskorder.starter.testing.TestTenants;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** What is sent is what is shown, found and listed. */
@FullApplication
class OrdersAndAssetsTest {
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
    void every_field_that_was_sent_is_shown_again() {
        String[] members = {
            "\"priority\":90",
            "\"timeout_ms\":120000",
            "\"currency\":\"EUR\"",
            "\"max_total_cost\":5.05",
            "\"business_value_hint\":50",
            "\"external_ref\":\"PO 4711 \u00e4\"",
            "\"task_category\":\"EXCHANGE\"",
            "\"description\":\"two\\nlines\"",
            "\"resource_hints\":[{\"sku_category\":\"RAW_NET\",\"sku_code\":\"ip.*\",\"min_count\":2,"
                    + "\"attributes\":{\"geo\":\"GB\",\"clean\":true,\"speed\":1.5}}]",
            "\"constraints\":{\"max_retries\":3,\"mine\":{\"a\":[1,null]}}",
            "\"tags\":[\"b\",\"a\"]",
            "\"input\":{\"n\":12345678901234567890.12345,\"s\":\"\\u20ac\",\"l\":[true,null,{}]}"
        };

        SuitedPool.put(http, Bodies.orderUnder("k", members));
        JsonNode order =
                http.post("/v1/task-orders", Bodies.orderUnder("k", members)).json();
        JsonNode found =
                http.get("/v1/task-orders/" + order.path("task_id").asString()).json();

        for (String member : members) {
            JsonNode sent = Http.json("{" + member + "}");
            String name = sent.propertyNames().iterator().next();
            assertThat(found.path(name)).as(name).isEqualTo(sent.path(name));
        }
        assertThat(found).isEqualTo(order);
        assertThat(found.path("status").asString()).isEqualTo("PENDING");
        assertThat(found.path("tenant_policies_version").asString()).isEqualTo("tenant_policy.v1");
        assertThat(found.path("created_at").asString()).matches("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{6}Z");
    }

    @Test
    void an_order_that_has_not_changed_is_not_sent_again() {
        Answer created = http.post("/v1/task-orders", Bodies.order());
        String path = created.header("Location").orElseThrow();
        String eTag = created.header("ETag").orElseThrow();

        Answer unchanged = http.get(path, "If-None-Match", eTag);
        http.post(path + "/cancel", "");
        Answer changed = http.get(path, "If-None-Match", eTag);

        assertThat(unchanged.status()).isEqualTo(304);
        assertThat(unchanged.header("ETag")).hasValue(eTag);
        assertThat(unchanged.text()).isEmpty();
        assertThat(changed.status()).isEqualTo(200);
        assertThat(changed.json().path("status").asString()).isEqualTo("CANCELLED");
        assertThat(changed.header("ETag")).isPresent().isNotEqualTo(created.header("ETag"));
    }

    @Test
    void defaults_are_filled_in() {
        JsonNode order = http.post("/v1/task-orders", Bodies.order()).json();

        assertThat(order.path("priority").asInt()).isEqualTo(50);
        assertThat(order.path("timeout_ms").asLong()).isEqualTo(300_000);
        assertThat(order.path("currency").asString()).isEqualTo("USD");
        for (String none : List.of("max_total_cost", "external_ref", "output", "queued_at", "result_code")) {
            assertThat(order.path(none).isNull()).as(none).isTrue();
        }
    }

    @ParameterizedTest
    @CsvSource({
        "status=PENDING,                   3",
        "status=PENDING&status=RUNNING,    3",
        "status=RUNNING,                   0",
        "env=prod,                         2",
        "env=dev,                          1",
        "project_id=p,                     3",
        "project_id=q,                     0",
        "task_type=T,                      3",
        "task_category=QA,                 1",
        "tag=x,                            2",
        "tag=y,                            1",
        "tag=x&env=dev,                    0",
        "external_ref=r%201,               1",
        "idempotency_key=one,              1",
        "created_from=2020-01-01T00:00:00Z, 3",
        "created_to=2020-01-01T00:00:00Z,   0"
    })
    void a_list_is_filtered(String filter, int found) {
        http.post("/v1/task-orders", Bodies.orderUnder("one", "\"tags\":[\"x\",\"y\"]", "\"task_category\":\"QA\""));
        http.post("/v1/task-orders", Bodies.orderUnder("two", "\"tags\":[\"x\"]"));
        http.post("/v1/task-orders", Bodies.orderUnder("three", "\"env\":\"dev\"", "\"external_ref\":\"r 1\""));

        assertThat(http.get("/v1/task-orders?" + filter).json().path("items")).hasSize(found);
    }

    @Test
    void pages_show_each_order_once_and_the_newest_first() {
        List<String> created = new ArrayList<>();
        for (int i = 0; i < 7; i++) {
            created.add(
                    0,
                    http.post("/v1/task-orders", Bodies.order())
                            .json()
                            .path("task_id")
                            .asString());
        }

        assertThat(walk("/v1/task-orders?limit=3", "task_id")).isEqualTo(created);
        assertThat(walk("/v1/task-orders?limit=7", "task_id")).isEqualTo(created);
    }

    @Test
    void an_order_that_waits_for_its_start_is_cancelled_at_once_and_stays_so() {
        String id = http.post("/v1/task-orders", Bodies.order())
                .json()
                .path("task_id")
                .asString();

        Answer cancelled = http.post("/v1/task-orders/" + id + "/cancel", "{\"reason\":\"changed my mind\"}");
        Answer again = http.post("/v1/task-orders/" + id + "/cancel", "");

        assertThat(cancelled.status()).as(cancelled.text()).isEqualTo(202);
        assertThat(cancelled.json().path("status").asString()).isEqualTo("CANCELLED");
        assertThat(again.status()).isEqualTo(202);
        assertThat(again.json()).isEqualTo(cancelled.json());
        assertThat(cancelled.header("ETag"))
                .hasValue("\"" + cancelled.json().path("task_version").asInt() + "\"");
        assertThat(walk("/v1/task-orders/" + id + "/events?limit=1", "type"))
                .contains("task_order.created", "task_order.cancelled");
    }

    @Test
    void a_cancel_takes_a_reason_and_nothing_else() {
        String id = http.post("/v1/task-orders", Bodies.order())
                .json()
                .path("task_id")
                .asString();
        String path = "/v1/task-orders/" + id + "/cancel";

        assertThat(http.post(path, "{\"why\":1}").pointers()).containsExactly("/why");
        assertThat(http.post(path, "{\"reason\":1}").pointers()).containsExactly("/reason");
        assertThat(http.post(path, "{\"reason\":" + Bodies.text("r", 2001) + "}")
                        .pointers())
                .containsExactly("/reason");
        assertThat(http.post(path, "{").code()).isEqualTo("malformed_json");
        assertThat(http.post(path, "{\"reason\":" + Bodies.text("r", 2000) + "}")
                        .status())
                .isEqualTo(202);
    }

    @Test
    void an_asset_is_created_then_replaced_and_keeps_its_environment() {
        Answer created = http.put("/v1/assets/a.1", Bodies.asset("\"attributes\":{\"geo\":\"GB\"}"));
        Answer replaced = http.put("/v1/assets/a.1", Bodies.asset("\"max_concurrency\":4", "\"status\":\"BANNED\""));
        Answer moved = http.put("/v1/assets/a.1", Bodies.asset("\"env\":\"dev\""));

        assertThat(created.status()).isEqualTo(201);
        assertThat(created.header("Location")).hasValue("/v1/assets/a.1");
        assertThat(created.json().path("status").asString()).isEqualTo("AVAILABLE");
        assertThat(created.json().path("health_score").asInt()).isEqualTo(100);
        assertThat(created.json().path("unit_cost").decimalValue()).isEqualByComparingTo("0.35");
        assertThat(replaced.status()).isEqualTo(200);
        assertThat(replaced.json().path("max_concurrency").asInt()).isEqualTo(4);
        assertThat(moved.status()).isEqualTo(409);
        assertThat(moved.code()).isEqualTo("illegal_transition");
        assertThat(moved.json().path("detail").asString())
                .isEqualTo("/env must stay 'prod', was 'dev': an asset keeps its env");
        assertThat(http.get("/v1/assets/a.1").json()).isEqualTo(replaced.json());
    }

    @Test
    void what_is_read_of_an_asset_can_be_sent_back_without_what_is_computed_and_changes_nothing() {
        http.put(
                "/v1/assets/a.1",
                Bodies.asset("\"attributes\":{\"geo\":\"GB\"}", "\"handle\":\"h\"", "\"max_uses\":7"));
        ObjectNode read = (ObjectNode) http.get("/v1/assets/a.1").json();
        ObjectNode sent = read.deepCopy().remove(List.of("current_concurrency", "reserved", "updated_at"));
        Answer again = http.put("/v1/assets/a.1", sent.toString());
        assertThat(again.status()).as(again.text()).isEqualTo(200);
        assertThat(again.json()).isEqualTo(read);
        JsonNode replaced = http.put("/v1/assets/a.1", Bodies.asset()).json();
        assertThat(replaced.path("attributes")).isEmpty();
        assertThat(replaced.path("handle").asString()).isEqualTo("a.1");
        assertThat(replaced.path("max_uses").isNull()).isTrue();
    }

    @Test
    void assets_are_listed_by_id_and_filtered() {
        for (String id : List.of("c", "a", "b")) {
            http.put("/v1/assets/" + id, Bodies.asset("\"sku_code\":\"ip." + id + "\""));
        }

        assertThat(walk("/v1/assets?limit=2", "asset_id")).containsExactly("a", "b", "c");
        assertThat(walk("/v1/assets?sku_code=ip.b", "asset_id")).containsExactly("b");
        assertThat(walk("/v1/assets?sku_code=ip.", "asset_id")).hasSize(3);
        assertThat(walk("/v1/assets?sku_category=RAW_FUND", "asset_id")).isEmpty();
        assertThat(walk("/v1/assets?env=prod&status=AVAILABLE", "asset_id")).hasSize(3);
        assertThat(walk("/v1/assets?status=BANNED", "asset_id")).isEmpty();
    }

    /** The values of a field over all pages. */
    private List<String> walk(String path, String field) {
        List<String> values = new ArrayList<>();
        String next = path;
        while (next != null) {
            JsonNode page = http.get(next).json();
            page.path("items").forEach(item -> values.add(item.path(field).asString()));
            JsonNode cursor = page.path("next_cursor");
            next = cursor.isString()
                    ? path + "&cursor=" + URLEncoder.encode(cursor.stringValue(), StandardCharsets.UTF_8)
                    : null;
        }
        return values;
    }
}
