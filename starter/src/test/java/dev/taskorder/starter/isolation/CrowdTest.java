package dev.taskorder.starter.isolation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import dev.taskorder.starter.testing.Http;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A crowd that called nobody, or was answered by nobody, has not looked at anything: whoever relies on it hears of it. */
class CrowdTest {
    private static final int ENOUGH = 10;

    private final Planter.Planted one = new Planter.Planted(new Belongings(), "", "", "key-of-one");
    private final Planter.Planted other = new Planter.Planted(new Belongings(), "", "", "key-of-other");
    private final AtomicInteger asked = new AtomicInteger();
    private final Set<String> askers = ConcurrentHashMap.newKeySet();
    private HttpServer server;
    private volatile int status = 200;
    private volatile String answer = "{}";

    @BeforeEach
    void serve() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", call -> {
            asked.incrementAndGet();
            askers.add(String.valueOf(call.getRequestHeaders().getFirst("Authorization")));
            byte[] body = answer.getBytes(StandardCharsets.UTF_8);
            call.sendResponseHeaders(status, body.length);
            call.getResponseBody().write(body);
            call.close();
        });
        server.start();
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    @Test
    void who_was_answered_often_enough_found_nothing() {
        try (Crowd crowd = crowd()) {
            await().until(() -> asked.get() > 4 * ENOUGH && askers.size() == 2);
            assertThat(crowd.end(1)).isEmpty();
        }
        assertThat(askers).containsExactlyInAnyOrder("Bearer key-of-one", "Bearer key-of-other");
    }

    @Test
    void who_was_answered_less_often_than_is_asked_for_is_told_of() {
        try (Crowd crowd = crowd()) {
            await().until(() -> asked.get() > ENOUGH);
            assertThat(crowd.end(1_000_000)).hasSize(2).allMatch(said -> said.contains("and not 1000000"));
        }
    }

    @Test
    void who_reached_nobody_is_told_of() {
        server.stop(0);
        try (Crowd crowd = crowd()) {
            assertThat(crowd.end(1))
                    .filteredOn(said -> said.contains("0 good answers"))
                    .hasSize(2);
        }
    }

    @Test
    void a_call_that_nobody_answers_is_told_of_although_there_were_enough_before() {
        try (Crowd crowd = crowd()) {
            await().until(() -> asked.get() > ENOUGH && askers.size() == 2);
            server.stop(0);
            await().until(() -> crowd.found() > 0);
            assertThat(crowd.end(0)).isNotEmpty();
        }
    }

    @Test
    void a_refusal_is_no_good_answer() {
        status = 503;
        try (Crowd crowd = crowd()) {
            await().until(() -> asked.get() > ENOUGH && askers.size() == 2);
            assertThat(crowd.end(1))
                    .filteredOn(said -> said.contains("0 good answers"))
                    .hasSize(2);
        }
    }

    @Test
    void what_is_another_s_is_found() {
        answer = "{\"items\": [\"" + one.its().mark + "\"]}";
        try (Crowd crowd = crowd()) {
            await().until(() -> crowd.found() > 0);
            assertThat(crowd.end(0)).allMatch(said -> said.contains(one.its().mark));
        }
    }

    private Crowd crowd() {
        Sight sight = new Sight(new Belongings(), Set.of());
        return new Crowd(new Http(server.getAddress().getPort(), ""), sight, List.of(one, other));
    }
}
