package dev.taskorder.trials;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class WireClientTest {
    private static final int CHUNKED = 0;

    private final AtomicInteger answered = new AtomicInteger();
    private HttpServer server;

    @BeforeEach
    void startServer() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(Executors.newFixedThreadPool(4));
        server.createContext(
                "/echo",
                exchange -> answer(exchange, 201, exchange.getRequestBody().readAllBytes(), false));
        server.createContext(
                "/chunks",
                exchange -> answer(exchange, 200, "x".repeat(100_000).getBytes(StandardCharsets.UTF_8), true));
        server.createContext(
                "/tenant",
                exchange -> answer(
                        exchange,
                        200,
                        exchange.getRequestHeaders().getFirst("tenant").getBytes(StandardCharsets.UTF_8),
                        false));
        server.createContext(
                "/refused", exchange -> answer(exchange, 500, "no".getBytes(StandardCharsets.UTF_8), false));
        server.start();
    }

    @AfterEach
    void stopServer() {
        server.stop(0);
    }

    @Test
    void one_connection_carries_many_requests() throws IOException {
        try (WireClient wire = new WireClient(server.getAddress().getPort(), "tenant_a")) {
            WireClient.Answer first = wire.post("/echo", "{\"ü\": 1}".getBytes(StandardCharsets.UTF_8));
            assertThat(first.status()).isEqualTo(201);
            assertThat(first.text()).isEqualTo("{\"ü\": 1}");
            assertThat(wire.get("/chunks").text()).hasSize(100_000);
            assertThat(wire.get("/tenant").text()).isEqualTo("tenant_a");
        }
    }

    @Test
    void a_load_counts_what_was_answered() throws Exception {
        Load.Result result = load("/echo").asFastAsItGoes(Duration.ofSeconds(1));
        assertThat(result.millis().size()).isEqualTo(answered.get());
        assertThat(result.perSecond()).hasSize(1);
    }

    @Test
    void a_paced_load_keeps_its_pace() throws Exception {
        Load.Result result = load("/echo").paced(50, Duration.ofSeconds(1));
        assertThat(result.millis().size()).isEqualTo(answered.get()).isBetween(50, 51);
    }

    @Test
    void a_load_that_is_refused_is_no_measurement() {
        assertThatThrownBy(() -> load("/refused").asFastAsItGoes(Duration.ofSeconds(1)))
                .isInstanceOf(IOException.class)
                .hasRootCauseMessage("answered 500: no");
    }

    private Load load(String path) {
        return new Load(server.getAddress().getPort(), path, () -> new byte[] {'{', '}'}, 2);
    }

    private void answer(HttpExchange exchange, int status, byte[] body, boolean chunked) throws IOException {
        exchange.sendResponseHeaders(status, chunked ? CHUNKED : body.length);
        try (OutputStream out = exchange.getResponseBody()) {
            out.write(body);
        }
        answered.incrementAndGet();
    }
}
