package dev.taskorder.starter.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.taskorder.starter.testing.FullApplication;
import dev.taskorder.starter.testing.Http;
import dev.taskorder.starter.testing.Http.Answer;
import dev.taskorder.starter.testing.TestTenants;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;

@FullApplication
class BudgetHttpTest {
    private static final String AMOUNT =
            "must be a number from 0 to 99999999999999.999999 with at most 6 fraction digits, was ";

    @LocalServerPort
    int port;

    @Autowired
    TestTenants tenants;

    private String tenant;
    private Http http;

    @BeforeEach
    void call_as_a_tenant_of_its_own() {
        tenant = tenants.fresh();
        http = new Http(port, tenant);
    }

    @Test
    void a_new_budget_is_answered_with_201_and_its_address() {
        Answer created = http.put("/v1/budgets/project/acme-shop", budget("500.5", "USD", "total"));

        assertThat(created.status()).isEqualTo(201);
        assertThat(created.header("Location")).hasValue("/v1/budgets/project/acme-shop?env=prod");
        assertThat(created.json().toString())
                .isEqualTo("{\"scope\":\"project\",\"id\":\"acme-shop\",\"env\":\"prod\",\"limit\":500.5,"
                        + "\"currency\":\"USD\",\"period\":\"total\",\"posted\":0,\"held\":0,\"overrun\":0,"
                        + "\"remaining\":500.5,\"period_start\":null,\"period_end\":null}");
        assertThat(http.get("/v1/budgets/project/acme-shop?env=prod").json()).isEqualTo(created.json());
        assertThat(http.get(created.header("Location").orElseThrow()).json()).isEqualTo(created.json());
    }

    @Test
    void a_budget_that_is_replaced_is_answered_with_200() {
        http.put("/v1/budgets/project/acme-shop", budget("500", "USD", "total"));
        Answer replaced = http.put("/v1/budgets/project/acme-shop", budget("20", "EUR", "month"));

        assertThat(replaced.status()).isEqualTo(200);
        assertThat(replaced.json().path("limit").asInt()).isEqualTo(20);
        assertThat(replaced.json().path("currency").asString()).isEqualTo("EUR");
        ZonedDateTime start =
                Instant.parse(replaced.json().path("period_start").asString()).atZone(ZoneOffset.UTC);
        assertThat(start.getDayOfMonth()).isEqualTo(1);
        assertThat(Instant.parse(replaced.json().path("period_end").asString()))
                .isEqualTo(start.plusMonths(1).toInstant());
    }

    @Test
    void the_tenants_own_budget_has_the_tenants_id_and_each_env_has_one() {
        assertThat(http.put("/v1/budgets/tenant/" + tenant, budget("1", "USD", "day"))
                        .status())
                .isEqualTo(201);
        assertThat(http.put("/v1/budgets/tenant/" + tenant + "?env=sandbox", budget("2", "USD", "day"))
                        .status())
                .isEqualTo(201);

        assertThat(http.get("/v1/budgets/tenant/" + tenant).json().path("limit").asInt())
                .isEqualTo(1);
        assertThat(http.get("/v1/budgets/tenant/" + tenant + "?env=sandbox")
                        .json()
                        .path("limit")
                        .asInt())
                .isEqualTo(2);
    }

    @Test
    void the_budget_of_another_tenant_is_none() {
        String other = tenants.fresh();
        new Http(port, other).put("/v1/budgets/tenant/" + other, budget("1", "USD", "day"));
        new Http(port, other).put("/v1/budgets/project/acme-shop", budget("1", "USD", "day"));

        assertNone(http.get("/v1/budgets/tenant/" + other));
        assertNone(http.put("/v1/budgets/tenant/" + other, budget("2", "USD", "day")));
        assertNone(http.put("/v1/budgets/tenant/nobody", budget("2", "USD", "day")));
        assertNone(http.get("/v1/budgets/project/acme-shop"));
        assertNone(http.get("/v1/budgets/tenant/" + tenant));
    }

    @Test
    void an_env_that_the_policy_does_not_allow_has_no_new_budget() {
        Answer refused = http.put("/v1/budgets/project/p?env=moon", budget("1", "USD", "day"));

        assertThat(refused.status()).isEqualTo(403);
        assertThat(refused.code()).isEqualTo("not_allowed_by_policy");
        assertThat(refused.pointers()).containsExactly("/env");
        assertNone(http.get("/v1/budgets/project/p?env=moon"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "-0.000001 | -0.000001",
                "0.0000001 | 0.0000001",
                "100000000000000 | 100000000000000",
                "\"5\" | '''5'''",
                "true | true"
            })
    void a_limit_that_is_no_amount_is_refused(String limit, String shown) {
        assertRefused(http.put("/v1/budgets/project/p", budget(limit, "USD", "day")), "/limit", AMOUNT + shown);
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "0.000001", "99999999999999.999999"})
    void a_limit_at_its_bounds_is_taken(String limit) {
        assertThat(http.put("/v1/budgets/project/p", budget(limit, "USD", "day"))
                        .status())
                .isEqualTo(201);
    }

    @Test
    void what_is_no_number_of_json_is_no_body() {
        Answer refused = http.put("/v1/budgets/project/p", budget("NaN", "USD", "day"));

        assertThat(refused.status()).isEqualTo(400);
        assertThat(refused.code()).isEqualTo("malformed_json");
    }

    @Test
    void an_unknown_period_or_currency_is_refused() {
        assertRefused(
                http.put("/v1/budgets/project/p", budget("1", "USD", "week")),
                "/period",
                "must be one of total, month, day, was 'week'");
        assertRefused(
                http.put("/v1/budgets/project/p", budget("1", "usd", "day")),
                "/currency",
                "must be 3 to 5 capital letters, was 'usd'");
    }

    @Test
    void everything_that_is_wrong_with_a_budget_is_told_at_once() {
        Answer refused = http.put("/v1/budgets/project/p", "{\"posted\":1,\"more\":1}");

        assertThat(refused.pointers()).containsExactlyInAnyOrder("/posted", "/more", "/limit", "/currency", "/period");
        assertThat(refused.text()).contains("is set by the server and cannot be sent", "is not a known field");
    }

    @Test
    void an_unknown_scope_or_parameter_or_a_bad_id_or_env_is_refused() {
        assertRefused(http.get("/v1/budgets/team/p"), "/scope", "must be one of tenant, project, was 'team'");
        assertRefused(http.get("/v1/budgets/project/p?page=1"), "/page", "is not a known query parameter; known: env");
        assertRefused(http.get("/v1/budgets/project/p?env=PROD"), "/env", "starting with a letter, was 'PROD'");
        assertRefused(http.get("/v1/budgets/project/a%20b"), "/id", ", was 'a b'");
    }

    private static void assertRefused(Answer refused, String pointer, String words) {
        assertThat(refused.status()).as(refused.text()).isEqualTo(400);
        assertThat(refused.code()).isEqualTo("invalid_request");
        assertThat(refused.pointers()).containsExactly(pointer);
        assertThat(refused.json().at("/errors/0/message").asString()).contains(words);
    }

    private static void assertNone(Answer answer) {
        assertThat(answer.status()).isEqualTo(404);
        assertThat(answer.code()).isEqualTo("not_found");
    }

    private static String budget(String limit, String currency, String period) {
        return "{\"limit\":" + limit + ",\"currency\":\"" + currency + "\",\"period\":\"" + period + "\"}";
    }
}
