package dev.taskorder.starter.webhook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.standardwebhooks.Webhook;
import com.standardwebhooks.exceptions.WebhookVerificationException;
import dev.taskorder.activities.outbound.UrlGuard;
import dev.taskorder.starter.testing.Bodies;
import dev.taskorder.starter.testing.FullApplication;
import dev.taskorder.starter.testing.Http;
import dev.taskorder.starter.testing.LoggedLines;
import dev.taskorder.starter.testing.TestDatabase;
import dev.taskorder.starter.testing.TestTenants;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.TestConfiguration;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.context.annotation.Primary;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.test.annotation.DirtiesContext;
import org.springframework.test.context.TestPropertySource;
import tools.jackson.databind.JsonNode;

/** From a change over HTTP to a receiver on this machine, and whatever that does. */
@FullApplication
@TestPropertySource(
        properties = {
            TestDatabase.WANTED + "=" + WebhooksEndToEndTest.DATABASE,
            "taskorder.roles=api,maintenance",
            "taskorder.security.accept=api-keys,tenant-header",
            "server.address=127.0.0.1"
        })
@Import(WebhooksEndToEndTest.OnThisMachine.class)
@DirtiesContext
class WebhooksEndToEndTest {
    static final String DATABASE = "calling";
    private static final Duration SOON = Duration.ofSeconds(30);

    @TestConfiguration(proxyBeanMethods = false)
    static class OnThisMachine {
        @Bean
        @Primary
        UrlGuard asInLocalMode() {
            return new UrlGuard(true);
        }

        @Bean
        @Primary
        WebhookClient.Times impatient() {
            return new WebhookClient.Times(Duration.ofSeconds(1), Duration.ofSeconds(1), Duration.ofSeconds(2));
        }
    }

    @LocalServerPort
    int port;

    @Autowired
    TestTenants tenants;

    private final List<Receiver> receivers = new ArrayList<>();
    private String tenant;
    private Http http;

    @BeforeEach
    void a_tenant() {
        tenant = tenants.fresh();
        http = new Http(port, tenant);
    }

    @AfterEach
    void receivers_end() {
        tenantsHooks().forEach(id -> http.send("DELETE", "/v1/webhooks/" + id, new byte[0]));
        receivers.forEach(Receiver::close);
    }

    private List<String> tenantsHooks() {
        List<String> ids = new ArrayList<>();
        http.get("/v1/webhooks")
                .json()
                .path("items")
                .forEach(hook -> ids.add(hook.path("webhook_id").asString()));
        return ids;
    }

    @Test
    void an_event_arrives_as_an_envelope_that_the_reference_library_verifies() throws Exception {
        Receiver receiver = put("hook", Receiver.answering(204));
        String secret = made.get("hook");
        http.put("/v1/assets/a1", Bodies.asset());
        Receiver.Got got = first(receiver);

        new Webhook(secret).verify(got.body(), got.headers());
        assertThatThrownBy(() -> new Webhook(secret).verify(got.body() + " ", got.headers()))
                .isInstanceOf(WebhookVerificationException.class);
        assertThat(got.header("content-type")).startsWith("application/json");
        JsonNode event = http.get("/v1/events").json().path("items").get(0);
        assertThat(Http.json(got.body())).isEqualTo(event);
        await().atMost(SOON).untilAsserted(() -> {
            JsonNode delivery = deliveries("hook").get(0);
            assertThat(delivery.path("status").asString()).isEqualTo("DELIVERED");
            assertThat(delivery.path("delivery_id").asString()).isEqualTo(got.header("webhook-id"));
            assertThat(delivery.path("response_status").asInt()).isEqualTo(204);
            assertThat(delivery.path("response_ms").asLong()).isBetween(0L, 2000L);
        });
    }

    @Test
    void a_call_that_failed_is_repeated_with_its_id_and_what_follows_it_waits() {
        Receiver receiver = put("hook", Receiver.answering(500, 200));
        http.put("/v1/assets/a1", Bodies.asset());
        assertThat(errorOf("hook", 1)).isEqualTo("answered 500");
        http.put("/v1/assets/a1", Bodies.asset("\"unit_cost\":7"));
        hurry();

        await().atMost(SOON).until(() -> receiver.got().size() == 3);
        List<Receiver.Got> got = receiver.got();
        assertThat(got.get(1).header("webhook-id")).isEqualTo(got.get(0).header("webhook-id"));
        assertThat(got.get(1).body()).isEqualTo(got.get(0).body());
        assertThat(got.get(2).header("webhook-id")).isNotEqualTo(got.get(0).header("webhook-id"));
    }

    @Test
    void a_receiver_that_redirects_never_answers_or_is_away_fails_in_words() {
        Receiver redirecting = put("redirects", Receiver.answering(307));
        put("silent", Receiver.silent());
        Receiver away = Receiver.answering(200);
        put("away", away).close();
        put("inside", Receiver.answering(200));
        point("inside", "http://10.255.255.1/");
        http.put("/v1/assets/a1", Bodies.asset());

        assertThat(errorOf("redirects", 1)).isEqualTo("answered 307");
        assertThat(redirecting.got()).hasSize(1);
        assertThat(errorOf("silent", 1)).isEqualTo("no answer in time");
        assertThat(errorOf("away", 1)).isEqualTo("no connection");
        assertThat(errorOf("inside", 1)).startsWith("its url may not be called");
    }

    @Test
    void a_receiver_that_says_much_is_not_heard_to_its_end() {
        put("endless", Receiver.endless());
        http.put("/v1/assets/a1", Bodies.asset());
        await().atMost(SOON).until(() -> deliveries("endless")
                .path(0)
                .path("status")
                .asString("")
                .equals("DELIVERED"));
        assertThat(deliveries("endless").get(0).path("response_ms").asLong()).isLessThan(2000);
    }

    @Test
    void an_answer_that_trickles_ends_in_time() {
        put("trickles", Receiver.doing(exchange -> {
            exchange.sendResponseHeaders(200, 1000);
            for (int i = 0; i < 1000; i++) {
                exchange.getResponseBody().write('x');
                exchange.getResponseBody().flush();
                java.util.concurrent.locks.LockSupport.parkNanos(
                        Duration.ofMillis(500).toNanos());
            }
        }));
        http.put("/v1/assets/a1", Bodies.asset());
        assertThat(errorOf("trickles", 1)).isEqualTo("no whole answer within 2 s");
    }

    @Test
    void receivers_that_are_away_delay_nobody_else_and_the_order_of_each_object_is_kept() {
        for (int i = 0; i < 10; i++) {
            put("dead-" + i, Receiver.silent());
        }
        Receiver well = put("well", Receiver.answering(200));
        int assets = 5;
        int changes = 6;
        for (int n = 0; n < changes; n++) {
            for (int a = 0; a < assets; a++) {
                http.put("/v1/assets/a" + a, Bodies.asset("\"unit_cost\":" + (n + 1)));
            }
        }
        int all = assets * changes;
        // a call that took this machine too long is made again after 5 s, then after 30 s
        await().atMost(Duration.ofMinutes(1)).until(() -> arrived(well).size() >= all);
        Map<String, List<Long>> seqs = new ConcurrentHashMap<>();
        arrived(well)
                .forEach(event -> seqs.computeIfAbsent(event.path("subject").asString(), s -> new ArrayList<>())
                        .add(event.path("seq").asLong()));
        assertThat(seqs).hasSize(assets);
        seqs.values().forEach(one -> assertThat(one).hasSize(changes).isSorted());
    }

    /** Each once, for one may come twice. */
    private static List<JsonNode> arrived(Receiver receiver) {
        return receiver.got().stream()
                .map(got -> Http.json(got.body()))
                .distinct()
                .toList();
    }

    @Test
    void a_replay_sends_what_was_sent_before() {
        Receiver receiver = put("hook", Receiver.answering(200));
        http.put("/v1/assets/a1", Bodies.asset());
        String id = first(receiver).header("webhook-id");
        await().atMost(SOON)
                .until(() ->
                        deliveries("hook").path(0).path("status").asString("").equals("DELIVERED"));
        assertThat(http.post("/v1/webhooks/hook/replay", "{\"delivery_id\":\"" + id + "\"}")
                        .status())
                .isEqualTo(202);
        await().atMost(SOON).until(() -> receiver.got().size() == 2);
        assertThat(http.post("/v1/webhooks/hook/replay", "{\"from\":\"2020-01-01T00:00:00Z\"}")
                        .status())
                .isEqualTo(202);
        await().atMost(SOON).until(() -> receiver.got().size() == 3);
        assertThat(receiver.got()).allMatch(got -> got.header("webhook-id").equals(id));
    }

    @Test
    void a_webhook_ends_with_the_key_that_put_it() {
        JsonNode key = http.post("/v1/tenants/" + tenant + "/api-keys", "{\"name\":\"app\",\"role\":\"tenant-admin\"}")
                .json();
        assertThat(http.put(
                                "/v1/webhooks/hook",
                                "{\"url\":\"http://127.0.0.1:1/\",\"types\":[\"*\"]}",
                                "Authorization",
                                "Bearer " + key.path("key").asString())
                        .status())
                .isEqualTo(201);
        http.send(
                "DELETE",
                "/v1/tenants/" + tenant + "/api-keys/" + key.path("key_id").asString(),
                new byte[0]);

        await().atMost(SOON).until(() -> http.get("/v1/webhooks/hook")
                .json()
                .path("why")
                .asString("")
                .equals("owner"));
        await().atMost(SOON)
                .until(() -> http.get("/v1/events?type=webhook.disabled")
                                .json()
                                .path("items")
                                .size()
                        == 1);
    }

    @Test
    void the_secret_is_in_no_log_line_no_table_and_no_further_answer() {
        LoggedLines lines = new LoggedLines();
        lines.listen();
        try {
            Receiver receiver = put("hook", Receiver.answering(500, 200));
            http.put("/v1/assets/a1", Bodies.asset());
            assertThat(errorOf("hook", 1)).isEqualTo("answered 500");
            hurry();
            await().atMost(SOON).until(() -> receiver.got().size() == 2);
            String secret = made.get("hook").substring("whsec_".length());
            for (String path : List.of("", "/hook", "/hook/deliveries")) {
                assertThat(http.get("/v1/webhooks" + path).text()).doesNotContain(secret);
            }
            assertThat(http.get("/v1/audit").text()).contains("webhook.put").doesNotContain(secret);
            assertThat(lines.texts()).isNotEmpty().noneMatch(line -> line.contains(secret));
            assertThat(tablesThatHold(secret)).isEmpty();
            assertThat(tablesThatHold("webhook.put"))
                    .as("else nothing was looked for")
                    .contains("audit_entry");
        } finally {
            lines.listenNoMore();
        }
    }

    private static List<String> tablesThatHold(String word) {
        JdbcClient superuser = TestDatabase.asSuperuser(DATABASE);
        return superuser
                .sql("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
                .query(String.class)
                .list()
                .stream()
                .filter(table -> superuser
                        .sql("SELECT EXISTS (SELECT FROM " + table + " t WHERE strpos(t::text, :word) > 0"
                                + " OR strpos(t::text, encode(decode(:base64, 'base64'), 'hex')) > 0)")
                        .param("word", word)
                        .param("base64", word.matches("[A-Za-z0-9+/]{43}=") ? word : "AAECAwQFBgcICQoLDA0ODw==")
                        .query(Boolean.class)
                        .single())
                .toList();
    }

    private final Map<String, String> made = new ConcurrentHashMap<>();

    private Receiver put(String id, Receiver receiver) {
        receivers.add(receiver);
        Http.Answer answer =
                http.put("/v1/webhooks/" + id, "{\"url\":\"" + receiver.url() + "\",\"types\":[\"asset.changed\"]}");
        assertThat(answer.status()).as(answer.text()).isEqualTo(201);
        made.put(id, answer.json().path("secret").asString());
        return receiver;
    }

    /** As if its name meant another address by now. */
    private void point(String id, String url) {
        TestDatabase.asSuperuser(DATABASE)
                .sql("UPDATE webhook SET url = :url WHERE tenant_id = :tenant AND webhook_id = :id")
                .param("url", url)
                .param("tenant", tenant)
                .param("id", id)
                .update();
    }

    /** What is to be repeated is repeated now. */
    private void hurry() {
        TestDatabase.asSuperuser(DATABASE)
                .sql(
                        "UPDATE webhook_delivery SET next_attempt_at = now() WHERE tenant_id = :tenant AND status = 'PENDING'")
                .param("tenant", tenant)
                .update();
    }

    private static Receiver.Got first(Receiver receiver) {
        await().atMost(SOON).until(() -> !receiver.got().isEmpty());
        return receiver.got().get(0);
    }

    /** What was wrong with the so many-th call of the only event. */
    private String errorOf(String id, int attempts) {
        await().atMost(SOON).until(() -> {
            JsonNode delivery = deliveries(id).path(0);
            return delivery.path("attempts").asInt(0) == attempts && delivery.hasNonNull("error");
        });
        return deliveries(id).get(0).path("error").asString();
    }

    private JsonNode deliveries(String id) {
        return http.get("/v1/webhooks/" + id + "/deliveries").json().path("items");
    }
}
