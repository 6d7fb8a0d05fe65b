package dev.taskorder.starter.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.taskorder.starter.testing.AuditLogs;
import dev.taskorder.starter.testing.Bodies;
import dev.taskorder.starter.testing.FullApplication;
import dev.taskorder.starter.testing.Http;
import dev.taskorder.starter.testing.Http.Answer;
import dev.taskorder.starter.testing.TestTenants;
import dev.taskorder.starter.web.Audited;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.web.bind.annotation.RequestMethod;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerMapping;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** What calls change is written down, by one interceptor for all of them. */
@FullApplication
class AuditHttpTest {
    private static final String BUDGET = "{\"limit\":500,\"currency\":\"USD\",\"period\":\"total\"}";
    private static final String TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";

    @LocalServerPort
    int port;

    @Autowired
    TestTenants tenants;

    @Autowired
    @Qualifier("requestMappingHandlerMapping")
    RequestMappingHandlerMapping mappings;

    private String tenant;
    private Http http;

    @BeforeEach
    void call_as_a_tenant_of_its_own() {
        tenant = tenants.fresh();
        http = new Http(port, tenant);
    }

    @Test
    void every_endpoint_that_changes_something_but_orders_says_what_it_is_called() {
        List<String> nameless = new ArrayList<>();
        mappings.getHandlerMethods().forEach((mapping, method) -> mapping.getPatternValues().stream()
                .filter(path -> path.startsWith("/v1/") && !path.startsWith("/v1/task-orders"))
                .filter(path -> !mapping.getMethodsCondition().getMethods().contains(RequestMethod.GET))
                .filter(path -> !method.hasMethodAnnotation(Audited.class))
                .forEach(nameless::add));

        assertThat(nameless).as("add @Audited to their handlers").isEmpty();
    }

    @Test
    void an_entry_has_who_what_on_which_object_with_which_outcome_from_where_and_its_trace() {
        byte[] body = Bodies.asset().getBytes(StandardCharsets.UTF_8);
        http.send("PUT", "/v1/assets/a1", body, "traceparent", "00-" + TRACE + "-00f067aa0ba902b7-01");

        JsonNode entry = entries("").get(0);
        assertThat(entry.path("at").asString()).endsWith("Z");
        assertThat(((ObjectNode) entry).remove("at")).isNotNull();
        assertThat(entry.toString())
                .isEqualTo("{\"actor\":\"operator\",\"role\":\"operator\",\"key_id\":null,\"action\":\"asset.put\","
                        + "\"object_type\":\"asset\",\"object_id\":\"a1\",\"outcome\":\"DONE\",\"code\":null,"
                        + "\"remote_address\":\"127.0.0.1\",\"trace_id\":\"" + TRACE + "\"}");
    }

    @Test
    void each_change_has_one_entry_and_names_its_object() {
        String task = http.post("/v1/task-orders", Bodies.order())
                .json()
                .path("task_id")
                .asString();
        http.put("/v1/assets/a1", Bodies.asset());
        http.put("/v1/assets/a1", Bodies.asset());
        http.post("/v1/assets/batch", "{\"assets\":[" + Bodies.asset("\"asset_id\":\"a2\"") + "]}");
        http.post("/v1/assets/a1/events", "{\"event_id\":\"e1\",\"event_type\":\"OK\"}");
        http.put("/v1/budgets/project/acme?env=dev", BUDGET);
        http.post(
                "/v1/ledger/entries",
                "{\"entry_id\":\"entry-1\",\"task_id\":\"" + task
                        + "\",\"kind\":\"revenue\",\"amount\":5,\"currency\":\"USD\"}");

        assertThat(shown(entries("")))
                .containsExactly(
                        "ledger_entry.post entry-1",
                        "budget.put dev/project/acme",
                        "asset.tell a1",
                        "asset.put_batch null",
                        "asset.put a1",
                        "asset.put a1",
                        "task_order.change null");
    }

    @Test
    void what_is_refused_or_not_there_has_no_entry() {
        http.put("/v1/assets/a1", "{\"nonsense\":true}");
        http.put("/v1/assets/a1", "{");
        http.put("/v1/budgets/project/acme?env=NONE", BUDGET);
        http.post("/v1/leases/" + UUID.randomUUID() + "/release", "{\"fencing_token\":1}");
        http.post("/v1/assets/none/events", "{\"event_id\":\"e1\",\"event_type\":\"OK\"}");
        http.post("/v1/nothing", "{}");

        assertThat(entries("")).isEmpty();
    }

    @Test
    void what_the_policy_does_not_allow_has_an_entry_that_says_so() {
        Answer refused = http.put("/v1/assets/a1", Bodies.asset("\"env\":\"qa\""));
        assertThat(refused.status()).as(refused.text()).isEqualTo(403);

        JsonNode entry = entries("?outcome=REFUSED").get(0);
        assertThat(entry.path("action").asString()).isEqualTo("asset.put");
        assertThat(entry.path("object_id").asString()).isEqualTo("a1");
        assertThat(entry.path("code").asString()).isEqualTo("not_allowed_by_policy");
    }

    @Test
    void an_operators_calls_on_orders_have_one_entry_an_hour() {
        for (int i = 0; i < 5; i++) {
            String task = http.post("/v1/task-orders", Bodies.order())
                    .json()
                    .path("task_id")
                    .asString();
            http.post("/v1/task-orders/" + task + "/cancel", "");
        }

        // at the turn of the hour there may be two
        assertThat(entries("?action=task_order.change")).hasSizeBetween(1, 2);
        assertThat(entries("")).hasSizeBetween(1, 2);
    }

    @Test
    void a_change_whose_entry_cannot_be_written_is_not_answered_as_done_and_a_refusal_stays_one() {
        AuditLogs.breakThatOf(tenant);

        Answer change = http.put("/v1/assets/a1", Bodies.asset());
        Answer refusal = http.put("/v1/assets/a2", Bodies.asset("\"env\":\"qa\""));

        assertThat(change.code()).isEqualTo("unavailable");
        assertThat(change.header("Retry-After")).hasValue("1");
        assertThat(refusal.code()).isEqualTo("not_allowed_by_policy");
        AuditLogs.mend();
        assertThat(http.put("/v1/assets/a1", Bodies.asset()).status()).isEqualTo(200);
        assertThat(shown(entries(""))).containsExactly("asset.put a1");
    }

    @Test
    void nothing_of_a_body_stands_in_the_log() {
        http.put(
                "/v1/assets/a1",
                Bodies.asset("\"handle\":\"s3cr3t-handle\"", "\"attributes\":{\"geo\":\"s3cr3t-geo\"}"));

        assertThat(http.get("/v1/audit").text()).contains("asset.put").doesNotContain("s3cr3t");
    }

    @Test
    void filters_choose_and_pages_go_on_under_the_same_filter() {
        http.put("/v1/assets/a1", Bodies.asset());
        http.put("/v1/assets/a2", Bodies.asset());
        http.put("/v1/budgets/project/acme", BUDGET);

        assertThat(shown(entries("?object_type=asset&object_id=a1"))).containsExactly("asset.put a1");
        assertThat(shown(entries("?action=budget.put"))).containsExactly("budget.put prod/project/acme");
        assertThat(entries("?actor=nobody")).isEmpty();
        assertThat(entries("?to=2020-01-01T00:00:00Z")).isEmpty();
        assertThat(entries("?from=2020-01-01T00:00:00Z&object_type=asset")).hasSize(2);
        Answer first = http.get("/v1/audit?action=asset.put&limit=1");
        String cursor = first.json().path("next_cursor").asString();
        assertThat(shown(entries("?action=asset.put&limit=1&cursor=" + cursor))).containsExactly("asset.put a1");
        assertThat(http.get("/v1/audit?limit=1&cursor=" + cursor).pointers()).containsExactly("/cursor");
    }

    @Test
    void a_filter_that_means_nothing_is_refused() {
        assertThat(http.get("/v1/audit?outcome=done&who=me&from=yesterday").pointers())
                .containsExactlyInAnyOrder("/outcome", "/who", "/from");
        assertThat(http.get("/v1/audit?actor=").pointers()).containsExactly("/actor");
        assertThat(http.get("/v1/audit?from=2026-01-02T00:00:00Z&to=2026-01-01T00:00:00Z")
                        .pointers())
                .containsExactly("/to");
    }

    @Test
    void to_another_tenant_there_is_nothing_of_it() {
        http.put("/v1/assets/a1", Bodies.asset());
        Http other = new Http(port, tenants.fresh());

        assertThat(entries(other, "")).isEmpty();
        assertThat(entries(other, "?object_id=a1")).isEmpty();
    }

    private List<JsonNode> entries(String query) {
        return entries(http, query);
    }

    /** Without that of asking: who asks here is an operator. */
    private static List<JsonNode> entries(Http http, String query) {
        List<JsonNode> entries = new ArrayList<>();
        http.get("/v1/audit" + query).json().path("items").forEach(entries::add);
        entries.removeIf(entry -> entry.path("action").asString().equals("tenant.read"));
        return entries;
    }

    private static List<String> shown(List<JsonNode> entries) {
        return entries.stream()
                .map(entry -> entry.path("action").asString() + " "
                        + (entry.path("object_id").isNull()
                                ? "null"
                                : entry.path("object_id").asString()))
                .toList();
    }
}
