package dev.taskorder.activities.matching;

import static dev.taskorder.activities.testing.Orders.anOrder;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.taskorder.activities.invariant.Invariants;
import dev.taskorder.activities.testing.Application;
import dev.taskorder.activities.testing.Orders;
import dev.taskorder.activities.testing.Tenant;
import dev.taskorder.activities.testing.TestDatabase;
import dev.taskorder.api.matching.MatchTrigger;
import dev.taskorder.api.order.Status;
import dev.taskorder.api.order.TaskOrder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** A process is stopped (SIGSTOP) in the middle of a look of its matcher, with the turn in its hands. */
class FrozenMatcherTest {
    /** As in production, but shorter: there 2 s and 10 s. */
    private static final String TIME_OUTS =
            "SET lock_timeout = '200ms'; SET idle_in_transaction_session_timeout = '3s'";

    private static final Duration PATIENCE = Duration.ofSeconds(20);

    @Test
    void it_holds_others_up_no_longer_than_the_time_outs_and_does_nothing_wrong_when_it_goes_on() throws Exception {
        try (Application app = new Application(2, TIME_OUTS)) {
            Tenant tenant = new Tenant(app);
            TaskOrder first = aChanceThatNobodyServed(tenant);
            Process frozen = FreezingMatcher.start(tenant.id(), TIME_OUTS);
            try {
                await().atMost(PATIENCE).until(() -> FreezingMatcher.isFrozen(frozen));

                TaskOrder second = tenant.waiting(wantingOne());
                assertThat(turnIsHeld()).as("whoever came did not wait for it").isTrue();
                assertThat(tenant.statusOf(first)).isEqualTo(Status.QUEUED);

                await().atMost(PATIENCE).until(() -> whatMaintenanceDoes(tenant, app, first) == Status.RUNNING);
                assertThat(FreezingMatcher.isFrozen(frozen)).isTrue();
                tenant.finish(first);
                assertThat(tenant.statusOf(second)).isEqualTo(Status.RUNNING);

                FreezingMatcher.thaw(frozen);
                assertThat(frozen.waitFor()).isZero();
                assertThat(new String(frozen.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
                        .contains(FreezingMatcher.FAILED);
                assertThat(tenant.count("lease", first.taskId())).isOne();
                assertThat(tenant.count("attempt", first.taskId())).isOne();
                assertThat(tenant.events(first))
                        .containsOnlyOnce("lease.acquired", "task_order.running", "task_order.succeeded");
                assertThat(tenant.as(app.bean(Invariants.class)::violations)).isEmpty();
            } finally {
                frozen.destroyForcibly();
            }
        }
    }

    private static Orders wantingOne() {
        return anOrder().wanting("RAW_NET", null, 1);
    }

    /** Somebody freed the asset and left a mark, and died before its matcher looked. */
    private static TaskOrder aChanceThatNobodyServed(Tenant tenant) {
        tenant.bannedAsset("ip", "RAW_NET", "ip.1");
        TaskOrder waiting = tenant.waiting(wantingOne());
        tenant.sql(jdbc -> jdbc.sql("UPDATE asset SET status = 'AVAILABLE'").update()
                + jdbc.sql("INSERT INTO match_wanted (env) VALUES ('prod')").update());
        return waiting;
    }

    private static Status whatMaintenanceDoes(Tenant tenant, Application app, TaskOrder order) {
        tenant.as(() -> {
            app.bean(MatchTrigger.class).run("prod");
            return true;
        });
        return tenant.statusOf(order);
    }

    private static boolean turnIsHeld() {
        return TestDatabase.get()
                .superuser()
                .sql("SELECT EXISTS (SELECT FROM pg_locks WHERE locktype = 'advisory' AND granted)")
                .query(Boolean.class)
                .single();
    }
}
