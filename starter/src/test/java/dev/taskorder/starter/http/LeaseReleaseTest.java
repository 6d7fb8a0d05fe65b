package dev.taskorder.starter.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.taskorder.api.order.OrderSteps;
import dev.taskorder.api.order.TaskOrderRef;
import dev.taskorder.api.order.Verdict;
import dev.taskorder.api.tenant.TenantId;
import dev.taskorder.starter.tenant.BackgroundRunner;
import dev.taskorder.starter.testing.Bodies;
import dev.taskorder.starter.testing.FullApplication;
import dev.taskorder.starter.testing.Http;
import dev.taskorder.starter.testing.Http.Answer;
import dev.taskorder.starter.testing.TestTenants;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** A lease is taken away by who names its fencing token; anything else changes nothing. */
@FullApplication
class LeaseReleaseTest {
    private static final String MISSING = "01a201ac-d55e-7b80-b8e7-9216362de772";

    @LocalServerPort
    int port;

    @Autowired
    TestTenants tenants;

    @Autowired
    BackgroundRunner runner;

    @Autowired
    OrderSteps steps;

    private Http http;
    private String task;
    private JsonNode lease;

    @BeforeEach
    void an_order_that_has_a_lease() {
        TenantId tenant = new TenantId(tenants.fresh());
        http = new Http(port, tenant.value());
        http.put("/v1/assets/ip-1", Bodies.asset());
        task = http.post("/v1/task-orders", Bodies.order("\"resource_hints\":[{\"sku_category\":\"RAW_NET\"}]"))
                .json()
                .path("task_id")
                .asString();
        runner.run(tenant, () -> assertThat(steps.admit(new TaskOrderRef(tenant, UUID.fromString(task), 1)))
                .isInstanceOf(Verdict.Execute.class));
        lease = leases().path(0);
    }

    @Test
    void the_answer_is_the_lease_as_it_is_then_and_a_repeat_has_the_same() {
        Answer answer = release(id(), token());

        assertThat(answer.status()).as(answer.text()).isEqualTo(200);
        assertThat(answer.json().path("state").asString()).isEqualTo("REVOKED");
        assertThat(answer.json().path("released_at").isNull()).isFalse();
        assertThat(leases()).contains(answer.json());
        JsonNode order = order();
        Answer again = release(id(), token());
        assertThat(again.status()).isEqualTo(200);
        assertThat(again.json()).isEqualTo(answer.json());
        assertThat(order()).isEqualTo(order);
        JsonNode events = http.get("/v1/task-orders/" + task + "/events").json().path("items");
        assertThat(events)
                .filteredOn(event -> event.path("type").asString().equals("lease.revoked"))
                .extracting(event -> event.path("text").asString(), event -> event.path("actor")
                        .asString())
                .containsExactly(tuple(
                        "The lease of ip-1 was revoked.",
                        events.path(0).path("actor").asString()));
        assertThat(events)
                .filteredOn(event -> event.path("type").asString().equals("task_order.retrying"))
                .extracting(event -> event.path("text").asString())
                .containsExactly("Attempt 1 ended with LEASE_REVOKED; another one follows.");
    }

    @Test
    void a_token_that_is_not_the_lease_s_is_stale() {
        for (String token : new String[] {"1", "9223372036854775807"}) {
            Answer answer = release(id(), token);
            assertThat(answer.status()).as(answer.text()).isEqualTo(409);
            assertThat(answer.code()).isEqualTo("stale_token");
            assertThat(answer.json().path("detail").asString()).contains(" than " + token + ":");
        }
        assertNothingChanged();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{}                                                | /fencing_token",
                "{\"fencing_token\":null}                          | /fencing_token",
                "{\"fencing_token\":\"7\"}                         | /fencing_token",
                "{\"fencing_token\":7.5}                           | /fencing_token",
                "{\"fencing_token\":true}                          | /fencing_token",
                "{\"fencing_token\":[7]}                           | /fencing_token",
                "{\"fencing_token\":0}                             | /fencing_token",
                "{\"fencing_token\":-1}                            | /fencing_token",
                "{\"fencing_token\":9223372036854775808}           | /fencing_token",
                "{\"fencing_token\":1e300}                         | /fencing_token",
                "{\"fencing_token\":7,\"reason\":\"why not\"}      | /reason",
                "{\"fencing_token\":7,\"lease_id\":\"" + MISSING + "\"} | /lease_id"
            })
    void bad_input_is_told_with_its_pointer(String body, String pointer) {
        Answer answer = http.post("/v1/leases/" + id() + "/release", body);

        assertThat(answer.status()).as(answer.text()).isEqualTo(400);
        assertThat(answer.code()).isEqualTo("invalid_request");
        assertThat(answer.pointers()).containsExactly(pointer);
        assertNothingChanged();
    }

    @Test
    void only_a_json_object_at_a_lease_s_own_address_is_read() {
        String path = "/v1/leases/" + id() + "/release";
        String body = "{\"fencing_token\":" + token() + "}";
        assertThat(http.post(path, "").code()).isEqualTo("malformed_json");
        assertThat(http.post(path, "{").code()).isEqualTo("malformed_json");
        assertThat(http.post(path, "[7]").code()).isEqualTo("invalid_request");
        assertThat(http.post(path, "{\"fencing_token\":7,\"fencing_token\":7}").code())
                .isEqualTo("malformed_json");
        assertThat(http.post(path, body, "Content-Type", "text/plain").status()).isEqualTo(415);
        assertThat(http.post(path + "?force=true", body).pointers()).containsExactly("/force");
        assertThat(http.post("/v1/leases/1/release", body).pointers()).containsExactly("/lease_id");
        assertThat(http.get(path).status()).isEqualTo(405);
        assertNothingChanged();
    }

    @Test
    void to_another_tenant_it_is_not_there() {
        Http other = new Http(port, tenants.fresh());
        String body = "{\"fencing_token\":" + token() + "}";

        Answer foreign = other.post("/v1/leases/" + id() + "/release", body);
        Answer missing = other.post("/v1/leases/" + MISSING + "/release", body);

        assertThat(foreign.status()).isEqualTo(404);
        assertThat(foreign.code()).isEqualTo("not_found");
        assertThat(but(foreign.json(), "trace_id")).isEqualTo(but(missing.json(), "trace_id"));
        assertNothingChanged();
    }

    private Answer release(String leaseId, String token) {
        return http.post("/v1/leases/" + leaseId + "/release", "{\"fencing_token\":" + token + "}");
    }

    private void assertNothingChanged() {
        assertThat(leases()).containsExactly(lease);
        assertThat(order().path("status").asString()).isEqualTo("RUNNING");
        assertThat(order().path("lease_ids")).containsExactly(lease.path("lease_id"));
    }

    private JsonNode leases() {
        return http.get("/v1/leases?task_id=" + task).json().path("items");
    }

    private JsonNode order() {
        return http.get("/v1/task-orders/" + task).json();
    }

    private String id() {
        return lease.path("lease_id").asString();
    }

    private String token() {
        return Long.toString(lease.path("fencing_token").longValue());
    }

    private static JsonNode but(JsonNode object, String field) {
        ObjectNode rest = (ObjectNode) object.deepCopy();
        rest.remove(field);
        return rest;
    }
}
