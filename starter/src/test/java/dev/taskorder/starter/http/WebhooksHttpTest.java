package dev.taskorder.starter.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.taskorder.starter.testing.FullApplication;
import dev.taskorder.starter.testing.Http;
import dev.taskorder.starter.testing.Http.Answer;
import dev.taskorder.starter.testing.TestDatabase;
import dev.taskorder.starter.testing.TestTenants;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;

/** Webhooks over HTTP, outside local mode. */
@FullApplication
class WebhooksHttpTest {
    private static final String BODY = "{\"url\":\"https://93.184.215.14/hook\",\"types\":[\"*\"]}";

    @LocalServerPort
    int port;

    @Autowired
    TestTenants tenants;

    private String tenant;
    private Http http;

    @BeforeEach
    void a_tenant() {
        tenant = tenants.fresh();
        http = new Http(port, tenant);
    }

    @Test
    void one_is_made_changed_looked_at_and_removed() {
        Answer made = http.put("/v1/webhooks/hook", BODY);
        assertThat(made.status()).as(made.text()).isEqualTo(201);
        assertThat(made.header("Location")).hasValue("/v1/webhooks/hook");
        assertThat(made.header("Cache-Control")).hasValue("no-store");
        assertThat(made.json().path("secret").asString()).startsWith("whsec_");
        assertThat(made.json().path("status").asString()).isEqualTo("ENABLED");
        assertThat(made.json().path("owner").asString()).isEqualTo("operator");

        Answer changed = http.put(
                "/v1/webhooks/hook",
                "{\"url\":\"https://93.184.215.14/other\",\"types\":[\"task_order.succeeded\"],\"env\":\"prod\"}");
        assertThat(changed.status()).isEqualTo(200);
        assertThat(changed.json().has("secret")).isFalse();
        Answer shown = http.get("/v1/webhooks/hook");
        assertThat(shown.json()).isEqualTo(changed.json());
        assertThat(shown.json().path("url").asString()).isEqualTo("https://93.184.215.14/other");
        assertThat(http.get("/v1/webhooks").json().path("items").get(0)).isEqualTo(shown.json());

        assertThat(delete("hook").status()).isEqualTo(204);
        assertThat(delete("hook").code()).isEqualTo("not_found");
        assertThat(http.get("/v1/webhooks/hook").code()).isEqualTo("not_found");
        assertThat(http.get("/v1/webhooks/hook/deliveries").code()).isEqualTo("not_found");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            {"types":["*"]}                                             | /url
            {"url":"https://93.184.215.14/"}                            | /types
            {"url":"https://93.184.215.14/","types":[]}                 | /types
            {"url":"https://93.184.215.14/","types":["Nonsense"]}       | /types/0
            {"url":"https://93.184.215.14/","types":["a.sucess"]}       | /types/0
            {"url":"https://93.184.215.14/","types":["*","*"]}          | /types/1
            {"url":"https://93.184.215.14/","types":["*"],"env":"NO"}   | /env
            {"url":"https://93.184.215.14/","types":["*"],"secret":"s"} | /secret
            {"url":"https://93.184.215.14/","types":["*"],"more":1}     | /more
            {"url":"http://93.184.215.14/","types":["*"]}               | /url
            {"url":"ftp://93.184.215.14/","types":["*"]}                | /url
            {"url":"https://127.0.0.1/","types":["*"]}                  | /url
            {"url":"https://[::1]/","types":["*"]}                      | /url
            {"url":"https://[::ffff:10.0.0.1]/","types":["*"]}          | /url
            {"url":"https://192.168.1.1/","types":["*"]}                | /url
            {"url":"https://169.254.169.254/latest","types":["*"]}      | /url
            {"url":"https://100.64.0.1/","types":["*"]}                 | /url
            {"url":"https://me:it@93.184.215.14/","types":["*"]}        | /url
            {"url":"not a url","types":["*"]}                           | /url
            """)
    void what_is_wrong_is_named_and_nothing_is_kept(String body, String pointer) {
        Answer refused = http.put("/v1/webhooks/hook", body);
        assertThat(refused.status()).as(refused.text()).isEqualTo(400);
        assertThat(refused.pointers()).containsExactly(pointer);
        assertThat(http.get("/v1/webhooks").json().path("items")).isEmpty();
    }

    @Test
    void a_replay_names_either_a_time_or_a_delivery() {
        http.put("/v1/webhooks/hook", BODY);
        assertThat(replay("{}").pointers()).containsExactly("/from");
        assertThat(replay("{\"from\":\"2026-01-01T00:00:00Z\",\"delivery_id\":\"" + UUID.randomUUID() + "\"}")
                        .pointers())
                .containsExactly("/from");
        assertThat(replay("{\"from\":\"yesterday\"}").pointers()).containsExactly("/from");
        assertThat(replay("{\"delivery_id\":\"7\"}").pointers()).containsExactly("/delivery_id");
        assertThat(replay("{\"delivery_id\":\"" + UUID.randomUUID() + "\"}").code())
                .isEqualTo("not_found");
        assertThat(replay("{\"from\":\"2999-01-01T00:00:00Z\"}").json().toString())
                .isEqualTo("{\"from_seq\":1,\"to_seq\":0}");
    }

    @Test
    void what_is_disabled_is_not_replayed_until_it_is_put_again() {
        http.put("/v1/webhooks/hook", BODY);
        TestDatabase.asSuperuser("accepting")
                .sql("UPDATE webhook SET status = 'DISABLED', why = 'gone' WHERE tenant_id = :tenant")
                .param("tenant", tenant)
                .update();
        assertThat(http.get("/v1/webhooks/hook").json().path("why").asString()).isEqualTo("gone");
        Answer refused = replay("{\"from\":\"2026-01-01T00:00:00Z\"}");
        assertThat(refused.status()).isEqualTo(409);
        assertThat(refused.code()).isEqualTo("illegal_transition");
        assertThat(refused.text()).contains("DISABLED (gone)");
        http.put("/v1/webhooks/hook", BODY);
        assertThat(replay("{\"from\":\"2026-01-01T00:00:00Z\"}").status()).isEqualTo(202);
    }

    @Test
    void a_tenant_has_at_most_twenty() {
        for (int i = 0; i < 20; i++) {
            assertThat(http.put("/v1/webhooks/hook-" + i, BODY).status()).isEqualTo(201);
        }
        Answer refused = http.put("/v1/webhooks/one-more", BODY);
        assertThat(refused.status()).isEqualTo(409);
        assertThat(refused.text()).contains("20 webhooks");
    }

    @Test
    void another_tenants_webhook_is_not_there() {
        http.put("/v1/webhooks/hook", BODY);
        Http other = new Http(port, tenants.fresh());
        assertThat(other.get("/v1/webhooks/hook").status()).isEqualTo(404);
        assertThat(other.get("/v1/webhooks/hook/deliveries").status()).isEqualTo(404);
        assertThat(other.send("DELETE", "/v1/webhooks/hook", new byte[0]).status())
                .isEqualTo(404);
        assertThat(other.post("/v1/webhooks/hook/replay", "{\"from\":\"2026-01-01T00:00:00Z\"}")
                        .status())
                .isEqualTo(404);
        assertThat(other.get("/v1/webhooks").json().path("items")).isEmpty();
        assertThat(other.put("/v1/webhooks/hook", BODY).status())
                .as("its own of that name")
                .isEqualTo(201);
    }

    private Answer replay(String body) {
        return http.post("/v1/webhooks/hook/replay", body);
    }

    private Answer delete(String id) {
        return http.send("DELETE", "/v1/webhooks/" + id, new byte[0]);
    }
}
