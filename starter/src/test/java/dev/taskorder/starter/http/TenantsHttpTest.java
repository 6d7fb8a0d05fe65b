package dev.taskorder.starter.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.taskorder.starter.testing.Bodies;
import dev.taskorder.starter.testing.FullApplication;
import dev.taskorder.starter.testing.Http;
import dev.taskorder.starter.testing.Http.Answer;
import dev.taskorder.starter.testing.TestTenants;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import tools.jackson.databind.JsonNode;

@FullApplication
class TenantsHttpTest {
    private static final AtomicInteger LAST = new AtomicInteger();

    private final String id = "made-" + LAST.incrementAndGet();

    @LocalServerPort
    int port;

    @Autowired
    TestTenants tenants;

    @Test
    void a_new_tenant_is_answered_with_201_and_can_be_used_at_once() {
        Answer created = put(id, "{\"name\":\"Acme\"}");

        assertThat(created.status()).isEqualTo(201);
        assertThat(created.header("Location")).hasValue("/v1/tenants/" + id);
        assertThat(created.json().toString())
                .isEqualTo(
                        "{\"tenant_id\":\"" + id + "\",\"name\":\"Acme\",\"status\":\"ACTIVE\","
                                + "\"expires_at\":null,\"policy\":\"tenant_policy.v1\",\"suspended_at\":null,\"suspended_reason\":null}");
        assertThat(nobody().get("/v1/tenants/" + id).json()).isEqualTo(created.json());
        assertThat(of(id).post("/v1/task-orders", Bodies.orderUnder("k")).status())
                .isEqualTo(201);
    }

    @Test
    void one_that_was_asked_for_in_vain_is_there_when_it_is_made() {
        assertThat(nobody().get("/v1/tenants/" + id).status()).isEqualTo(404);
        assertThat(of(id).get("/v1/task-orders").code()).isEqualTo("tenant_unknown");
        put(id, "{\"name\":\"Acme\"}");
        assertThat(nobody().get("/v1/tenants/" + id).status()).isEqualTo(200);
        assertThat(of(id).get("/v1/task-orders").status()).isEqualTo(200);
    }

    @Test
    void a_tenant_that_is_replaced_is_answered_with_200_and_keeps_its_status() {
        put(id, "{\"name\":\"Acme\",\"expires_at\":\"2999-01-01T00:00:00Z\"}");
        act(id, "suspend", "");
        Answer replaced = put(id, "{\"name\":\"Acme Ltd\"}");

        assertThat(replaced.status()).isEqualTo(200);
        assertThat(replaced.json().path("name").asString()).isEqualTo("Acme Ltd");
        assertThat(replaced.json().path("expires_at").isNull()).isTrue();
        assertThat(replaced.json().path("status").asString()).isEqualTo("SUSPENDED");
    }

    @Test
    void a_suspended_tenant_creates_nothing_and_does_all_else() {
        put(id, "{\"name\":\"Acme\"}");
        String order = of(id).post("/v1/task-orders", Bodies.orderUnder("k"))
                .json()
                .path("task_id")
                .asString();
        Answer suspended = act(id, "suspend", "{\"reason\":\"unpaid\"}");
        assertThat(suspended.status()).isEqualTo(200);
        assertThat(suspended.json().path("status").asString()).isEqualTo("SUSPENDED");

        Answer refused = of(id).post("/v1/task-orders", Bodies.orderUnder("l"));
        assertThat(refused.status()).isEqualTo(403);
        assertThat(refused.code()).isEqualTo("tenant_suspended");
        assertThat(of(id).get("/v1/task-orders/" + order).status()).isEqualTo(200);
        assertThat(of(id).put("/v1/assets/a", Bodies.asset()).status()).isEqualTo(201);
        assertThat(of(id).post("/v1/task-orders/" + order + "/cancel", "{}").status())
                .isEqualTo(202);

        assertThat(act(id, "activate", "").json().path("status").asString()).isEqualTo("ACTIVE");
        assertThat(of(id).post("/v1/task-orders", Bodies.orderUnder("l")).status())
                .isEqualTo(201);
    }

    @Test
    void why_a_tenant_is_suspended_can_be_read_for_as_long_as_it_is() {
        put(id, "{\"name\":\"Acme\"}");
        act(id, "suspend", "{\"reason\":\"unpaid\"}");
        act(id, "suspend", "{\"reason\":\"a repeat changes nothing\"}");

        JsonNode suspended = nobody().get("/v1/tenants/" + id).json();
        assertThat(suspended.path("suspended_reason").asString()).isEqualTo("unpaid");
        assertThat(Instant.parse(suspended.path("suspended_at").asString()))
                .isCloseTo(Instant.now(), within(1, ChronoUnit.MINUTES));
        assertThat(of(id).post("/v1/task-orders", Bodies.orderUnder("k")).text())
                .contains("GET /v1/tenants/{tenant_id}")
                .doesNotContain("unpaid");

        JsonNode active = act(id, "activate", "").json();
        assertThat(active.path("suspended_at").isNull()).isTrue();
        assertThat(active.path("suspended_reason").isNull()).isTrue();
    }

    @Test
    void a_tenant_whose_time_is_up_creates_nothing() {
        put(id, "{\"name\":\"Acme\",\"expires_at\":\"2020-01-01T00:00:00Z\"}");

        assertThat(of(id).post("/v1/task-orders", Bodies.orderUnder("k")).code())
                .isEqualTo("tenant_expired");
        assertThat(act(id, "activate", "").json().path("status").asString()).isEqualTo("EXPIRED");
        assertThat(put(id, "{\"name\":\"Acme\"}").json().path("status").asString())
                .isEqualTo("ACTIVE");
    }

    @Test
    void the_list_has_every_tenant_once_and_not_the_installation() {
        for (int i = 0; i < 5; i++) {
            put(id + "-" + i, "{\"name\":\"Acme\"}");
        }
        List<String> listed = new ArrayList<>();
        String cursor = "";
        do {
            Answer page = nobody().get("/v1/tenants?limit=2" + cursor);
            assertThat(page.status()).isEqualTo(200);
            for (JsonNode item : page.json().path("items")) {
                listed.add(item.path("tenant_id").asString());
            }
            JsonNode next = page.json().path("next_cursor");
            cursor = next.isNull() ? "" : "&cursor=" + next.asString();
        } while (!cursor.isEmpty());

        assertThat(listed)
                .isSorted()
                .doesNotHaveDuplicates()
                .doesNotContain("_system")
                .contains(id + "-0", id + "-4");
    }

    @ParameterizedTest
    @ValueSource(strings = {"_system", "Acme", "a%20b", "nobody-has-this"})
    void what_is_no_tenant_is_not_found(String text) {
        for (Answer answer : List.of(
                nobody().get("/v1/tenants/" + text),
                act(text, "suspend", ""),
                of(tenants.fresh()).get("/v1/tenants/" + text))) {
            assertThat(answer.status()).as(answer.text()).isIn(400, 404);
            assertThat(answer.text()).doesNotContain("installation");
        }
    }

    @Test
    void an_id_that_no_tenant_may_have_is_refused() {
        Answer refused = put("_system", "{\"name\":\"Acme\"}");
        assertThat(refused.status()).isEqualTo(400);
        assertThat(refused.pointers()).containsExactly("/tenant_id");
    }

    @Test
    void all_that_is_wrong_is_told_at_once_and_nothing_is_made() {
        Answer refused = put(id, "{\"name\":\"\",\"expires_at\":\"tomorrow\",\"status\":\"ACTIVE\",\"x\":1}");
        assertThat(refused.status()).isEqualTo(400);
        assertThat(refused.pointers()).containsExactlyInAnyOrder("/name", "/expires_at", "/status", "/x");
        assertThat(nobody().get("/v1/tenants/" + id).status()).isEqualTo(404);
    }

    @Test
    void the_path_wins_over_the_header() {
        put(id, "{\"name\":\"Acme\"}");
        assertThat(of(tenants.fresh())
                        .get("/v1/tenants/" + id)
                        .json()
                        .path("tenant_id")
                        .asString())
                .isEqualTo(id);
    }

    private Http nobody() {
        return new Http(port, "");
    }

    private Http of(String tenant) {
        return new Http(port, tenant);
    }

    private Answer put(String tenant, String body) {
        return nobody().put("/v1/tenants/" + tenant, body);
    }

    private Answer act(String tenant, String what, String body) {
        return nobody().post("/v1/tenants/" + tenant + "/" + what, body);
    }
}
