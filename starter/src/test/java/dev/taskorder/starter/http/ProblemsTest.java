package dev.taskorder.starter.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.taskorder.api.principal.KeyText;
import dev.taskorder.api.tenant.TenantId;
import dev.taskorder.starter.testing.Http;
import dev.taskorder.starter.testing.Http.Answer;
import java.io.IOException;
import java.lang.reflect.UndeclaredThrowableException;
import java.security.SecureRandom;
import java.sql.SQLException;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.catalina.connector.ClientAbortException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.dao.QueryTimeoutException;
import org.springframework.http.converter.HttpMessageNotWritableException;
import org.springframework.transaction.CannotCreateTransactionException;
import org.springframework.web.context.request.async.AsyncRequestNotUsableException;

/** Whatever refuses a request, and wherever, the caller gets a problem document. */
@HttpLayer
@ExtendWith(OutputCaptureExtension.class)
class ProblemsTest {
    private static final String ORDER =
            "{\"idempotency_key\":\"k\",\"project_id\":\"p\",\"env\":\"prod\",\"task_type\":\"T\"}";

    @LocalServerPort
    int port;

    @Autowired
    FakePorts.Memory memory;

    private Http http;

    @BeforeEach
    void call_as_a_tenant() {
        http = new Http(port, "tenant_a");
    }

    @AfterEach
    void mend() {
        memory.failure = () -> null;
    }

    @ParameterizedTest
    @CsvSource({
        "GET,    /nothing,                    404, not_found",
        "GET,    /v1/nothing,                 404, not_found",
        "GET,    /error,                      404, not_found",
        "DELETE, /v1/task-orders,             405, method_not_allowed",
        "PATCH,  /v1/assets,                  405, method_not_allowed",
        "POST,   /v1/leases,                  405, method_not_allowed",
        "GET,    /v1/task-orders/abc,         400, invalid_request",
        "GET,    /v1/task-orders/1-1-1-1-1,   400, invalid_request",
        "GET,    /v1/task-orders?limit=%ff,   400, invalid_request",
        "GET,    /v1/task-orders/%00,         400, invalid_request",
        "GET,    /v1/task-orders?limit=1&limit=2, 400, invalid_request",
        "GET,    /v1/assets/a%20b,            400, invalid_request"
    })
    void every_refusal_of_the_framework_is_a_problem_document(String method, String path, int status, String code) {
        assertIsProblem(http.send(method, path, new byte[0]), status, code);
    }

    @Test
    void wrong_media_types_are_refused_both_ways() {
        assertIsProblem(http.get("/v1/task-orders", "Accept", "text/html"), 406, "not_acceptable");
        assertIsProblem(
                http.post("/v1/task-orders", ORDER, "Content-Type", "text/plain"), 415, "unsupported_media_type");
        assertIsProblem(
                http.post("/v1/task-orders", ORDER, "Content-Type", "multipart/form-data; boundary=x"),
                415,
                "unsupported_media_type");
        assertIsProblem(http.post("/v1/task-orders", ORDER, "Content-Encoding", "gzip"), 415, "unsupported_media_type");
        assertThat(http.post("/v1/task-orders", ORDER, "Content-Type", "application/json;charset=UTF-8")
                        .status())
                .isIn(200, 201);
    }

    @ParameterizedTest
    @ValueSource(strings = {"utf-16", "iso-8859-1", "utf-8"})
    void a_charset_in_accept_changes_nothing_for_json_has_but_one(String charset) {
        String order = ORDER.replace("\"k\"", "\"ключ-" + charset + "\"");
        String[] accept = {"Accept", "application/json;charset=" + charset};

        Answer created = http.post("/v1/task-orders", order, accept);

        assertThat(created.status()).as(created.text()).isEqualTo(201);
        assertThat(created.json().path("idempotency_key").asString()).isEqualTo("ключ-" + charset);
        assertThat(http.get("/v1/task-orders", accept).status()).isEqualTo(200);
    }

    @Test
    void an_order_whose_answer_is_not_accepted_is_not_stored() {
        int before = memory.orders.size();
        assertIsProblem(http.post("/v1/task-orders", ORDER, "Accept", "text/html"), 406, "not_acceptable");
        assertIsProblem(http.post("/v1/task-orders", ORDER, "Accept", "a/b;charset=nope"), 406, "not_acceptable");
        assertThat(memory.orders).hasSize(before);
    }

    @Test
    void a_type_that_is_wrong_is_not_called_encoded() {
        assertThat(http.post("/v1/task-orders", ORDER, "Content-Type", "text/plain")
                        .json()
                        .path("detail")
                        .asString())
                .isEqualTo("the body must be application/json, was 'text/plain'");
        assertThat(http.post("/v1/task-orders", ORDER, "Content-Encoding", "gzip")
                        .json()
                        .path("detail")
                        .asString())
                .contains("must not be encoded", "'gzip'");
    }

    @Test
    void a_client_that_went_away_is_nobodys_fault(CapturedOutput log) {
        Set<String> servedBy = ConcurrentHashMap.newKeySet();
        memory.failure = () -> {
            servedBy.add(asInTheLog(Thread.currentThread()));
            return new HttpMessageNotWritableException(
                    "Could not write JSON", new ClientAbortException(new IOException("Broken pipe")));
        };
        http.post("/v1/task-orders", ORDER);
        memory.failure = () -> {
            servedBy.add(asInTheLog(Thread.currentThread()));
            return new UndeclaredThrowableException(
                    new AsyncRequestNotUsableException("ServletOutputStream failed to flush"));
        };
        http.post("/v1/task-orders", ORDER);

        assertThat(servedBy).isNotEmpty();
        // what tests beside this one log is theirs
        assertThat(log.getAll().lines().filter(line -> servedBy.stream().anyMatch(line::contains)))
                .noneMatch(line -> line.contains(" WARN ") || line.contains(" ERROR "));
    }

    /** The last fifteen characters of its name, in brackets. */
    private static String asInTheLog(Thread thread) {
        String name = thread.getName();
        return name.substring(Math.max(0, name.length() - 15)) + "]";
    }

    @Test
    void what_a_method_may_be_is_told() {
        assertThat(http.send("DELETE", "/v1/task-orders", new byte[0])
                        .header("Allow")
                        .orElseThrow())
                .contains("GET", "POST");
    }

    @Test
    void an_exhausted_pool_is_unavailable_and_says_when_to_come_back() {
        memory.failure = () -> new CannotCreateTransactionException(
                "Could not open JDBC Connection", new SQLException("HikariPool-1 - Connection is not available"));

        Answer answer = http.post("/v1/task-orders", ORDER);

        assertIsProblem(answer, 503, "unavailable");
        assertThat(answer.header("Retry-After")).hasValue("1");
        assertThat(answer.text()).doesNotContain("Hikari", "JDBC");
    }

    @Test
    void a_slow_database_is_unavailable() {
        memory.failure = () -> new QueryTimeoutException("SELECT secret FROM table");

        Answer answer = http.get("/v1/task-orders/" + UUID.randomUUID());

        assertIsProblem(answer, 503, "unavailable");
        assertThat(answer.text()).doesNotContain("SELECT");
    }

    @Test
    void a_key_that_cannot_be_looked_up_is_not_called_wrong() {
        String key = KeyText.make(new TenantId("tenant_a"), new SecureRandom()).text();
        memory.failure = () -> new CannotCreateTransactionException("Could not open JDBC Connection");
        Answer away = http.get("/v1/task-orders", "Authorization", "Bearer " + key);
        assertIsProblem(away, 503, "unavailable");
        assertThat(away.header("Retry-After")).hasValue("1");
        assertThat(away.header("WWW-Authenticate")).isEmpty();

        memory.failure = () -> new IllegalStateException("class Foo");
        assertIsProblem(http.get("/v1/task-orders", "Authorization", "Bearer " + key), 500, "internal_error");
    }

    @Test
    void a_fault_of_ours_tells_nothing_but_its_trace() {
        memory.failure = () -> new IllegalStateException("constraint task_order_pkey of class Foo");

        Answer answer = http.post("/v1/task-orders", ORDER);

        assertIsProblem(answer, 500, "internal_error");
        assertThat(answer.text()).doesNotContain("task_order_pkey", "Foo", "Exception");
    }

    @Test
    void the_callers_trace_is_in_the_problem_and_handed_on() {
        String trace = "0af7651916cd43dd8448eb211c80319c";
        String traceparent = "00-" + trace + "-b7ad6b7169203331-01";

        Answer refused = http.get("/v1/nothing", "traceparent", traceparent);
        http.post("/v1/task-orders", ORDER, "traceparent", traceparent);

        assertThat(refused.json().path("trace_id").asString()).isEqualTo(trace);
        assertThat(memory.callers)
                .last()
                .satisfies(caller -> assertThat(caller.traceparent()).isEqualTo(traceparent))
                .satisfies(caller -> assertThat(caller.actor()).isEqualTo("operator"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "nonsense",
                "00-00000000000000000000000000000000-b7ad6b7169203331-01",
                "00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01",
                "ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
                "00-0AF7651916CD43DD8448EB211C80319C-b7ad6b7169203331-01"
            })
    void without_a_well_formed_trace_one_begins_here(String traceparent) {
        Answer refused = http.get("/v1/nothing", "traceparent", traceparent);
        http.post("/v1/task-orders", ORDER, "traceparent", traceparent);

        assertThat(refused.json().path("trace_id").asString()).matches("[0-9a-f]{32}");
        assertThat(traceparent).doesNotContain(refused.json().path("trace_id").asString());
        assertThat(memory.callers).last().satisfies(caller -> assertThat(caller.traceparent())
                .matches("00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-01")
                .isNotEqualTo(traceparent));
    }

    @ParameterizedTest
    @CsvSource({"'',        400, tenant_required", "Tenant,    400, invalid_request", "nobody,    403, tenant_unknown"})
    void a_tenant_is_required_well_formed_and_known(String tenant, int status, String code) {
        Answer answer = new Http(port, tenant).get("/v1/task-orders");

        assertIsProblem(answer, status, code);
        assertThat(answer.pointers()).containsExactly("/tenant");
        assertThat(answer.json().path("detail").asString())
                .contains(tenant.isEmpty() ? "is required, as a header" : "'" + tenant + "'");
    }

    @ParameterizedTest
    @CsvSource({"suspended, tenant_suspended", "expired, tenant_expired"})
    void work_does_not_begin_for_a_tenant_that_is_not_active_but_reading_goes_on(String tenant, String code) {
        Http caller = new Http(port, tenant);

        assertIsProblem(caller.post("/v1/task-orders", ORDER), 403, code);
        assertIsProblem(caller.post("/v1/task-orders/batch", "{\"task_orders\":[" + ORDER + "]}"), 403, code);
        assertThat(caller.get("/v1/task-orders").status()).isEqualTo(200);
        assertIsProblem(caller.post("/v1/task-orders/" + UUID.randomUUID() + "/cancel", ""), 404, "not_found");
    }

    @Test
    void an_inactive_tenant_is_told_so_before_its_body_is_looked_at() {
        assertIsProblem(new Http(port, "suspended").post("/v1/task-orders", "{"), 403, "tenant_suspended");
    }

    @ParameterizedTest
    @CsvSource({
        "400, /url,            GET /v1/task-orders/{} HTTP/1.1\\r\\nHost: localhost",
        "400, /url,            GET /v1/\u0001 HTTP/1.1\\r\\nHost: localhost",
        "400, /url,            GET /v1/task-orders/%zz HTTP/1.1\\r\\nHost: localhost",
        "400, /url,            GET /v1/task-orders/%ff HTTP/1.1\\r\\nHost: localhost",
        "400, /url,            GET /v1//task-orders HTTP/1.1\\r\\nHost: localhost",
        "400, /url,            GET /v1/./assets HTTP/1.1\\r\\nHost: localhost",
        "400, /url,            GET /v1/x/%2e%2e/assets HTTP/1.1\\r\\nHost: localhost",
        "400, /url,            GET /v1/task-orders%0a HTTP/1.1\\r\\nHost: localhost",
        "400, /url,            GET /v1/assets HTTP/1.1\\r\\nHost: localhost\\r\\nContent-Length: 1\\r\\nContent-Length: 2",
        "400, /url,            GET /v1/task-orders HTTP/1.1\\r\\nHost: a b",
        "400, /Host,           GET /v1/task-orders HTTP/1.1\\r\\nHost: a\\r\\nHost: b",
        "400, /Expect,         GET /v1/assets HTTP/1.1\\r\\nHost: localhost\\r\\nExpect: xyz",
        "400, /version,        GET /v1/assets HTTP/3.7\\r\\nHost: localhost",
        "405, ,                TRACE /v1/task-orders HTTP/1.1\\r\\nHost: localhost"
    })
    void even_what_the_container_cannot_read_is_answered_with_a_problem_that_names_the_part(
            int status, String pointer, String request) throws IOException {
        Raw answer = Raw.send(port, request.replace("\\r\\n", "\r\n"));

        assertThat(answer.status()).as(answer.answer()).isEqualTo(status);
        assertThat(answer.answer())
                .contains(
                        "application/problem+json", "\"trace_id\":\"", "\"code\":\"", "X-Content-Type-Options: nosniff")
                .doesNotContain("Tomcat", "<html");
        if (pointer != null) {
            assertThat(answer.problem().path("errors").path(0).path("pointer").asString())
                    .isEqualTo(pointer);
        }
    }

    @Test
    void a_body_whose_chunks_cannot_be_told_apart_is_refused_as_a_body() throws IOException {
        Raw answer = Raw.send(
                port,
                "POST /v1/task-orders HTTP/1.1\r\nHost: localhost\r\ntenant: tenant_a\r\nContent-Type: application/json"
                        + "\r\nTransfer-Encoding: chunked",
                "zz\r\n{}\r\n0\r\n\r\n");

        assertThat(answer.status()).as(answer.answer()).isEqualTo(400);
        assertThat(answer.problem().path("errors").path(0).path("message").asString())
                .as(answer.answer())
                .contains("chunk");
    }

    private static void assertIsProblem(Answer answer, int status, String code) {
        assertThat(answer.status()).as(answer.text()).isEqualTo(status);
        assertThat(answer.header("Content-Type")).hasValue("application/problem+json");
        assertThat(answer.json().path("status").asInt()).isEqualTo(status);
        assertThat(answer.code()).isEqualTo(code);
        assertThat(answer.json().path("type").asString()).isEqualTo("urn:taskorder:problem:" + code);
        assertThat(answer.json().path("title").asString()).isNotEmpty();
        assertThat(answer.json().path("detail").asString()).isNotEmpty();
        assertThat(answer.json().path("trace_id").asString()).matches("[0-9a-f]{32}");
    }
}
