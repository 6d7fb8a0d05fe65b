package dev.taskorder.starter.relay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.taskorder.activities.event.EventRelay;
import dev.taskorder.activities.tenant.Commits;
import dev.taskorder.starter.tenant.BackgroundRunner;
import dev.taskorder.starter.testing.Bodies;
import dev.taskorder.starter.testing.FullApplication;
import dev.taskorder.starter.testing.Http;
import dev.taskorder.starter.testing.TestTenants;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;

/** Events are seen without anybody asking for it. */
@FullApplication
class RelayLoopTest {
    @LocalServerPort
    int port;

    @Autowired
    TestTenants tenants;

    @Autowired
    EventRelay relay;

    @Autowired
    BackgroundRunner runner;

    @Autowired
    Commits commits;

    private RelayLoop loop;

    @BeforeEach
    void a_loop() {
        loop = new RelayLoop(relay, runner, new Seen());
        loop.start();
    }

    @AfterEach
    void stop() {
        commits.onEach(() -> {});
        loop.stop();
        assertThat(loop.isRunning()).isFalse();
    }

    @Test
    void what_another_process_committed_is_seen_by_the_next_look() {
        Http http = new Http(port, tenants.fresh());
        http.post("/v1/task-orders", Bodies.order());

        await().atMost(Duration.ofSeconds(5)).until(() -> events(http) == 1);
    }

    @Test
    void a_commit_of_this_process_wakes_it_and_each_tenant_has_its_turn() {
        commits.onEach(loop::wake);
        Http one = new Http(port, tenants.fresh());
        Http other = new Http(port, tenants.fresh());
        for (int i = 0; i < 10; i++) {
            one.post("/v1/task-orders", Bodies.order());
            other.post("/v1/task-orders", Bodies.order());
        }

        await().atMost(Duration.ofSeconds(5)).until(() -> events(one) == 10 && events(other) == 10);
    }

    private static int events(Http http) {
        return http.get("/v1/events").json().path("items").size();
    }
}
