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
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.databind.JsonNode;

/** The ledger's lists and summaries over HTTP, in JSON and in CSV. */
@FullApplication
class LedgerReportsTest {
    private static final String ENTRIES = """
            INSERT INTO ledger_entry (entry_id, task_id, attempt, phase, kind, debit_account, credit_account, amount, currency,
                   env, project_id, sku_category, sku_code, note, created_at)
            SELECT id, :task::uuid, attempt, phase, kind, debit, credit, amount, 'USD', 'prod', 'p', category, sku, note, at::timestamptz
              FROM (VALUES ('e1', 1, 'HOLD', 'grant', 'held', 'wallet', 1.5, NULL, NULL, NULL, '2026-03-01T10:00:00Z'),
                           ('e2', 1, 'POST', 'lease', 'spend:lease:C', 'held', 1.25, 'C', 'c.one', NULL, '2026-03-01T11:00:00Z'),
                           ('e3', NULL, 'POST', 'sale', 'wallet', 'revenue:sale', 50, NULL, NULL, '=1+1, "so"', '2026-03-02T10:00:00.5Z'))
                   AS v(id, attempt, phase, kind, debit, credit, amount, category, sku, note, at)
            """;
    private static final String HEADER =
            "entry_id,task_id,idempotency_key,external_ref,env,project_id,attempt,phase,kind,debit_account,"
                    + "credit_account,amount,currency,lease_id,sku_category,sku_code,reverses,note,created_at\r\n";

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
    private String task;

    @BeforeEach
    void an_order_with_entries() {
        String tenant = tenants.fresh();
        http = new Http(port, tenant);
        task = http.post(
                        "/v1/task-orders",
                        Bodies.orderUnder("=cmd", "\"external_ref\":\"-7\"", "\"business_value_hint\":40"))
                .json()
                .path("task_id")
                .asString();
        runner.run(
                new TenantId(tenant),
                () -> transactions.run(
                        () -> jdbc.sql(ENTRIES).param("task", task).update()));
    }

    @Test
    void an_order_s_totals_tell_what_was_promised_and_what_came_of_it() {
        JsonNode totals = http.get("/v1/task-orders/" + task + "/ledger").json().path("totals");

        assertThat(totals)
                .isEqualTo(
                        Http.json(
                                "{\"cost\":1.25,\"revenue\":50,\"margin\":48.75,\"held\":0.25,\"overrun\":0,"
                                        + "\"promised_value\":40,\"promised_return\":38.75,\"realised_return\":48.75,\"currency\":\"USD\"}"));
    }

    @Test
    void entries_as_csv_are_all_of_them_and_no_cell_is_a_formula() {
        Answer answer = http.get("/v1/ledger/entries", "Accept", "text/csv");

        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.header("Content-Type")).hasValue("text/csv;charset=UTF-8");
        assertThat(answer.text()).isEqualTo(HEADER + """
                e3,$,'=cmd,'-7,prod,p,,POST,sale,wallet,revenue:sale,50,USD,,,,,"'=1+1, ""so""\",2026-03-02T10:00:00.500000Z
                e2,$,'=cmd,'-7,prod,p,1,POST,lease,spend:lease:C,held,1.25,USD,,C,c.one,,,2026-03-01T11:00:00.000000Z
                e1,$,'=cmd,'-7,prod,p,1,HOLD,grant,held,wallet,1.5,USD,,,,,,2026-03-01T10:00:00.000000Z
                """.replace("$", task).replace("\n", "\r\n"));
    }

    @Test
    void an_order_s_entries_as_csv_are_the_same_lines_oldest_first() {
        String all = http.get("/v1/ledger/entries", "Accept", "text/csv").text();
        String ofOrder = http.get("/v1/task-orders/" + task + "/ledger", "Accept", "text/csv")
                .text();

        assertThat(ofOrder).startsWith(HEADER + "e1,").hasSameSizeAs(all);
        assertThat(ofOrder.split("\r\n")).containsExactlyInAnyOrder(all.split("\r\n"));
    }

    @Test
    void a_summary_is_the_same_in_json_and_in_csv() {
        String path = "/v1/ledger/summary?group_by=day,sku_category&from=2026-03-01T00:00:00Z&to=2026-03-03T00:00:00Z";
        JsonNode json = http.get(path).json();

        assertThat(json).isEqualTo(Http.json("""
                {"items": [
                 {"sku_category": "C", "day": "2026-03-01", "cost": 1.25, "revenue": 0, "margin": -1.25, "held": 0, "overrun": 0,
                  "orders": 1, "promised_value": 40, "promised_return": 38.75, "realised_return": -1.25, "succeeded": 0,
                  "success_rate": null, "cost_per_success": null, "currency": "USD"},
                 {"sku_category": null, "day": "2026-03-01", "cost": 0, "revenue": 0, "margin": 0, "held": 0.25, "overrun": 0,
                  "orders": 1, "promised_value": 40, "promised_return": 40, "realised_return": 0, "succeeded": 0,
                  "success_rate": null, "cost_per_success": null, "currency": "USD"},
                 {"sku_category": null, "day": "2026-03-02", "cost": 0, "revenue": 50, "margin": 50, "held": 0, "overrun": 0,
                  "orders": 1, "promised_value": 40, "promised_return": 40, "realised_return": 50, "succeeded": 0,
                  "success_rate": null, "cost_per_success": null, "currency": "USD"}]}"""));
        assertThat(http.get(path, "Accept", "text/csv").text()).isEqualTo("""
                sku_category,day,cost,revenue,margin,held,overrun,orders,promised_value,promised_return,realised_return,succeeded,success_rate,cost_per_success,currency
                C,2026-03-01,1.25,0,-1.25,0,0,1,40,38.75,-1.25,0,,,USD
                ,2026-03-01,0,0,0,0.25,0,1,40,40,0,0,,,USD
                ,2026-03-02,0,50,50,0,0,1,40,40,50,0,,,USD
                """.replace("\n", "\r\n"));
    }

    @Test
    void what_is_held_is_below_0_where_the_hold_lies_before_the_period_and_right_where_nothing_does() {
        String held = "/v1/ledger/summary?group_by=project_id";

        assertThat(http.get(held + "&from=2026-03-01T10:30:00Z").json().at("/items/0/held"))
                .isEqualTo(Http.json("-1.25"));
        assertThat(http.get(held + "&to=2026-03-01T10:30:00Z").json().at("/items/0/held"))
                .isEqualTo(Http.json("1.5"));
        assertThat(http.get(held).json().at("/items/0/held")).isEqualTo(Http.json("0.25"));
    }

    @ParameterizedTest
    @CsvSource({
        "text/csv,                             text/csv",
        "'text/csv;charset=utf-8',             text/csv",
        "text/*,                               text/csv",
        "'application/json;q=0.5, text/csv',   text/csv",
        "'text/csv, */*',                      text/csv",
        "'text/csv;q=0.5, application/json',   application/json",
        "'text/csv, application/json',         text/csv",
        "*/*,                                  application/json"
    })
    void who_prefers_csv_gets_csv(String accepted, String given) {
        for (String path : new String[] {"entries", "summary?group_by=day"}) {
            assertThat(http.get("/v1/ledger/" + path, "Accept", accepted).header("Content-Type"))
                    .hasValueSatisfying(type -> assertThat(type).startsWith(given));
        }
    }

    @ParameterizedTest
    @CsvSource({
        "entries?env=PROD,                                                          /env",
        "entries?task=x,                                                            /task",
        "entries?task_id=x,                                                         /task_id",
        "entries?project=a%20b,                                                     /project",
        "entries?project=a&project_id=a,                                            /project_id",
        "entries?category=,                                                         /category",
        "entries?account=,                                                          /account",
        "entries?account=a*b,                                                       /account",
        "entries?account=spend:**,                                                  /account",
        "entries?from=yesterday,                                                    /from",
        "entries?to=2026-03-01,                                                     /to",
        "entries?from=2026-03-02T00:00:00Z&to=2026-03-01T00:00:00Z,                 /to",
        "entries?limit=0,                                                           /limit",
        "entries?limit=201,                                                         /limit",
        "entries?cursor=x,                                                          /cursor",
        "entries?sku=x,                                                             /sku",
        "entries?env=prod&env=prod,                                                 /env",
        "summary,                                                                   /group_by",
        "summary?group_by=,                                                         /group_by",
        "summary?group_by=asset_id,                                                 /group_by",
        "'summary?group_by=day,',                                                   /group_by",
        "'summary?group_by=day,day',                                                /group_by",
        "summary?group_by=DAY,                                                      /group_by",
        "summary?group_by=day&group_by=env,                                         /group_by",
        "summary?group_by=day&from=2026-03-02T00:00:00Z&to=2026-03-01T23:59:59Z,    /to",
        "summary?group_by=day&account=held,                                         /account",
        "summary?group_by=day&limit=1,                                              /limit",
        "summary?group_by=day&task_type=a*,                                         /task_type"
    })
    void bad_input_is_told_with_its_pointer(String query, String pointer) {
        for (String accept : new String[] {"application/json", "text/csv"}) {
            Answer answer = http.get("/v1/ledger/" + query, "Accept", accept);
            assertThat(answer.status()).as(answer.text()).isEqualTo(400);
            assertThat(answer.code()).isEqualTo("invalid_request");
            assertThat(answer.pointers()).containsExactly(pointer);
        }
    }

    @Test
    void pages_are_for_json_and_other_types_for_nobody() {
        Answer csv = http.get("/v1/ledger/entries?limit=1", "Accept", "text/csv");
        assertThat(csv.status()).isEqualTo(400);
        assertThat(csv.pointers()).containsExactly("/limit");
        assertThat(csv.text()).contains("is for JSON, which comes in pages: CSV is all that match");
        assertThat(http.get("/v1/ledger/entries?limit=1&cursor=x", "Accept", "text/csv")
                        .pointers())
                .containsExactlyInAnyOrder("/limit", "/cursor");
        assertThat(http.get("/v1/ledger/entries", "Accept", "text/html").status())
                .isEqualTo(406);
        assertThat(http.get("/v1/ledger/summary?group_by=day&from=2026-03-01T00:00:00Z&to=2026-03-01T00:00:00Z")
                        .json()
                        .path("items"))
                .as("a period of no length")
                .isEmpty();
    }

    @Test
    void pages_go_on_where_the_last_one_ended() {
        JsonNode first = http.get("/v1/ledger/entries?project_id=p&limit=2").json();
        JsonNode second = http.get("/v1/ledger/entries?project=p&limit=2&cursor="
                        + first.path("next_cursor").asString())
                .json();

        assertThat(first.path("items"))
                .extracting(entry -> entry.path("entry_id").asString())
                .containsExactly("e3", "e2");
        assertThat(second.path("items"))
                .extracting(entry -> entry.path("entry_id").asString())
                .containsExactly("e1");
        assertThat(second.path("next_cursor").isNull()).isTrue();
    }

    @Test
    void a_star_in_the_middle_of_an_account_is_refused_and_says_where_it_may_stand() {
        assertThat(http.get("/v1/ledger/entries?account=a*b").text())
                .contains("and a '*' at its end, 1 to 256 characters, was 'a*b'");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "&project=q", "&project=p&env=prod", "&project=p&account=held"})
    void pages_do_not_go_on_under_another_filter(String filter) {
        String cursor = http.get("/v1/ledger/entries?project=p&limit=2")
                .json()
                .path("next_cursor")
                .asString();

        Answer other = http.get("/v1/ledger/entries?limit=2" + filter + "&cursor=" + cursor);

        assertThat(other.status()).isEqualTo(400);
        assertThat(other.pointers()).containsExactly("/cursor");
        assertThat(other.text())
                .contains("must come with the path and the filter of the page that it was in, was '")
                .contains("send those with it, or ask for the first page again");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "entries",
                "entries?task=$",
                "entries?project=p",
                "entries?account=held",
                "entries?category=C",
                "summary?group_by=project_id",
                "summary?group_by=day,sku_code&project=p",
            })
    void to_another_tenant_there_is_nothing_of_it(String path) {
        Http other = new Http(port, tenants.fresh());
        String asked = "/v1/ledger/" + path.replace("$", task);

        assertThat(http.get(asked).json().path("items")).isNotEmpty();
        assertThat(other.get(asked).json().path("items")).isEmpty();
        assertThat(other.get(asked, "Accept", "text/csv").text().split("\r\n")).hasSize(1);
    }

    @Test
    void a_cursor_of_another_tenant_or_list_is_refused_and_its_order_s_ledger_is_not_there() {
        Http other = new Http(port, tenants.fresh());
        String cursor = http.get("/v1/ledger/entries?limit=1")
                .json()
                .path("next_cursor")
                .asString();

        assertThat(other.get("/v1/ledger/entries?cursor=" + cursor).pointers()).containsExactly("/cursor");
        assertThat(http.get("/v1/leases?cursor=" + cursor).pointers()).containsExactly("/cursor");
        for (String accept : new String[] {"application/json", "text/csv"}) {
            Answer foreign = other.get("/v1/task-orders/" + task + "/ledger", "Accept", accept);
            Answer missing = other.get("/v1/task-orders/" + UUID.randomUUID() + "/ledger", "Accept", accept);
            assertThat(foreign.status()).isEqualTo(404).isEqualTo(missing.status());
            assertThat(foreign.json().path("detail")).isEqualTo(missing.json().path("detail"));
        }
    }
}
