package dev.taskorder.starter.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.test.web.server.LocalManagementPort;
import org.springframework.boot.test.web.server.LocalServerPort;

/** What is refused before any controller is asked says which part of the request is to blame. */
@HttpLayer
class RefusedEarlyTest {
    private static final String TENANT = "\r\ntenant: tenant_a";
    private static final String LOCAL = "\r\nHost: localhost" + TENANT;

    @LocalServerPort
    int port;

    @LocalManagementPort
    int managementPort;

    @ParameterizedTest
    @CsvSource({
        "/v1/task-orders/%zz,      /url, path that cannot be decoded",
        "/v1/task-orders/%00,      /url, path that cannot be decoded",
        "/v1/assets/a%2Fb,         /url, path that cannot be decoded",
        "/v1/assets/a;v=2,         /url, must not hold ';' in its path",
        "/v1/task-orders;a=b,      /url, must not hold ';' in its path",
        "/v1/task-orders?env=%zz,  /url, query that cannot be decoded",
        "/v1/task-orders?env=[a]|, /url, must be percent-encoded"
    })
    void an_address_that_cannot_be_read(String path, String pointer, String words) throws IOException {
        assertInvalid(Raw.send(port, "GET " + path + " HTTP/1.1" + LOCAL), pointer, words);
    }

    @Test
    void a_head_that_is_too_large_is_told_the_limit() throws IOException {
        String much = "x".repeat(20_000);
        String words = "must have at most 8192 bytes together";
        assertInvalid(Raw.send(port, "GET /v1/task-orders?env=" + much + " HTTP/1.1" + LOCAL), "/url", words);
        assertInvalid(Raw.send(port, "GET /v1/task-orders HTTP/1.1" + LOCAL + "\r\nX: " + much), "/url", words);
    }

    @ParameterizedTest
    @CsvSource({"8191, 200", "8192, 200", "8193, 400"})
    void the_bytes_of_a_head(int bytes, int status) throws IOException {
        String head = "GET /v1/task-orders HTTP/1.1" + LOCAL + "\r\nX: ";
        String pad = "x".repeat(bytes - head.length() - Raw.END.length());

        Raw answer = Raw.send(port, head + pad);

        assertThat(answer.status()).as(answer.answer()).isEqualTo(status);
        if (status != 200) {
            // how much more would be known only after reading it
            assertInvalid(answer, "/url", "and the headers must have at most 8192 bytes together");
        }
    }

    @Test
    void the_host_must_be_there_once() throws IOException {
        String words = "must be there once";
        assertInvalid(Raw.send(port, "GET /v1/task-orders HTTP/1.1" + TENANT), "/Host", words);
        assertInvalid(Raw.send(port, "GET /v1/task-orders HTTP/1.1" + LOCAL + LOCAL), "/Host", words);
    }

    @Test
    void a_version_or_a_framing_that_is_not_known_is_the_callers_mistake() throws IOException {
        assertInvalid(Raw.send(port, "GET /v1/task-orders HTTP/9.9" + LOCAL), "/version", "must be HTTP/1.1");
        assertInvalid(
                Raw.send(port, "POST /v1/task-orders HTTP/1.1" + LOCAL + "\r\nTransfer-Encoding: rot13"),
                "/Transfer-Encoding",
                "must be chunked");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"localhost", "LOCALHOST:8080", "taskorder.localhost", "127.0.0.1", "127.1.2.3:1", "[::1]:8080"})
    void every_name_of_this_machine_is_served(String host) throws IOException {
        String head = "GET /v1/task-orders HTTP/1.1" + TENANT + "\r\nHost: " + host + "\r\nOrigin: http://" + host;
        assertThat(Raw.send(port, head).status()).isEqualTo(200);
    }

    @ParameterizedTest
    @CsvSource({
        "evil.example:8080,       http://localhost",
        "localhost.evil.example,  http://localhost",
        "127.0.0.1.evil.example,  http://localhost",
        "10.0.0.1,                http://localhost",
        "localhost,               http://evil.example",
        "localhost,               http://localhost.evil.example:8080",
        "localhost,               null"
    })
    void a_page_of_somebody_else_reaches_nothing(String host, String origin) throws IOException {
        String headers = TENANT + "\r\nHost: " + host + "\r\nOrigin: " + origin;
        assertForbidden(Raw.send(port, "POST /v1/task-orders HTTP/1.1" + headers));
        assertForbidden(Raw.send(port, "GET /swagger-ui.html HTTP/1.1" + headers));
        assertForbidden(Raw.send(managementPort, "GET /actuator/health HTTP/1.1" + headers));
    }

    @ParameterizedTest
    @CsvSource({
        "GET,     /v1/nothere,     404",
        "GET,     /v1/task-orders/x/nothere, 404",
        "DELETE,  /v1/task-orders, 405",
        "OPTIONS, /v1/task-orders, 200",
        "GET,     /v1/task-orders, 400"
    })
    void what_is_not_served_is_told_so_without_a_tenant(String method, String path, int status) throws IOException {
        assertThat(Raw.send(port, method + " " + path + " HTTP/1.1\r\nHost: localhost")
                        .status())
                .isEqualTo(status);
    }

    private static void assertForbidden(Raw answer) {
        assertThat(answer.status()).as(answer.answer()).isEqualTo(403);
        assertThat(answer.problem().path("code").asString()).isEqualTo("forbidden");
        assertThat(answer.problem().at("/errors/0/pointer").asString()).isIn("/Host", "/Origin");
        assertThat(answer.problem().path("trace_id").asString()).matches("[0-9a-f]{32}");
    }

    private static void assertInvalid(Raw answer, String pointer, String words) {
        assertThat(answer.status()).as(answer.answer()).isEqualTo(400);
        assertThat(answer.problem().path("code").asString()).isEqualTo("invalid_request");
        assertThat(answer.problem().at("/errors/0/pointer").asString())
                .as(answer.answer())
                .isEqualTo(pointer);
        assertThat(answer.problem().path("detail").asString()).contains(words);
    }
}
