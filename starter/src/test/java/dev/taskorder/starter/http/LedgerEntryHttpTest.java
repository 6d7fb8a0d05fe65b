package dev.taskorder.starter.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.taskorder.activities.tenant.TenantTransactions;
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
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.databind.JsonNode;

/** Entries that callers write, over HTTP. */
@FullApplication
class LedgerEntryHttpTest {
    private static final String PATH = "/v1/ledger/entries";
    private static final String ENTRIES = """
            INSERT INTO ledger_entry (entry_id, task_id, attempt, phase, kind, debit_account, credit_account, amount, currency,
                   env, project_id)
            SELECT id, :task, 1, phase, kind, debit, credit, amount, 'USD', 'prod', 'p'
              FROM (VALUES ('held', 'HOLD', 'grant', 'held', 'wallet', 1.5),
                           ('free', 'POST', 'execution', 'spend:execution', 'wallet', 0))
                   AS v(id, phase, kind, debit, credit, amount)
            """;

    @LocalServerPort
    int port;

    @Autowired
    TestTenants tenants;

    @Autowired
    BackgroundRunner runner;

    @Autowired
    TenantTransactions transactions;

    @Autowired
    JdbcClient jdbc;

    private Http http;
    private String tenant;
    private String task;

    @BeforeEach
    void an_order() {
        tenant = tenants.fresh();
        http = new Http(port, tenant);
        task = http.post("/v1/task-orders", Bodies.orderUnder("k", "\"external_ref\":\"PO-1\""))
                .json()
                .path("task_id")
                .asString();
    }

    @Test
    void an_entry_is_written_once_and_the_same_again_is_answered_with_it() {
        Answer first = http.post(PATH, cost("e1", "1.50", "\"note\":\"invoice 7\""));
        Answer again = http.post(PATH, cost("e1", "1.5", "\"note\":\"invoice 7\""));

        assertThat(first.status()).as(first.text()).isEqualTo(201);
        JsonNode entry = first.json();
        assertThat(entry.path("created_at").asString()).endsWith("Z");
        assertThat(entry.path("amount").decimalValue()).isEqualByComparingTo("1.5");
        assertThat(entry.path("debit_account").asString()).isEqualTo("spend:manual");
        assertThat(entry.path("external_ref").asString()).isEqualTo("PO-1");
        assertThat(entry.path("note").asString()).isEqualTo("invoice 7");
        assertThat(again.status()).isEqualTo(200);
        assertThat(again.header("Idempotent-Replayed")).hasValue("true");
        assertThat(again.json()).isEqualTo(entry);
        assertThat(entries()).hasSize(1);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{'entry_id':'e1','task_id':'$','kind':'cost','amount':2,'currency':'USD'}",
                "{'entry_id':'e1','task_id':'$','kind':'refund','amount':1,'currency':'USD'}",
                "{'entry_id':'e1','task_id':'$','kind':'cost','amount':1,'currency':'EUR'}",
                "{'entry_id':'e1','task_id':'$','kind':'cost','amount':1,'currency':'USD','note':'x'}",
                "{'entry_id':'e1','reverses':'e1'}",
                "{'entry_id':'e1','reverses':'nothing'}"
            })
    void other_content_under_the_same_id_is_refused(String body) {
        http.post(PATH, cost("e1", "1"));

        assertRefused(http.post(PATH, json(body)), 409, "entry_id_reused", "/entry_id", 1);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{}                                                                           | /currency",
                "{'entry_id':'a:b','task_id':'$','kind':'cost','amount':1,'currency':'USD'}   | /entry_id",
                "{'entry_id':'','task_id':'$','kind':'cost','amount':1,'currency':'USD'}      | /entry_id",
                "{'entry_id':7,'task_id':'$','kind':'cost','amount':1,'currency':'USD'}       | /entry_id",
                "{'entry_id':'e','kind':'cost','amount':1,'currency':'USD'}                   | /task_id",
                "{'entry_id':'e','task_id':'1','kind':'cost','amount':1,'currency':'USD'}     | /task_id",
                "{'entry_id':'e','task_id':'$','amount':1,'currency':'USD'}                   | /kind",
                "{'entry_id':'e','task_id':'$','kind':'COST','amount':1,'currency':'USD'}     | /kind",
                "{'entry_id':'e','task_id':'$','kind':'cost','currency':'USD'}                | /amount",
                "{'entry_id':'e','task_id':'$','kind':'cost','amount':null,'currency':'USD'}  | /amount",
                "{'entry_id':'e','task_id':'$','kind':'cost','amount':0,'currency':'USD'}     | /amount",
                "{'entry_id':'e','task_id':'$','kind':'cost','amount':-1,'currency':'USD'}    | /amount",
                "{'entry_id':'e','task_id':'$','kind':'cost','amount':'1','currency':'USD'}   | /amount",
                "{'entry_id':'e','task_id':'$','kind':'cost','amount':'NaN','currency':'USD'} | /amount",
                "{'entry_id':'e','task_id':'$','kind':'cost','amount':0.0000001,'currency':'USD'}       | /amount",
                "{'entry_id':'e','task_id':'$','kind':'cost','amount':100000000000000,'currency':'USD'} | /amount",
                "{'entry_id':'e','task_id':'$','kind':'cost','amount':1e300,'currency':'USD'} | /amount",
                "{'entry_id':'e','task_id':'$','kind':'cost','amount':1,'currency':'usd'}     | /currency",
                "{'entry_id':'e','task_id':'$','kind':'cost','amount':1}                      | /currency",
                "{'entry_id':'e','task_id':'$','kind':'cost','amount':1,'currency':'USD','phase':'POST'} | /phase",
                "{'entry_id':'e','task_id':'$','kind':'cost','amount':1,'currency':'USD','memo':'x'}     | /memo",
                "{'entry_id':'e','task_id':'$','kind':'cost','amount':1,'currency':'USD','note':7}       | /note",
                "{'entry_id':'e','reverses':''}                                               | /reverses",
                "{'entry_id':'e','reverses':null}                                             | /reverses",
                "{'entry_id':'e','reverses':'x','amount':1}                                   | /amount"
            })
    void bad_input_is_told_with_its_pointer_and_nothing_is_written(String body, String pointer) {
        Answer answer = http.post(PATH, json(body));

        assertThat(answer.status()).as(answer.text()).isEqualTo(400);
        assertThat(answer.code()).isEqualTo("invalid_request");
        assertThat(answer.pointers()).contains(pointer);
        assertThat(body.equals("{}") || answer.pointers().size() == 1).isTrue();
        assertThat(entries()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "0, 0",
        "0.000, 0.000",
        "-1, -1",
        "-0.000001, -0.000001",
        "0.0000001, 0.0000001",
        "1e14, 100000000000000"
    })
    void what_is_no_amount_is_told_with_the_bounds_of_an_entry(String amount, String shown) {
        assertThat(http.post(PATH, cost("e", amount))
                        .json()
                        .at("/errors/0/message")
                        .asString())
                .isEqualTo("must be a number above 0 up to 99999999999999.999999 with at most 6 fraction digits, was "
                        + shown);
    }

    @Test
    void an_entry_that_cannot_be_taken_back_is_told_why() {
        runner.run(
                new TenantId(tenant),
                () -> transactions.run(() ->
                        jdbc.sql(ENTRIES).param("task", UUID.fromString(task)).update()));
        http.post(PATH, cost("costly", "1"));
        http.post(PATH, "{\"entry_id\":\"back\",\"reverses\":\"costly\"}");

        assertThat(reversing("free")).endsWith("whose amount is not 0, was one of 0: there is nothing to take back");
        assertThat(reversing("held"))
                .endsWith("of phase POST, was one of phase HOLD: what is set aside is settled by its order alone");
        assertThat(reversing("back"))
                .endsWith("was one of phase REVERSE: write what was taken back anew, under another entry_id");
    }

    @Test
    void the_refusal_of_an_amount_names_bound_and_value() {
        assertThat(http.post(PATH, cost("e", "100000000000000")).text())
                .contains("to 99999999999999.999999", "6 fraction digits", "was 100000000000000");
        assertThat(http.post(PATH, cost("e", "99999999999999.999999")).status()).isEqualTo(201);
        assertThat(http.post(PATH, cost("f", "99999999999999.999999")).status())
                .as("amounts have a bound, sums have none that they reach")
                .isEqualTo(201);
    }

    @Test
    void more_may_be_given_back_than_was_earned_here() {
        http.post(PATH, json("{'entry_id':'r','task_id':'$','kind':'revenue','amount':1,'currency':'USD'}"));

        assertThat(http.post(PATH, json("{'entry_id':'e','task_id':'$','kind':'refund','amount':5,'currency':'USD'}"))
                        .status())
                .isEqualTo(201);
        assertThat(http.get("/v1/task-orders/" + task + "/ledger").json().at("/totals/revenue"))
                .isEqualTo(Http.json("-4"));
    }

    @Test
    void another_currency_than_the_order_s_is_refused() {
        String body = json("{'entry_id':'e','task_id':'$','kind':'revenue','amount':1,'currency':'EUR'}");

        assertRefused(http.post(PATH, body), 422, "currency_mismatch", "/currency", 0);
    }

    @Test
    void an_entry_is_taken_back_whole_and_once() {
        http.post(PATH, cost("e1", "2"));
        String reversal = "{\"entry_id\":\"r1\",\"reverses\":\"e1\",\"note\":\"not ours\"}";

        Answer first = http.post(PATH, reversal);
        assertThat(first.status()).as(first.text()).isEqualTo(201);
        assertThat(first.json().path("phase").asString()).isEqualTo("REVERSE");
        assertThat(first.json().path("debit_account").asString()).isEqualTo("wallet");
        assertThat(first.json().path("credit_account").asString()).isEqualTo("spend:manual");
        assertThat(first.json().path("reverses").asString()).isEqualTo("e1");
        assertThat(http.post(PATH, reversal).status()).isEqualTo(200);

        Answer twice = http.post(PATH, "{\"entry_id\":\"r2\",\"reverses\":\"e1\"}");
        assertRefused(twice, 409, "illegal_transition", "/reverses", 2);
        assertRefused(
                http.post(PATH, "{\"entry_id\":\"r3\",\"reverses\":\"r1\"}"), 400, "invalid_request", "/reverses", 2);
    }

    @Test
    void another_tenant_s_order_or_entry_is_not_there() {
        http.post(PATH, cost("e1", "1"));
        Http other = new Http(port, tenants.fresh());

        assertSame(
                other.post(PATH, cost("x", "1")),
                other.post(PATH, cost("x", "1").replace(task, UUID.randomUUID().toString())));
        assertSame(
                other.post(PATH, "{\"entry_id\":\"x\",\"reverses\":\"e1\"}"),
                other.post(PATH, "{\"entry_id\":\"x\",\"reverses\":\"e2\"}"));
        assertThat(entries()).hasSize(1);
    }

    @Test
    void only_a_json_object_is_read() {
        assertThat(http.post(PATH, "").code()).isEqualTo("malformed_json");
        assertThat(http.post(PATH, "[]").code()).isEqualTo("invalid_request");
        assertThat(http.post(PATH, cost("e", "NaN")).code()).isEqualTo("malformed_json");
        assertThat(http.post(PATH, cost("e", "1"), "Content-Type", "text/csv").status())
                .isEqualTo(415);
        assertThat(http.post(PATH + "?dry=1", cost("e", "1")).pointers()).containsExactly("/dry");
        assertThat(entries()).isEmpty();
    }

    private void assertRefused(Answer answer, int status, String code, String pointer, int entriesThen) {
        assertThat(answer.status()).as(answer.text()).isEqualTo(status);
        assertThat(answer.code()).isEqualTo(code);
        assertThat(answer.pointers()).containsExactly(pointer);
        assertThat(entries()).hasSize(entriesThen);
    }

    private static void assertSame(Answer foreign, Answer missing) {
        assertThat(foreign.status()).isEqualTo(404).isEqualTo(missing.status());
        assertThat(foreign.json().path("detail")).isEqualTo(missing.json().path("detail"));
    }

    private String reversing(String entryId) {
        Answer answer = http.post(PATH, "{\"entry_id\":\"r\",\"reverses\":\"" + entryId + "\"}");
        assertRefused(answer, 400, "invalid_request", "/reverses", 4);
        return answer.json().at("/errors/0/message").asString();
    }

    private String cost(String id, String amount, String... members) {
        return "{\"entry_id\":\"" + id + "\",\"task_id\":\"" + task + "\",\"kind\":\"cost\",\"amount\":" + amount
                + ",\"currency\":\"USD\"" + (members.length == 0 ? "" : "," + String.join(",", members)) + "}";
    }

    private String json(String body) {
        return body.replace("'", "\"").replace("$", task);
    }

    private JsonNode entries() {
        return http.get("/v1/task-orders/" + task + "/ledger").json().path("items");
    }
}
