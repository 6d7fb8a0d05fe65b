package dev.taskorder.starter.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.test.context.TestPropertySource;

/** Pages and proxies that settings name. */
@HttpLayer
@TestPropertySource(
        properties = {
            "taskorder.cors-allowed-origins=https://console.example, https://other.example",
            "taskorder.trusted-proxies=127.0.0.1"
        })
class TrustedEdgeTest {
    private static final String LOCAL = "\r\nHost: localhost\r\ntenant: tenant_a";
    private static final String ASSET = "{\"env\":\"prod\",\"sku_category\":\"C\",\"sku_code\":\"c\",\"unit_cost\":1}";

    @LocalServerPort
    int port;

    @Autowired
    FakePorts.Memory memory;

    @Test
    void a_page_that_is_named_may_ask_and_sees_what_it_needs() throws IOException {
        Raw preflight = Raw.send(
                port,
                "OPTIONS /v1/assets/a1 HTTP/1.1\r\nHost: localhost\r\nOrigin: https://console.example"
                        + "\r\nAccess-Control-Request-Method: PUT\r\nAccess-Control-Request-Headers: tenant");
        Raw asked = Raw.send(port, "GET /v1/assets HTTP/1.1" + LOCAL + "\r\nOrigin: https://console.example");
        Raw refused = Raw.send(port, "GET /v1/assets?x=1 HTTP/1.1" + LOCAL + "\r\nOrigin: https://console.example");

        assertThat(preflight.status()).isEqualTo(200);
        assertThat(preflight.answer())
                .contains("Access-Control-Allow-Origin: https://console.example")
                .doesNotContain("Access-Control-Allow-Credentials");
        assertThat(asked.answer())
                .contains("Access-Control-Allow-Origin: https://console.example")
                .contains("Access-Control-Expose-Headers: ETag");
        assertThat(refused.status()).isEqualTo(400);
        assertThat(refused.answer()).contains("Access-Control-Allow-Origin: https://console.example");
    }

    @Test
    void a_page_that_is_not_named_may_not() throws IOException {
        Raw asked = Raw.send(port, "GET /v1/assets HTTP/1.1" + LOCAL + "\r\nOrigin: https://evil.example");

        assertThat(asked.status()).isEqualTo(403);
        assertThat(asked.answer()).doesNotContain("Access-Control-Allow");
    }

    @Test
    void a_proxy_that_is_named_says_where_a_call_came_from_and_the_hop_before_it_is_not_believed() throws IOException {
        memory.acts.clear();
        Raw answer = Raw.send(
                port,
                "PUT /v1/assets/a1 HTTP/1.1" + LOCAL
                        + "\r\nX-Forwarded-For: 198.51.100.1, 192.0.2.9\r\nX-Forwarded-Proto: https"
                        + "\r\nContent-Type: application/json\r\nContent-Length: " + ASSET.length(),
                ASSET);

        assertThat(answer.status()).as(answer.answer()).isEqualTo(201);
        assertThat(answer.answer()).contains("Strict-Transport-Security: max-age=");
        assertThat(memory.acts).extracting(act -> act.origin().remoteAddress()).containsExactly("192.0.2.9");
    }
}
