package dev.taskorder.starter.devserver;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.taskorder.starter.testing.TestDatabase;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.springframework.jdbc.core.simple.JdbcClient;

/** What was done outside, one row each time, in a table of a database that nobody kills. */
final class Effects implements AutoCloseable {
    private static final int OK = 200;

    private final JdbcClient table = TestDatabase.asSuperuser("postgres");
    private final ScheduledExecutorService threads = Executors.newScheduledThreadPool(8);
    private final HttpServer server;

    /** One that was done, and how often under this token. */
    record Effect(UUID token, UUID task, int attempt, int times) {}

    Effects() throws IOException {
        table.sql("DROP TABLE IF EXISTS effect").update();
        table.sql("CREATE TABLE effect (token uuid NOT NULL, task uuid NOT NULL, attempt int NOT NULL)")
                .update();
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(threads);
        server.createContext("/", this::work);
        server.start();
    }

    String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort() + "/";
    }

    List<Effect> all() {
        return table.sql("SELECT token, task, attempt, count(*) AS times FROM effect GROUP BY token, task, attempt")
                .query(Effect.class)
                .list();
    }

    /** Done at once, and told after as long as the work is to take. */
    private void work(HttpExchange exchange) throws IOException {
        String[] work = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8).split(" ");
        table.sql("INSERT INTO effect VALUES (?, ?, ?)")
                .param(UUID.fromString(work[0]))
                .param(UUID.fromString(work[1]))
                .param(Integer.valueOf(work[2]))
                .update();
        var unused = threads.schedule(() -> answer(exchange), Long.parseLong(work[3]), TimeUnit.MILLISECONDS);
    }

    private static void answer(HttpExchange exchange) {
        try (exchange) {
            exchange.sendResponseHeaders(OK, -1);
        } catch (IOException whoAskedIsGone) {
            // it was killed meanwhile
        }
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
