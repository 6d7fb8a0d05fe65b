package dev.taskorder.activities.executor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import dev.taskorder.activities.outbound.OutboundHttp;
import dev.taskorder.activities.outbound.UrlGuard;
import dev.taskorder.api.execution.ExecutionResult;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SyntheticMonitorExecutorTest {
    private final SyntheticMonitorExecutor executor = new SyntheticMonitorExecutor(new UrlGuard(true));
    private final AtomicInteger redirectFollowed = new AtomicInteger();
    private final CountDownLatch arrived = new CountDownLatch(1);
    private final CountDownLatch released = new CountDownLatch(1);
    private HttpServer server;

    @BeforeEach
    void serve() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(Executors.newCachedThreadPool());
        answer("/ok", 200, "hello world");
        answer("/missing", 404, "gone");
        answer("/target", 200, "followed");
        server.createContext("/redirect", exchange -> {
            exchange.getResponseHeaders().add("Location", "/target");
            exchange.sendResponseHeaders(302, -1);
            exchange.close();
        });
        server.createContext("/method", exchange -> {
            byte[] body = exchange.getRequestMethod().getBytes();
            exchange.sendResponseHeaders(200, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        server.createContext("/endless", exchange -> {
            exchange.sendResponseHeaders(200, 0);
            byte[] block = new byte[8192];
            try (OutputStream body = exchange.getResponseBody()) {
                while (released.getCount() > 0) {
                    body.write(block);
                }
            }
        });
        server.createContext("/silent", exchange -> {
            arrived.countDown();
            try {
                released.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            exchange.close();
        });
        server.start();
    }

    @AfterEach
    void stop() {
        released.countDown();
        server.stop(0);
        executor.close();
    }

    @Test
    void a_page_as_expected_is_ok_with_what_was_seen() throws Exception {
        ExecutionResult result =
                run(Map.of("url", url("/ok"), "expect_body_contains", "lo wo", "max_latency_ms", 10_000));
        assertThat(result.resultCode()).isEqualTo("OK");
        assertThat(result.output())
                .containsEntry("status", 200)
                .containsEntry("bytes", 11)
                .containsKey("latency_ms")
                .doesNotContainKey("tls_expires_at");
    }

    @Test
    void another_status_than_200_can_be_expected() throws Exception {
        assertThat(run(Map.of("url", url("/missing"), "expect_status", 404)).resultCode())
                .isEqualTo("OK");
    }

    @Test
    void the_method_is_sent() throws Exception {
        assertThat(run(Map.of("url", url("/method"), "method", "DELETE", "expect_body_contains", "DELETE"))
                        .resultCode())
                .isEqualTo("OK");
    }

    @ParameterizedTest
    @CsvSource({"expect_status, 201, status is 200", "expect_body_contains, bye, body does not contain 'bye'"})
    void what_is_not_as_expected_is_a_soft_fail_that_says_so(String key, String expected, String words)
            throws Exception {
        Object value = key.equals("expect_status") ? (Object) Integer.valueOf(expected) : expected;
        ExecutionResult result = run(Map.of("url", url("/ok"), key, value));
        assertThat(result.resultCode()).isEqualTo("SOFT_FAIL");
        assertThat(result.resultMessage()).startsWith(words);
        assertThat(result.output()).containsEntry("status", 200);
    }

    @Test
    void redirects_are_reported_and_not_followed() throws Exception {
        ExecutionResult result = run(Map.of("url", url("/redirect"), "expect_status", 302));
        assertThat(result.resultCode()).isEqualTo("OK");
        assertThat(redirectFollowed).hasValue(0);
    }

    @Test
    void a_body_without_an_end_is_read_to_the_limit() throws Exception {
        assertThat(run(Map.of("url", url("/endless"))).output()).containsEntry("bytes", OutboundHttp.BODY_BYTES_MAX);
    }

    @Test
    void a_refused_connection_is_a_soft_fail() throws Exception {
        String url = url("/ok");
        server.stop(0);
        ExecutionResult result = run(Map.of("url", url));
        assertThat(result.resultCode()).isEqualTo("SOFT_FAIL");
        assertThat(result.resultMessage()).startsWith("no answer: ");
    }

    @Test
    void outside_local_mode_loopback_is_never_connected_to() throws Exception {
        try (SyntheticMonitorExecutor strict = new SyntheticMonitorExecutor(new UrlGuard(false))) {
            ExecutionResult result = strict.execute(
                    Requests.withInput(Map.of("url", url("/silent").replace("http:", "https:"))),
                    new Requests.Remembering());
            assertThat(result.resultCode()).isEqualTo("SOFT_FAIL");
            assertThat(arrived.getCount()).isEqualTo(1);
        }
    }

    @Test
    void an_interrupt_takes_the_exchange_down() throws Exception {
        AtomicReference<Thread> thread = new AtomicReference<>();
        CompletableFuture<ExecutionResult> result = CompletableFuture.supplyAsync(() -> {
            thread.set(Thread.currentThread());
            try {
                return run(Map.of("url", url("/silent")));
            } catch (InterruptedException e) {
                throw new IllegalStateException("interrupted as expected", e);
            }
        });
        assertThat(arrived.await(10, TimeUnit.SECONDS)).isTrue();
        thread.get().interrupt();
        assertThatThrownBy(() -> result.get(5, TimeUnit.SECONDS))
                .isInstanceOf(ExecutionException.class)
                .hasMessageContaining("interrupted as expected");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            nullValues = "-",
            value = {
                "-      | -             | -   | input.url is required",
                "-      | url           | 1   | input.url must be a string; input.url is required",
                "/ok    | method        | HACK| input.method must be one of GET, HEAD, OPTIONS, POST, PUT, PATCH, DELETE",
                "/ok    | expect_status | 99  | input.expect_status must be 100..599, was 99"
            })
    void a_wrong_input_is_a_soft_fail_that_names_it(String path, String key, String value, String words)
            throws Exception {
        Map<String, Object> input = new LinkedHashMap<>();
        if (path != null) {
            input.put("url", url(path));
        }
        if (key != null) {
            input.put(key, value.matches("\\d+") ? (Object) Integer.valueOf(value) : value);
        }
        assertThat(run(input)).isEqualTo(ExecutionResult.of("SOFT_FAIL", words));
    }

    private ExecutionResult run(Map<String, Object> input) throws InterruptedException {
        return executor.execute(Requests.withInput(input), new Requests.Remembering());
    }

    private String url(String path) {
        return "http://127.0.0.1:" + server.getAddress().getPort() + path;
    }

    private void answer(String path, int status, String body) {
        server.createContext(path, exchange -> {
            if (path.equals("/target")) {
                redirectFollowed.incrementAndGet();
            }
            exchange.sendResponseHeaders(status, body.length());
            exchange.getResponseBody().write(body.getBytes());
            exchange.close();
        });
    }
}
