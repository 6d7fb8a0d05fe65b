package dev.taskorder.starter.relay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.taskorder.activities.event.EventRelay;
import dev.taskorder.activities.order.FollowUps;
import dev.taskorder.api.policy.Policies;
import dev.taskorder.starter.order.FollowUpHandler;
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

/** What follows from an end is created without anybody asking for it, by two processes as by one. */
@FullApplication
class FollowUpLoopTest {
    private static final String RULE = """
            {"follow_ups": [{"id": "again", "on": "task_order.cancelled", "task_type": "T", "result_code": "CANCELLED",
             "create": {"task_type": "U"}}]}""";

    @LocalServerPort
    int port;

    @Autowired
    TestTenants tenants;

    @Autowired
    EventRelay relay;

    @Autowired
    FollowUps followUps;

    @Autowired
    Policies policies;

    @Autowired
    BackgroundRunner runner;

    private final Seen seen = new Seen();
    private RelayLoop events;
    private FollowUpLoop woken;
    private FollowUpLoop other;

    @BeforeEach
    void two_loops_of_which_one_hears_what_was_seen() {
        events = new RelayLoop(relay, runner, seen);
        woken = new FollowUpLoop(followUps, new FollowUpHandler(followUps, policies), runner);
        other = new FollowUpLoop(followUps, new FollowUpHandler(followUps, policies), runner);
        seen.onEach(woken::wake);
        events.start();
        woken.start();
        other.start();
    }

    @AfterEach
    void stop() {
        events.stop();
        woken.stop();
        other.stop();
        assertThat(woken.isRunning() || other.isRunning()).isFalse();
    }

    @Test
    void each_end_has_its_one_follower() {
        String tenant = tenants.fresh();
        String path = "/v1/tenants/" + tenant + "/policies";
        Http http = new Http(port, tenant);
        http.post(path, RULE);
        assertThat(http.post(path + "/2/activate", "").status()).isEqualTo(200);
        for (int i = 0; i < 20; i++) {
            String id = http.post("/v1/task-orders", Bodies.order())
                    .json()
                    .path("task_id")
                    .asString();
            http.post("/v1/task-orders/" + id + "/cancel", "");
        }

        await().atMost(Duration.ofSeconds(20)).until(() -> followers(http) == 20);
        assertThat(http.get("/v1/task-orders?task_type=T&limit=200").json().path("items"))
                .hasSize(20)
                .allSatisfy(order -> assertThat(order.path("follow_ups")).hasSize(1));
    }

    private static int followers(Http http) {
        return http.get("/v1/task-orders?task_type=U&limit=200")
                .json()
                .path("items")
                .size();
    }
}
