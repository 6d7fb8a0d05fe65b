package dev.taskorder.starter.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.taskorder.starter.testing.Bodies;
import dev.taskorder.starter.testing.FullApplication;
import dev.taskorder.starter.testing.Http;
import dev.taskorder.starter.testing.Http.Answer;
import dev.taskorder.starter.testing.TestDatabase;
import dev.taskorder.starter.testing.TestTenants;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.test.context.TestPropertySource;
import tools.jackson.databind.JsonNode;

/** In an application of its own, for what is paused for all is so for other tests too. */
@FullApplication
@TestPropertySource(properties = TestDatabase.WANTED + "=paused_http")
class ControlHttpTest {
    @LocalServerPort
    int port;

    @Autowired
    TestTenants tenants;

    private String tenant;
    private String own;

    @BeforeEach
    void a_tenant() {
        tenant = tenants.fresh();
        own = "/v1/tenants/" + tenant;
        go_on();
    }

    @AfterEach
    void go_on() {
        for (String what : List.of("orders", "events", "webhooks")) {
            post("/v1/control/resume", "{\"what\":\"" + what + "\"}");
        }
    }

    @Test
    void a_pause_is_answered_with_what_is_paused_by_whom_since_when_and_why() {
        Answer answer = post(own + "/pause", "{\"reason\":\"stock-taking\"}");

        assertThat(answer.status()).as(answer.text()).isEqualTo(200);
        JsonNode pause = answer.json();
        assertThat(pause.path("tenant_id").asString()).isEqualTo(tenant);
        assertThat(pause.path("what").asString()).isEqualTo("orders");
        assertThat(pause.path("mode").asString()).isEqualTo("hold");
        assertThat(pause.path("paused").asBoolean()).isTrue();
        assertThat(pause.path("reason").asString()).isEqualTo("stock-taking");
        assertThat(pause.path("paused_by").asString()).isNotEmpty();
        assertThat(Instant.parse(pause.path("paused_at").asString()))
                .isCloseTo(Instant.now(), within(1, ChronoUnit.MINUTES));
        assertThat(pause.path("waiting").asInt()).isZero();
    }

    @Test
    void creates_are_accepted_and_counted_as_waiting() {
        post(own + "/pause", "");
        assertThat(new Http(port, tenant)
                        .post("/v1/task-orders", Bodies.orderUnder("k"))
                        .status())
                .isEqualTo(201);
        assertThat(listed(tenant + " orders").path("waiting").asInt()).isEqualTo(1);
    }

    @Test
    void a_repeat_is_answered_with_what_is_and_changes_who_since_when_and_why_no_more() {
        JsonNode first =
                post(own + "/pause", "{\"mode\":\"drain\",\"reason\":\"one\"}").json();
        assertThat(post(own + "/pause", "{\"reason\":\"two\"}").json()).isEqualTo(first);
        JsonNode weaker = post(own + "/pause", "{\"mode\":\"hold\"}").json();
        assertThat(weaker.path("mode").asString()).isEqualTo("hold");
        assertThat(weaker.path("paused_at")).isEqualTo(first.path("paused_at"));
        assertThat(weaker.path("reason").asString()).isEqualTo("one");
    }

    @Test
    void what_is_not_paused_is_resumed_with_the_same_answer() {
        post(own + "/pause", "{\"what\":\"events\"}");
        String over = "{\"tenant_id\":\"" + tenant + "\",\"what\":\"events\",\"paused\":false,\"mode\":null,"
                + "\"reason\":null,\"paused_by\":null,\"paused_at\":null,\"waiting\":null}";
        for (int i = 0; i < 2; i++) {
            Answer answer = post(own + "/resume", "{\"what\":\"events\"}");
            assertThat(answer.status()).isEqualTo(200);
            assertThat(answer.text()).isEqualTo(over);
        }
        assertThat(all()).noneMatch(one -> one.startsWith(tenant));
    }

    @Test
    void the_list_has_what_is_paused_for_all_first_and_each_once_page_by_page() {
        post(own + "/pause", "{\"what\":\"webhooks\"}");
        post(own + "/pause", "{\"mode\":\"drain\"}");
        Answer forAll = post("/v1/control/pause", "{\"what\":\"events\",\"reason\":\"the world stops\"}");
        assertThat(forAll.status()).as(forAll.text()).isEqualTo(200);
        assertThat(forAll.json().path("tenant_id").isNull()).isTrue();

        List<String> all = all();
        assertThat(all.get(0)).isEqualTo("null events");
        assertThat(all).contains(tenant + " orders", tenant + " webhooks").doesNotHaveDuplicates();
        assertThat(listed("null events").path("reason").asString()).isEqualTo("the world stops");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            {"what":"everything"} | /what
            {"what":7}            | /what
            {"mode":"stop"}       | /mode
            {"reason":1}          | /reason
            {"tenant_id":"x"}     | /tenant_id
            """)
    void what_cannot_be_paused_is_refused_and_nothing_is_paused(String body, String pointer) {
        for (String path : List.of(own + "/pause", own + "/resume", "/v1/control/pause", "/v1/control/resume")) {
            Answer refused = post(path, body);
            assertThat(refused.status()).as(path).isEqualTo(400);
            assertThat(refused.pointers()).containsExactly(pointer);
        }
        assertThat(all()).noneMatch(one -> one.startsWith(tenant) || one.startsWith("null"));
    }

    @Test
    void who_paused_and_resumed_stands_in_the_audit_log() {
        post(own + "/pause", "");
        post(own + "/resume", "");
        post("/v1/control/pause", "{\"what\":\"webhooks\"}");
        List<String> acts = new ArrayList<>();
        new Http(port, tenant)
                .get("/v1/audit")
                .json()
                .path("items")
                .forEach(item -> acts.add(item.path("action").asString()));
        assertThat(acts).contains("tenant.pause", "tenant.resume");
        assertThat(new Http(port, "_system").get("/v1/audit").text()).contains("control.pause");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/v1/%63ontrol", "/v1/control/%70ause"})
    void a_path_in_other_letters_pauses_nothing_for_a_tenant_that_is_named(String path) {
        Http named = new Http(port, tenant);
        Answer answer = path.endsWith("ause") ? named.post(path, "") : named.get(path);
        assertThat(answer.status()).as(answer.text()).isIn(200, 404);
        assertThat(all()).noneMatch(one -> one.startsWith(tenant));
    }

    @Test
    void a_tenant_that_is_not_there_is_not_paused() {
        for (String nobody : List.of("nobody-has-this", "_system")) {
            assertThat(post("/v1/tenants/" + nobody + "/pause", "").status()).isEqualTo(404);
        }
        assertThat(all()).noneMatch(one -> one.startsWith("null"));
    }

    private List<String> all() {
        List<String> all = new ArrayList<>();
        String cursor = "";
        do {
            Answer page = nobody().get("/v1/control?limit=1" + cursor);
            assertThat(page.status()).as(page.text()).isEqualTo(200);
            page.json().path("items").forEach(item -> all.add(name(item)));
            JsonNode next = page.json().path("next_cursor");
            cursor = next.isNull() ? "" : "&cursor=" + next.asString();
        } while (!cursor.isEmpty());
        return all;
    }

    private JsonNode listed(String name) {
        for (JsonNode item : nobody().get("/v1/control?limit=200").json().path("items")) {
            if (name(item).equals(name)) {
                return item;
            }
        }
        throw new AssertionError("not listed: " + name);
    }

    private static String name(JsonNode item) {
        JsonNode id = item.path("tenant_id");
        return (id.isNull() ? "null" : id.asString()) + " " + item.path("what").asString();
    }

    private Http nobody() {
        return new Http(port, "");
    }

    private Answer post(String path, String body) {
        return nobody().post(path, body);
    }
}
