package dev.taskorder.starter.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.taskorder.starter.testing.Bodies;
import dev.taskorder.starter.testing.FullApplication;
import dev.taskorder.starter.testing.Http;
import dev.taskorder.starter.testing.Http.Answer;
import dev.taskorder.starter.testing.TestTenants;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import tools.jackson.databind.JsonNode;

/** Callers who wait for the end of an order; here, where no Temporal is, one ends by being cancelled. */
@FullApplication
class WaitTest {
    /** More than the server has threads (64) and the pool has connections (16). */
    private static final int CALLERS = 80;

    @LocalServerPort
    int port;

    @Autowired
    TestTenants tenants;

    private final ExecutorService callers = Executors.newFixedThreadPool(CALLERS);
    private Http http;

    @BeforeEach
    void call_as_a_tenant_of_its_own() {
        http = new Http(port, tenants.fresh());
    }

    @AfterEach
    void send_them_home() {
        callers.shutdownNow();
    }

    @Test
    void the_answer_comes_after_the_seconds_with_the_order_as_it_is() {
        long begin = System.nanoTime();
        Answer created = http.post("/v1/task-orders", Bodies.order(), "Prefer", "wait=1");
        Duration waited = Duration.ofNanos(System.nanoTime() - begin);

        assertThat(created.status()).isEqualTo(201);
        assertThat(statusOf(created)).isEqualTo("PENDING");
        assertThat(created.header("ETag")).hasValue("\"1\"");
        assertThat(created.header("Location"))
                .hasValue("/v1/task-orders/" + created.json().path("task_id").asString());
        assertThat(waited).isBetween(Duration.ofSeconds(1), Duration.ofSeconds(5));
        Answer got = http.get(created.header("Location").orElseThrow() + "?wait=1", "If-None-Match", "\"1\"");
        assertThat(got.status()).as("nothing has changed").isEqualTo(304);
    }

    @Test
    void more_callers_wait_than_there_are_threads_and_connections_and_each_is_answered_when_its_order_ends() {
        List<CompletableFuture<Answer>> waiting = new ArrayList<>();
        for (int i = 0; i < CALLERS; i++) {
            waiting.add(later(() -> http.post("/v1/task-orders", Bodies.order(), "Prefer", "wait=25")));
        }
        List<String> orders = await().atMost(Duration.ofSeconds(20)).until(this::orders, all -> all.size() == CALLERS);
        assertThat(waiting).noneMatch(CompletableFuture::isDone);

        List<CompletableFuture<Answer>> cancels = orders.stream()
                .map(id -> CompletableFuture.supplyAsync(() -> http.post("/v1/task-orders/" + id + "/cancel", "")))
                .toList();

        assertThat(cancels).allMatch(cancel -> cancel.join().status() == 202);
        assertThat(waiting).allSatisfy(caller -> {
            assertThat(caller.join().status()).isEqualTo(201);
            assertThat(statusOf(caller.join())).isEqualTo("CANCELLED");
        });
    }

    @Test
    void a_repeat_waits_for_the_order_that_was_there_first() {
        String body = Bodies.order();
        String id = http.post("/v1/task-orders", body).json().path("task_id").asString();
        CompletableFuture<Answer> repeat = later(() -> http.post("/v1/task-orders", body, "Prefer", "wait=25"));
        CompletableFuture<Answer> look = later(() -> http.get("/v1/task-orders/" + id + "?wait=25"));

        http.post("/v1/task-orders/" + id + "/cancel", "");

        assertThat(repeat.join().status()).isEqualTo(200);
        assertThat(repeat.join().header("Idempotent-Replayed")).hasValue("true");
        assertThat(statusOf(repeat.join())).isEqualTo("CANCELLED");
        assertThat(statusOf(look.join())).isEqualTo("CANCELLED");
    }

    @Test
    void nobody_waits_for_an_order_of_another_tenant() {
        String id = http.post("/v1/task-orders", Bodies.order())
                .json()
                .path("task_id")
                .asString();
        Answer foreign = new Http(port, tenants.fresh()).get("/v1/task-orders/" + id + "?wait=60");
        assertThat(foreign.status()).isEqualTo(404);
    }

    @ParameterizedTest
    @ValueSource(strings = {"respond-async", "wait=0", "respond-async, wait=0;x=y, wait=60", "WAIT = \"0\""})
    void of_all_preferences_only_the_first_wait_counts(String prefer) {
        assertThat(http.post("/v1/task-orders", Bodies.order(), "Prefer", prefer)
                        .status())
                .isEqualTo(201);
    }

    private CompletableFuture<Answer> later(java.util.function.Supplier<Answer> call) {
        return CompletableFuture.supplyAsync(call, callers);
    }

    private List<String> orders() {
        List<String> ids = new ArrayList<>();
        JsonNode items = http.get("/v1/task-orders?limit=200").json().path("items");
        items.forEach(order -> ids.add(order.path("task_id").asString()));
        return ids;
    }

    private static String statusOf(Answer answer) {
        return answer.json().path("status").asString();
    }
}
