package dev.taskorder.starter.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.taskorder.api.principal.ApiKeys;
import dev.taskorder.api.principal.ApiKeys.CreateResult.Created;
import dev.taskorder.api.principal.Role;
import dev.taskorder.api.tenant.Caller;
import dev.taskorder.api.tenant.TenantId;
import dev.taskorder.starter.tenant.BackgroundRunner;
import dev.taskorder.starter.testing.FullApplication;
import dev.taskorder.starter.testing.Http;
import dev.taskorder.starter.testing.Http.Answer;
import dev.taskorder.starter.testing.TestDatabase;
import dev.taskorder.starter.testing.TestTenants;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.test.context.TestPropertySource;
import org.springframework.web.bind.annotation.RequestMethod;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerMapping;

/** A path may be written in other letters that mean the same: another tenant's is as far away by those. */
@FullApplication
@TestPropertySource(properties = "taskorder.security.accept=api-keys")
class PathLettersTest {
    private static final String OF_A_TENANT = "/v1/tenants/{tenant_id}";

    private record Call(String method, String path) {}

    @LocalServerPort
    int port;

    @Autowired
    TestTenants tenants;

    @Autowired
    BackgroundRunner runner;

    @Autowired
    ApiKeys keys;

    @Autowired
    @Qualifier("requestMappingHandlerMapping")
    RequestMappingHandlerMapping mapping;

    private Http http;
    private String own;
    private String other;
    private String otherKey;
    private String[] operator;

    @BeforeEach
    void two_tenants() {
        http = new Http(port, "");
        own = tenants.fresh();
        other = tenants.fresh();
        otherKey = key(other, Role.VIEWER).key().keyId();
        operator = bearer(key("_system", Role.OPERATOR).text());
    }

    @ParameterizedTest
    @EnumSource(names = {"VIEWER", "SUBMITTER", "TENANT_ADMIN"})
    void another_tenants_is_answered_like_nobodys_in_whatever_letters_and_written_down_as_such(Role role) {
        String[] caller = bearer(key(own, role).text());
        String before = ofOther();
        int asked = 0;
        for (Call call : calls()) {
            String plain = plain(send(call, call.path().replace(OF_A_TENANT, "/v1/tenants/nobody"), caller));
            assertThat(plain).startsWith("404").contains("there is no such tenant");
            asked++;
            for (String letters : List.of("/v1/%74enants/" + other, "/%761/tenants/" + other, encoded(other))) {
                Answer answer = send(call, call.path().replace(OF_A_TENANT, letters), caller);
                assertThat(plain(answer)).as(call + " as " + letters).isEqualTo(plain);
                asked++;
            }
        }
        assertThat(asked).isGreaterThanOrEqualTo(40);
        assertThat(mismatches(own)).isEqualTo(asked);
        assertThat(mismatches(other)).isZero();
        assertThat(ofOther()).isEqualTo(before);
    }

    @Test
    void an_operator_acts_for_no_other_tenant_than_it_named() {
        String before = ofOther();
        String[] forOwn = {operator[0], operator[1], "tenant", own};
        for (Call call : calls()) {
            for (String letters : List.of("/v1/%74enants/" + other, encoded(other))) {
                Answer answer = send(call, call.path().replace(OF_A_TENANT, letters), forOwn);
                assertThat(answer.status()).as(call + " as " + letters).isIn(400, 404);
            }
        }
        assertThat(ofOther()).isEqualTo(before);
        assertThat(mismatches(own) + mismatches("_system"))
                .as("it may name any")
                .isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"/v1/%74enants", "/v1/tenant%73", "/%761/tenants"})
    void the_list_of_all_is_no_tenants(String path) {
        assertThat(http.get("/v1/tenants", operator).status()).isEqualTo(200);
        assertThat(http.get(path, operator).code()).isEqualTo("tenant_required");
        assertThat(http.get(path, operator[0], operator[1], "tenant", own).code())
                .isEqualTo("not_found");
        assertThat(http.get(path, bearer(key(own, Role.TENANT_ADMIN).text())).code())
                .isEqualTo("forbidden");
    }

    private List<Call> calls() {
        List<Call> calls = new ArrayList<>();
        mapping.getHandlerMethods().forEach((info, method) -> {
            for (String path : info.getPatternValues()) {
                for (RequestMethod verb : info.getMethodsCondition().getMethods()) {
                    if (path.startsWith(OF_A_TENANT)) {
                        calls.add(new Call(verb.name(), path));
                    }
                }
            }
        });
        assertThat(calls).hasSizeGreaterThanOrEqualTo(11);
        return calls;
    }

    private Answer send(Call call, String path, String... headers) {
        byte[] body = call.method().equals("GET") ? new byte[0] : "{}".getBytes(StandardCharsets.UTF_8);
        String filled = path.replace("{version}", "1").replace("{key_id}", otherKey);
        return http.send(call.method(), filled, body, headers);
    }

    /** All that there is of it, as an operator sees it. */
    private String ofOther() {
        StringBuilder all = new StringBuilder();
        for (String rest : List.of("", "/policies", "/api-keys")) {
            all.append(http.get("/v1/tenants/" + other + rest, operator).text());
        }
        return all.toString();
    }

    private static int mismatches(String tenant) {
        return TestDatabase.asSuperuser("accepting")
                .sql("SELECT count(*) FROM audit_entry WHERE tenant_id = :tenant AND action = 'tenant.name'"
                        + " AND outcome = 'REFUSED' AND code = 'tenant_mismatch'")
                .param("tenant", tenant)
                .query(Integer.class)
                .single();
    }

    private static String encoded(String tenant) {
        String first = String.format(Locale.ROOT, "%%%02x", (int) tenant.charAt(0));
        return "/v1/tenants/" + first + tenant.substring(1);
    }

    private Created key(String tenant, Role role) {
        return (Created) runner.call(
                new TenantId(tenant),
                () -> keys.create(new ApiKeys.NewKey(role.word() + System.nanoTime(), role, null), Caller.SYSTEM));
    }

    private static String plain(Answer answer) {
        return answer.status() + answer.text().replaceAll("\"trace_id\":\"[0-9a-f]+\"", "");
    }

    private static String[] bearer(String token) {
        return new String[] {"Authorization", "Bearer " + token};
    }
}
