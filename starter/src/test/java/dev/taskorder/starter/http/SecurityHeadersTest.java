package dev.taskorder.starter.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalManagementPort;
import org.springframework.boot.test.web.server.LocalServerPort;

/** Every answer tells browsers what not to do with it; no page of others and no proxy is believed unless it is named. */
@HttpLayer
class SecurityHeadersTest {
    private static final String LOCAL = "\r\nHost: localhost\r\ntenant: tenant_a";

    @LocalServerPort
    int port;

    @LocalManagementPort
    int managementPort;

    @Autowired
    FakePorts.Memory memory;

    @ParameterizedTest
    @CsvSource({
        "GET,     /v1/task-orders,          200",
        "GET,     /v1/task-orders/x,        400",
        "GET,     /v1/assets/none,          404",
        "GET,     /nothing,                 404",
        "DELETE,  /v1/task-orders,          405",
        "GET,     /v3/api-docs,             200",
        "GET,     /v1/task-orders/%zz,      400",
        "GET,     /v1/task-orders?env=[a]|, 400"
    })
    void an_answer_of_ours_or_of_the_container(String method, String path, int status) throws IOException {
        Raw answer = Raw.send(port, method + " " + path + " HTTP/1.1" + LOCAL);

        assertThat(answer.status()).isEqualTo(status);
        assertThat(answer.answer())
                .contains("X-Content-Type-Options: nosniff\r\n")
                .contains("X-Frame-Options: DENY\r\n")
                .contains("Referrer-Policy: no-referrer\r\n")
                .contains("Cross-Origin-Resource-Policy: same-origin\r\n")
                .contains("Content-Security-Policy: default-src 'none'; frame-ancestors 'none'\r\n")
                .contains("Cache-Control: no-store\r\n")
                .doesNotContain("Strict-Transport-Security", "Server:", "X-Powered-By");
    }

    @Test
    void an_answer_of_the_management_port() throws IOException {
        assertThat(Raw.send(managementPort, "GET /actuator/health HTTP/1.1\r\nHost: localhost")
                        .answer())
                .contains("X-Content-Type-Options: nosniff\r\n", "Content-Security-Policy: default-src 'none'");
    }

    @Test
    void the_page_of_the_document_may_run_its_own_scripts_and_no_others() throws IOException {
        assertThat(Raw.send(port, "GET /swagger-ui/index.html HTTP/1.1" + LOCAL).answer())
                .contains("Content-Security-Policy: default-src 'self'; ")
                .doesNotContain("<script>", "script-src");
    }

    @Test
    void a_page_of_another_origin_is_told_nothing() throws IOException {
        Raw preflight = Raw.send(
                port,
                "OPTIONS /v1/assets/a1 HTTP/1.1" + LOCAL
                        + "\r\nOrigin: https://console.example\r\nAccess-Control-Request-Method: PUT");

        assertThat(preflight.status()).isEqualTo(403);
        assertThat(preflight.answer()).doesNotContain("Access-Control-Allow");
    }

    @Test
    void what_a_caller_says_of_where_it_comes_from_is_not_believed() throws IOException {
        memory.acts.clear();
        String asset = "{\"env\":\"prod\",\"sku_category\":\"C\",\"sku_code\":\"c\",\"unit_cost\":1}";
        Raw answer = Raw.send(
                port,
                "PUT /v1/assets/a1 HTTP/1.1" + LOCAL
                        + "\r\nX-Forwarded-For: 192.0.2.9\r\nForwarded: for=192.0.2.9\r\nX-Forwarded-Proto: https"
                        + "\r\nContent-Type: application/json\r\nContent-Length: " + asset.length(),
                asset);

        assertThat(answer.answer()).doesNotContain("Strict-Transport-Security");
        assertThat(memory.acts).extracting(act -> act.origin().remoteAddress()).containsExactly("127.0.0.1");
    }
}
