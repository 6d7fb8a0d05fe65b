package dev.taskorder.starter.webhook;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.http.HttpHeaders;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** Whom webhooks call: takes down what it was sent, and then does what a test wants. */
final class Receiver implements AutoCloseable {
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final CountDownLatch end = new CountDownLatch(1);
    private final Queue<Got> got = new ConcurrentLinkedQueue<>();
    private final HttpServer server;

    /** A call. */
    record Got(HttpHeaders headers, String body) {
        String header(String name) {
            return headers.firstValue(name).orElseThrow();
        }
    }

    private Receiver(HttpHandler then) {
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        server.setExecutor(threads);
        server.createContext("/", exchange -> {
            String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
            got.add(new Got(HttpHeaders.of(exchange.getRequestHeaders(), (name, value) -> true), body));
            then.handle(exchange);
            exchange.close();
        });
        server.start();
    }

    static Receiver doing(HttpHandler then) {
        return new Receiver(then);
    }

    static Receiver answering(int... statuses) {
        int[] next = {0};
        return new Receiver(exchange -> {
            int status;
            synchronized (next) {
                status = statuses[Math.min(next[0]++, statuses.length - 1)];
            }
            if (status / 100 == 3) {
                exchange.getResponseHeaders().set("Location", "/elsewhere");
            }
            exchange.sendResponseHeaders(status, -1);
        });
    }

    /** Takes a call and says nothing for as long as the test goes on. */
    static Receiver silent() {
        Receiver[] self = new Receiver[1];
        self[0] = new Receiver(exchange -> await(self[0].end));
        return self[0];
    }

    /** Answers 200 at once, and then more than anybody wants. */
    static Receiver endless() {
        return new Receiver(Receiver::pour);
    }

    private static void pour(HttpExchange exchange) throws IOException {
        exchange.sendResponseHeaders(200, 1L << 30);
        byte[] much = new byte[1 << 16];
        for (long sent = 0; sent < 1L << 30; sent += much.length) {
            exchange.getResponseBody().write(much);
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort() + "/hook";
    }

    List<Got> got() {
        return List.copyOf(got);
    }

    @Override
    public void close() {
        end.countDown();
        server.stop(0);
        threads.shutdownNow();
    }
}
