package dev.taskorder.starter.maintenance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.taskorder.activities.invariant.Invariant;
import dev.taskorder.activities.invariant.Violation;
import dev.taskorder.api.tenant.TenantContext;
import dev.taskorder.api.tenant.TenantId;
import dev.taskorder.starter.tenant.BackgroundRunner;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class InvariantWatchTest {
    private static final TenantId A = new TenantId("tenant-a");
    private static final TenantId B = new TenantId("tenant-b");

    private final List<TenantId> looked = new ArrayList<>();
    private final SimpleMeterRegistry metrics = new SimpleMeterRegistry();
    private List<TenantId> moved = List.of(A, B);
    private List<Violation> found = List.of();
    private Instant now = Instant.EPOCH;

    private final InvariantWatch watch = new InvariantWatch(
            () -> moved, this::look, new Chores(new BackgroundRunner()), new Given(), Duration.ofHours(1), metrics);

    @Test
    void a_round_looks_at_each_tenant_once_and_the_next_one_comes_an_hour_later() {
        watch.goOn();
        watch.goOn();
        assertThat(looked).containsExactlyInAnyOrder(A, B);

        now = now.plus(Duration.ofHours(1));
        watch.goOn();
        assertThat(looked).hasSize(4);
    }

    @Test
    void who_has_nothing_more_to_look_at_is_looked_at_once_more() {
        watch.goOn();
        looked.clear();
        moved = List.of(B);
        for (int round = 0; round < 2; round++) {
            now = now.plus(Duration.ofHours(1));
            watch.goOn();
        }
        assertThat(looked).containsExactlyInAnyOrder(A, B, B);
    }

    @Test
    void what_is_found_of_a_budget_is_counted_too() {
        moved = List.of(A);
        found = List.of(new Violation(Invariant.BUDGET_DIFFERS, "prod", "budget", "prod/project/shop", "by 1"));
        watch.goOn();
        assertThat(metrics.get("taskorder.invariant.violations")
                        .tag("invariant", "budget_differs")
                        .counter()
                        .count())
                .isEqualTo(1);
    }

    private List<Violation> look() {
        looked.add(TenantContext.required());
        return found;
    }

    private final class Given extends Clock {
        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }

        @Override
        public Instant instant() {
            return now;
        }
    }
}
