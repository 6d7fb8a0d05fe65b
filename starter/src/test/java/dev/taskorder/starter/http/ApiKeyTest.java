package dev.taskorder.starter.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.taskorder.api.principal.ApiKeys;
import dev.taskorder.api.principal.ApiKeys.CreateResult.Created;
import dev.taskorder.api.principal.Role;
import dev.taskorder.api.tenant.Caller;
import dev.taskorder.api.tenant.TenantId;
import dev.taskorder.starter.tenant.BackgroundRunner;
import dev.taskorder.starter.testing.Bodies;
import dev.taskorder.starter.testing.FullApplication;
import dev.taskorder.starter.testing.Http;
import dev.taskorder.starter.testing.Http.Answer;
import dev.taskorder.starter.testing.TestDatabase;
import dev.taskorder.starter.testing.TestTenants;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.test.context.TestPropertySource;

/** Where only keys are accepted: who has one, whose it is, and what it may do. */
@FullApplication
@TestPropertySource(properties = "taskorder.security.accept=api-keys")
class ApiKeyTest {
    private static final String NOBODY = "to_nobody.AAAAAAAAAAAA.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA.00000000";

    @LocalServerPort
    int port;

    @Autowired
    TestTenants tenants;

    @Autowired
    BackgroundRunner runner;

    @Autowired
    ApiKeys keys;

    @Autowired
    MeterRegistry metrics;

    private Http http;
    private String tenant;

    @BeforeEach
    void a_tenant() {
        http = new Http(port, "");
        tenant = tenants.fresh();
    }

    @Test
    void without_a_key_nothing_is_read_and_nothing_done() {
        for (Answer refused : new Answer[] {
            http.get("/v1/task-orders"),
            http.get("/v1/task-orders", "tenant", tenant),
            http.post("/v1/task-orders", Bodies.orderUnder("k"), "tenant", tenant),
            http.get("/v1/task-orders", "Authorization", "Basic dXNlcjpwYXNz"),
            http.get("/v1/nothing")
        }) {
            assertThat(refused.status()).isEqualTo(401);
            assertThat(refused.code()).isEqualTo("unauthenticated");
            assertThat(refused.header("WWW-Authenticate")).hasValue("Bearer");
        }
    }

    @Test
    void what_is_no_key_of_ours_is_refused_like_a_key_that_was_revoked() {
        Created revoked = key(Role.VIEWER, "old", null);
        runner.run(new TenantId(tenant), () -> keys.revoke(revoked.key().keyId()));
        String other = key(Role.VIEWER, "new", null).text();
        String tampered = other.substring(0, other.length() - 1) + (other.endsWith("0") ? "1" : "0");

        String first = refusal(NOBODY);
        for (String bad : new String[] {tampered, revoked.text(), "x", other + "x", "eyJhbGciOiJub25lIn0.e30."}) {
            assertThat(refusal(bad)).as(bad).isEqualTo(first);
        }
    }

    @Test
    void a_key_acts_for_its_own_tenant_named_or_not_and_for_no_other() {
        String key = key(Role.SUBMITTER, "app", null).text();
        Answer created = http.post("/v1/task-orders", Bodies.orderUnder("k"), bearer(key));
        assertThat(created.status()).isEqualTo(201);
        assertThat(created.json().path("tenant_id").asString()).isEqualTo(tenant);
        String path = "/v1/task-orders/" + created.json().path("task_id").asString();
        assertThat(http.get(path, "Authorization", "Bearer " + key, "tenant", tenant)
                        .status())
                .isEqualTo(200);

        String another = tenants.fresh();
        for (String foreign : new String[] {another, "nobody"}) {
            Answer refused = http.get(path, "Authorization", "Bearer " + key, "tenant", foreign);
            assertThat(refused.status()).isEqualTo(403);
            assertThat(refused.code()).isEqualTo("tenant_mismatch");
        }
        String foreignKey = keyOf(another, Role.TENANT_ADMIN, "admin", null).text();
        assertThat(http.get(path, bearer(foreignKey)).code()).isEqualTo("not_found");
        Answer audit = http.get(
                "/v1/audit", bearer(key(Role.TENANT_ADMIN, "admin", null).text()));
        assertThat(audit.text()).contains("tenant_mismatch").doesNotContain(another);
    }

    @Test
    void each_role_may_what_it_may_and_no_more() {
        String viewer = key(Role.VIEWER, "viewer", null).text();
        String submitter = key(Role.SUBMITTER, "submitter", null).text();
        String admin = key(Role.TENANT_ADMIN, "admin", null).text();
        String budget = "{\"limit\":1,\"currency\":\"USD\",\"period\":\"total\"}";

        assertThat(http.get("/v1/assets", bearer(viewer)).status()).isEqualTo(200);
        assertForbidden(http.post("/v1/task-orders", Bodies.orderUnder("k"), bearer(viewer)), "submitter", "viewer");
        assertForbidden(http.put("/v1/budgets/project/p", budget, bearer(submitter)), "tenant-admin", "submitter");
        assertThat(http.put("/v1/budgets/project/p", budget, bearer(admin)).status())
                .isEqualTo(201);
        assertForbidden(http.get("/v1/ledger/verify", bearer(admin)), "operator", "tenant-admin");
        assertForbidden(http.get("/v1/tenants", bearer(admin)), "operator", "tenant-admin");
        assertThat(refusalsOf(admin))
                .containsExactlyInAnyOrder(
                        "viewer POST /v1/task-orders forbidden",
                        "submitter budget.put forbidden",
                        "tenant-admin GET /v1/ledger/verify forbidden",
                        "tenant-admin GET /v1/tenants forbidden");
    }

    @Test
    void a_key_of_a_suspended_tenant_reads_on_and_begins_nothing() {
        String key = key(Role.SUBMITTER, "app", null).text();
        String operator = keyOf("_system", Role.OPERATOR, "ops-" + tenant, null).text();
        assertThat(http.post("/v1/tenants/" + tenant + "/suspend", "{}", bearer(operator))
                        .status())
                .isEqualTo(200);
        await().atMost(Duration.ofSeconds(2))
                .until(() -> http.post("/v1/task-orders", Bodies.orderUnder("k"), bearer(key))
                        .code()
                        .equals("tenant_suspended"));
        assertThat(http.get("/v1/task-orders", bearer(key)).status()).isEqualTo(200);
    }

    @Test
    void whom_a_key_names_is_known_without_a_question_once_it_was_asked() {
        String key = key(Role.SUBMITTER, "app", null).text();
        assertThat(afterAllChecks(key)).isEqualTo("if_match_required");
        // another thread may ask for something of its own meanwhile
        await().until(() -> {
            long before = connectionsTaken();
            for (int i = 0; i < 20; i++) {
                afterAllChecks(key);
            }
            return connectionsTaken() == before;
        });
    }

    private String afterAllChecks(String key) {
        return http.send("PATCH", "/v1/task-orders/" + UUID.randomUUID(), "{}".getBytes(UTF_8), bearer(key))
                .code();
    }

    private long connectionsTaken() {
        return metrics.get("hikaricp.connections.acquire").timer().count();
    }

    private List<String> refusalsOf(String admin) {
        List<String> refusals = new ArrayList<>();
        http.get("/v1/audit?outcome=REFUSED", bearer(admin))
                .json()
                .path("items")
                .forEach(entry -> refusals.add(entry.path("role").asString() + " "
                        + entry.path("action").asString() + " "
                        + entry.path("code").asString()));
        return refusals;
    }

    @Test
    void an_operator_names_the_tenant_it_acts_for() {
        String operator = keyOf("_system", Role.OPERATOR, "ops-" + tenant, null).text();
        assertThat(http.get("/v1/task-orders", bearer(operator)).code()).isEqualTo("tenant_required");
        assertThat(http.get("/v1/ledger/verify", "Authorization", "Bearer " + operator, "tenant", tenant)
                        .status())
                .isEqualTo(200);
        assertThat(http.get("/v1/ledger/verify", "Authorization", "Bearer " + operator, "tenant", "_system")
                        .status())
                .isEqualTo(400);
    }

    @Test
    void a_revoked_key_is_refused_within_two_seconds_and_an_expired_one_at_once() {
        Created key = key(Role.VIEWER, "app", Clock.systemUTC().instant().plusSeconds(2));
        assertThat(http.get("/v1/assets", bearer(key.text())).status()).isEqualTo(200);
        await().atMost(Duration.ofSeconds(4))
                .until(() -> http.get("/v1/assets", bearer(key.text())).status() == 401);

        Created other = key(Role.VIEWER, "other", null);
        assertThat(http.get("/v1/assets", bearer(other.text())).status()).isEqualTo(200);
        String admin = key(Role.TENANT_ADMIN, "admin", null).text();
        Answer revoked = http.send("DELETE", path() + "/" + other.key().keyId(), new byte[0], bearer(admin));
        assertThat(revoked.json().path("revoked_at").isNull()).isFalse();
        await().atMost(Duration.ofSeconds(2))
                .until(() -> http.get("/v1/assets", bearer(other.text())).status() == 401);
    }

    @Test
    void an_admin_makes_keys_up_to_its_own_role_and_the_secret_is_shown_once() {
        String admin = key(Role.TENANT_ADMIN, "admin", null).text();
        Answer made = http.post(path(), "{\"name\":\"app\",\"role\":\"submitter\"}", bearer(admin));
        assertThat(made.status()).isEqualTo(201);
        String text = made.json().path("key").asString();
        assertThat(text)
                .startsWith("to_" + tenant + "." + made.json().path("key_id").asString() + ".");
        assertThat(http.get("/v1/assets", bearer(text)).status()).isEqualTo(200);
        assertThat(http.get(path(), bearer(admin)).text())
                .contains("\"submitter\"")
                .doesNotContain(text.substring(text.indexOf('.', text.indexOf('.') + 1)));

        Answer tooMuch = http.post(path(), "{\"name\":\"app\",\"role\":\"operator\"}", bearer(admin));
        assertThat(tooMuch.status()).isEqualTo(400);
        assertThat(tooMuch.pointers()).containsExactly("/role");
        assertThat(http.post(path(), "{\"name\":\"app\",\"role\":\"viewer\"}", bearer(admin))
                        .status())
                .isEqualTo(201);
        Answer third = http.post(path(), "{\"name\":\"app\",\"role\":\"viewer\"}", bearer(admin));
        assertThat(third.status()).isEqualTo(409);
        assertThat(third.code()).isEqualTo("too_many_keys");
    }

    @Test
    void a_key_that_would_be_over_already_is_not_made() {
        Answer refused = http.post(
                path(),
                "{\"name\":\"app\",\"role\":\"viewer\",\"expires_at\":\"2020-01-01T00:00:00Z\"}",
                bearer(key(Role.TENANT_ADMIN, "admin", null).text()));
        assertThat(refused.status()).isEqualTo(400);
        assertThat(refused.pointers()).containsExactly("/expires_at");
        assertThat(refused.text()).containsPattern("must be after now, which is 2[0-9-]+T[0-9:.]+Z, was 2020-01-01T");
    }

    @ParameterizedTest
    @ValueSource(strings = {"system", "operator", "Temporal", "bootstrap", "maintenance"})
    void no_key_is_called_as_the_application_itself(String name) {
        Answer refused = http.post(
                path(),
                "{\"name\":\"" + name + "\",\"role\":\"viewer\"}",
                bearer(key(Role.TENANT_ADMIN, "admin", null).text()));
        assertThat(refused.status()).isEqualTo(400);
        assertThat(refused.pointers()).containsExactly("/name");
        assertThat(refused.text()).contains("what this service calls itself", ", was " + name);
    }

    @Test
    void keys_are_listed_page_by_page() {
        String admin = key(Role.TENANT_ADMIN, "admin", null).text();
        key(Role.VIEWER, "second", null);
        key(Role.VIEWER, "third", null);

        Answer first = http.get(path() + "?limit=2", bearer(admin));
        assertThat(first.json().path("items").findValuesAsString("name")).containsExactly("third", "second");
        String cursor = first.json().path("next_cursor").asString();
        Answer last = http.get(path() + "?limit=2&cursor=" + cursor, bearer(admin));
        assertThat(last.json().path("items").findValuesAsString("name")).containsExactly("admin");
        assertThat(last.json().path("next_cursor").isNull()).isTrue();

        String another = tenants.fresh();
        Answer foreign = http.get(
                "/v1/tenants/" + another + "/api-keys?cursor=" + cursor,
                bearer(keyOf(another, Role.TENANT_ADMIN, "admin", null).text()));
        assertThat(foreign.status()).isEqualTo(400);
        assertThat(foreign.pointers()).containsExactly("/cursor");
        assertThat(http.get(path() + "?limit=0&name=x", bearer(admin)).pointers())
                .containsExactlyInAnyOrder("/limit", "/name");
    }

    @Test
    void past_a_thousand_live_keys_of_a_tenant_there_are_no_more_and_the_answer_says_what_to_do() {
        String admin = key(Role.TENANT_ADMIN, "admin", null).text();
        TestDatabase.asSuperuser("accepting").sql("""
                INSERT INTO api_key (tenant_id, key_id, name, place, role, hash, created_by)
                SELECT ?, 'many' || n, 'many' || n, 1, 'viewer', sha256(n::text::bytea), 'test'
                  FROM generate_series(2, 1000) AS n
                """).param(tenant).update();

        Answer refused = http.post(path(), "{\"name\":\"one-more\",\"role\":\"viewer\"}", bearer(admin));
        assertThat(refused.status()).isEqualTo(409);
        assertThat(refused.code()).isEqualTo("too_many_keys");
        assertThat(refused.json().path("detail").asString())
                .isEqualTo("the tenant has 1000 live keys, which is as many as may be:"
                        + " revoke one that is not used, or let keys expire");
        assertThat(http.send("DELETE", path() + "/many7", new byte[0], bearer(admin))
                        .status())
                .isEqualTo(200);
        assertThat(http.post(path(), "{\"name\":\"one-more\",\"role\":\"viewer\"}", bearer(admin))
                        .status())
                .isEqualTo(201);
    }

    @Test
    void of_two_keys_of_one_name_the_audit_log_tells_which_it_was() {
        Created first = key(Role.TENANT_ADMIN, "admin", null);
        Created second = key(Role.TENANT_ADMIN, "admin", null);
        String budget = "{\"limit\":1,\"currency\":\"USD\",\"period\":\"total\"}";
        http.put("/v1/budgets/project/p", budget, bearer(first.text()));
        http.put("/v1/budgets/project/p", budget, bearer(second.text()));
        http.get("/v1/tenants", bearer(first.text()));

        assertThat(http.get("/v1/audit", bearer(first.text())).json().path("items"))
                .extracting(entry -> entry.path("actor").asString() + " "
                        + entry.path("key_id").asString() + " "
                        + entry.path("action").asString())
                .containsExactly(
                        "admin " + first.key().keyId() + " GET /v1/tenants",
                        "admin " + second.key().keyId() + " budget.put",
                        "admin " + first.key().keyId() + " budget.put");
    }

    @Test
    void what_was_done_to_operators_keys_an_operator_reads_and_nobody_else() {
        String operator = keyOf("_system", Role.OPERATOR, "ops-" + tenant, null).text();
        String made = http.post(
                        "/v1/tenants/_system/api-keys",
                        "{\"name\":\"next-" + tenant + "\",\"role\":\"operator\"}",
                        bearer(operator))
                .json()
                .path("key_id")
                .asString();
        String[] asSystem = {"Authorization", "Bearer " + operator, "tenant", "_system"};
        Answer log = http.get("/v1/audit?object_id=" + made, asSystem);
        assertThat(log.json().path("items").findValuesAsString("action")).containsExactly("api_key.create");
        assertThat(log.json().path("items").findValuesAsString("actor")).containsExactly("ops-" + tenant);

        for (String path : new String[] {"/v1/task-orders", "/v1/assets", "/v1/ledger/entries", "/v1/leases"}) {
            assertThat(http.get(path, asSystem).status()).as(path).isEqualTo(400);
        }
        String admin = key(Role.TENANT_ADMIN, "admin", null).text();
        Answer refused = http.get("/v1/audit", "Authorization", "Bearer " + admin, "tenant", "_system");
        assertThat(refused.status()).isEqualTo(400);
        assertThat(refused.pointers()).containsExactly("/tenant");
    }

    @ParameterizedTest
    @ValueSource(strings = {"another", "nobody", "_system", "No-Tenant"})
    void the_keys_of_another_tenant_are_as_those_of_none(String which) {
        String foreign = which.equals("another") ? tenants.fresh() : which;
        Answer answer = http.get(
                "/v1/tenants/" + foreign + "/api-keys",
                bearer(key(Role.TENANT_ADMIN, "admin", null).text()));
        assertThat(answer.status()).isEqualTo(404);
        assertThat(answer.json().path("detail").asString()).isEqualTo("there is no such tenant");
        assertThat(refusalsOf(key(Role.TENANT_ADMIN, "other", null).text()))
                .containsExactly("tenant-admin tenant.name tenant_mismatch");
    }

    private String refusal(String key) {
        Answer refused = http.get("/v1/task-orders", bearer(key));
        return refused.status() + refused.text().replaceAll("\"trace_id\":\"[0-9a-f]+\"", "");
    }

    private static void assertForbidden(Answer answer, String least, String own) {
        assertThat(answer.status()).isEqualTo(403);
        assertThat(answer.code()).isEqualTo("forbidden");
        assertThat(answer.json().path("detail").asString())
                .isEqualTo("this takes the role " + least + ", the caller is a " + own);
    }

    private static String[] bearer(String key) {
        return new String[] {"Authorization", "Bearer " + key};
    }

    private String path() {
        return "/v1/tenants/" + tenant + "/api-keys";
    }

    private Created key(Role role, String name, @Nullable Instant expiresAt) {
        return keyOf(tenant, role, name, expiresAt);
    }

    private Created keyOf(String of, Role role, String name, @Nullable Instant expiresAt) {
        TenantId owner = of.equals("_system") ? TenantId.SYSTEM : new TenantId(of);
        return (Created)
                runner.call(owner, () -> keys.create(new ApiKeys.NewKey(name, role, expiresAt), Caller.SYSTEM));
    }
}
