package dev.taskorder.starter.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.taskorder.api.principal.ApiKeys;
import dev.taskorder.api.principal.ApiKeys.CreateResult.Created;
import dev.taskorder.api.principal.Role;
import dev.taskorder.api.tenant.Caller;
import dev.taskorder.api.tenant.TenantId;
import dev.taskorder.starter.tenant.BackgroundRunner;
import dev.taskorder.starter.testing.AuditLogs;
import dev.taskorder.starter.testing.FullApplication;
import dev.taskorder.starter.testing.Http;
import dev.taskorder.starter.testing.Http.Answer;
import dev.taskorder.starter.testing.TestTenants;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.test.context.TestPropertySource;

/** For whom a call acts where path, header and key each name a tenant, and what stands in the log of who acted for another. */
@FullApplication
@TestPropertySource(properties = "taskorder.security.accept=api-keys")
class ActedTenantTest {
    @LocalServerPort
    int port;

    @Autowired
    TestTenants tenants;

    @Autowired
    BackgroundRunner runner;

    @Autowired
    ApiKeys keys;

    private Http http;
    private String tenant;
    private String viewer;
    private String admin;
    private String operator;

    @BeforeEach
    void a_tenant_with_keys() {
        http = new Http(port, "");
        tenant = tenants.fresh();
        viewer = key(new TenantId(tenant), Role.VIEWER, "viewer");
        admin = key(new TenantId(tenant), Role.TENANT_ADMIN, "admin");
        operator = key(TenantId.SYSTEM, Role.OPERATOR, "ops-" + tenant);
    }

    @Test
    void what_an_operator_looks_at_has_one_entry_an_hour_in_the_log_of_that_tenant() {
        for (int i = 0; i < 3; i++) {
            assertThat(as(operator, "/v1/assets", tenant).status()).isEqualTo(200);
            assertThat(as(operator, "/v1/task-orders", tenant).status()).isEqualTo(200);
            assertThat(as(operator, "/v1/tenants/" + tenant).status()).isEqualTo(200);
        }

        // at the turn of the hour there may be two
        assertThat(entries()).hasSizeBetween(1, 2).containsOnly("ops-" + tenant + " tenant.read " + tenant + " DONE");
    }

    @Test
    void an_operator_that_is_refused_has_looked_too_and_one_that_asks_what_may_be_asked_has_not() {
        String[] asOperator = {"Authorization", "Bearer " + operator, "tenant", tenant};
        assertThat(http.send("OPTIONS", "/v1/assets", new byte[0], asOperator).status())
                .isEqualTo(200);
        assertThat(entries()).isEmpty();

        assertThat(as(operator, "/v1/assets/none", tenant).status()).isEqualTo(404);
        assertThat(entries()).containsExactly("ops-" + tenant + " tenant.read " + tenant + " DONE");
    }

    @ParameterizedTest
    @CsvSource({
        "HEAD, /v1/assets, *, 200",
        "GET,  /v1/task-orders/018f0000-0000-7000-8000-000000000000?wait=1, *, 404",
        "GET,  /v1/ledger/entries, text/csv, 200",
        "POST, /v1/task-orders, *, 400",
        "POST, /v1/task-orders/018f0000-0000-7000-8000-000000000000/cancel, *, 404",
        "PUT,  /v1/assets/a1, *, 400"
    })
    void however_an_operator_asks_it_has_looked(String method, String path, String accepted, int status) {
        String accept = accepted.equals("*") ? "*/*" : accepted;
        String[] asOperator = {
            "Authorization",
            "Bearer " + operator,
            "tenant",
            tenant,
            "Accept",
            accept,
            "Content-Type",
            "application/json"
        };

        String body = !method.startsWith("P") ? "" : status == 400 ? "{" : "{}";

        assertThat(http.send(method, path, body.getBytes(StandardCharsets.UTF_8), asOperator)
                        .status())
                .isEqualTo(status);

        assertThat(entries()).containsExactly("ops-" + tenant + " tenant.read " + tenant + " DONE");
    }

    @ParameterizedTest
    @ValueSource(strings = {"application/json", "text/csv"})
    void an_operator_sees_nothing_of_which_the_log_cannot_tell(String accepted) {
        AuditLogs.breakThatOf(tenant);
        String[] asOperator = {"Authorization", "Bearer " + operator, "tenant", tenant, "Accept", accepted};

        Answer refused = http.get("/v1/ledger/entries", asOperator);

        assertThat(refused.status()).isEqualTo(503);
        assertThat(refused.code()).isEqualTo("unavailable");
        AuditLogs.mend();
        assertThat(http.get("/v1/ledger/entries", asOperator).status()).isEqualTo(200);
    }

    @Test
    void what_its_own_people_look_at_has_no_entry_and_neither_has_what_an_operator_looks_at_of_its_own() {
        assertThat(as(viewer, "/v1/assets").status()).isEqualTo(200);
        assertThat(as(viewer, "/v1/tenants/" + tenant, tenant).status()).isEqualTo(200);
        assertThat(as(operator, "/v1/audit", "_system").status()).isEqualTo(200);
        assertThat(as(operator, "/v1/tenants").status()).isEqualTo(200);

        assertThat(entries()).isEmpty();
        assertThat(as(operator, "/v1/audit?actor=ops-" + tenant, "_system")
                        .json()
                        .path("items"))
                .isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"another", "nobody"})
    void on_its_own_path_a_header_that_names_another_tenant_is_refused_and_written_down(String which) {
        String named = which.equals("another") ? tenants.fresh() : which;
        Answer refused = as(admin, "/v1/tenants/" + tenant + "/policies", named);

        assertThat(refused.status()).isEqualTo(403);
        assertThat(refused.code()).isEqualTo("tenant_mismatch");
        assertThat(refused.pointers()).containsExactly("/tenant");
        assertThat(entries()).containsExactly("admin tenant.name null REFUSED");
    }

    @Test
    void on_its_own_path_a_header_that_names_no_tenant_is_refused_like_anywhere_else() {
        Answer refused = as(admin, "/v1/tenants/" + tenant + "/policies", "No Tenant");

        assertThat(refused.status()).isEqualTo(400);
        assertThat(refused.pointers()).containsExactly("/tenant");
        assertThat(as(admin, "/v1/tenants/" + tenant + "/policies", tenant).status())
                .isEqualTo(200);
    }

    @Test
    void for_an_operator_the_path_wins() {
        assertThat(as(operator, "/v1/tenants/" + tenant, tenants.fresh()).json().path("tenant_id"))
                .hasToString("\"" + tenant + "\"");
    }

    @Test
    void a_caller_that_says_twice_who_it_is_is_nobody() throws IOException {
        Raw refused = Raw.send(
                port,
                "GET /v1/assets HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer " + viewer
                        + "\r\nAuthorization: Bearer " + admin);

        assertThat(refused.status()).isEqualTo(401);
        assertThat(refused.problem().path("errors").toString()).contains("/Authorization", "must be there once");
    }

    private List<String> entries() {
        Answer log = as(admin, "/v1/audit");
        assertThat(log.status()).isEqualTo(200);
        return StreamSupport.stream(log.json().path("items").spliterator(), false)
                .map(entry -> String.join(
                        " ",
                        entry.path("actor").asString(),
                        entry.path("action").asString(),
                        entry.path("object_id").isNull()
                                ? "null"
                                : entry.path("object_id").asString(),
                        entry.path("outcome").asString()))
                .toList();
    }

    private Answer as(String key, String path) {
        return http.get(path, "Authorization", "Bearer " + key);
    }

    private Answer as(String key, String path, String tenantHeader) {
        return http.get(path, "Authorization", "Bearer " + key, "tenant", tenantHeader);
    }

    private String key(TenantId owner, Role role, String name) {
        return ((Created) runner.call(owner, () -> keys.create(new ApiKeys.NewKey(name, role, null), Caller.SYSTEM)))
                .text();
    }
}
