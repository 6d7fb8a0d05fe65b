package dev.taskorder.starter.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.taskorder.api.tenant.TenantContext;
import dev.taskorder.api.tenant.TenantId;
import dev.taskorder.starter.rate.RateConfiguration;
import dev.taskorder.starter.temporal.Backlogs;
import dev.taskorder.starter.testing.Bodies;
import dev.taskorder.starter.testing.Http;
import dev.taskorder.starter.testing.Http.Answer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.test.context.TestPropertySource;

/** A tenant with a backlog that creates more, over HTTP. */
@HttpLayer
@Import({RateConfiguration.class, HeldBackTest.Loud.class})
@TestPropertySource(properties = "taskorder.rates.enabled=true")
class HeldBackTest {
    private static final String PATH = "/v1/task-orders";
    private static final TenantId LOUD = new TenantId("tenant_a");
    private static final int CALLERS = 20;

    static class Loud {
        @Bean
        Backlogs backlogs() {
            return LOUD::equals;
        }
    }

    @LocalServerPort
    int port;

    @Autowired
    FakePorts.Memory memory;

    private final ExecutorService callers = Executors.newFixedThreadPool(CALLERS);
    private final CountDownLatch creating = new CountDownLatch(1);

    @AfterEach
    void send_the_callers_home() {
        memory.failure = () -> null;
        creating.countDown();
        callers.shutdown();
    }

    @Test
    void an_answer_that_waits_for_the_end_of_its_order_holds_up_no_create() {
        Http loud = new Http(port, LOUD.value());
        CompletableFuture<Answer> waiting =
                later(() -> loud.post(PATH, Bodies.orderUnder("waits"), "Prefer", "wait=20"));
        await().until(() -> loud.get(PATH).json().path("items").size() == 1);

        assertThat(loud.post(PATH, Bodies.orderUnder("comes")).status()).isEqualTo(201);

        assertThat(waiting).isNotDone();
        waiting.cancel(true);
    }

    @Test
    void a_create_that_fails_gives_its_turn_back() {
        Http loud = new Http(port, LOUD.value());
        memory.failure = () -> new IllegalStateException("on purpose");
        assertThat(loud.post(PATH, Bodies.orderUnder("fails")).status()).isEqualTo(500);
        assertThat(loud.post(PATH, "{}").status()).isEqualTo(400);
        memory.failure = () -> null;
        assertThat(loud.post(PATH, Bodies.orderUnder("after it")).status()).isEqualTo(201);
    }

    @Test
    void of_very_many_at_a_time_some_are_told_to_come_again_and_nobody_else_is_kept_waiting() {
        CountDownLatch begun = new CountDownLatch(1);
        memory.failure = () -> {
            if (TenantContext.required().equals(LOUD)) {
                begun.countDown();
                join(creating);
            }
            return null;
        };
        Http loud = new Http(port, LOUD.value());
        CompletableFuture<Answer> first = later(() -> loud.post(PATH, Bodies.orderUnder("first")));
        join(begun);
        List<CompletableFuture<Answer>> many = IntStream.range(0, 19)
                .mapToObj(i -> later(() -> loud.post(PATH, Bodies.orderUnder("many-" + i))))
                .toList();
        await().atMost(Duration.ofSeconds(10))
                .until(() -> many.stream().filter(CompletableFuture::isDone).count() == 3);

        assertThat(new Http(port, "tenant_b")
                        .post(PATH, Bodies.orderUnder("quiet"))
                        .status())
                .isEqualTo(201);

        creating.countDown();
        assertThat(first.join().status()).isEqualTo(201);
        List<Answer> answers = many.stream().map(CompletableFuture::join).toList();
        assertThat(answers.stream().filter(answer -> answer.status() == 201)).hasSize(16);
        assertThat(answers.stream().filter(answer -> answer.status() != 201))
                .hasSize(3)
                .allSatisfy(refused -> {
                    assertThat(refused.status()).isEqualTo(429);
                    assertThat(refused.code()).isEqualTo("rate_limited");
                    assertThat(refused.header("Retry-After")).contains("1");
                    assertThat(refused.json().path("detail").asString()).contains("wait to be started", "repeat");
                });
    }

    private CompletableFuture<Answer> later(Supplier<Answer> call) {
        return CompletableFuture.supplyAsync(call, callers);
    }

    private static void join(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
