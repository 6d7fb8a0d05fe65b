package dev.taskorder.starter.audit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.taskorder.api.audit.AuditLog;
import dev.taskorder.api.audit.AuditOutcome;
import dev.taskorder.api.audit.AuditRecord;
import dev.taskorder.api.audit.AuditRecord.AuditOrigin;
import dev.taskorder.api.tenant.TenantId;
import dev.taskorder.starter.tenant.BackgroundRunner;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** How many refusals have an entry of their own. */
class RefusedCallsTest {
    private static final TenantId ONE = new TenantId("one");
    private static final TenantId OTHER = new TenantId("other");

    private final List<String> each = new ArrayList<>();
    private final List<String> once = new ArrayList<>();
    private final AtomicLong nanos = new AtomicLong();
    private final SimpleMeterRegistry metrics = new SimpleMeterRegistry();
    private final RefusedCalls refused = new RefusedCalls(new Written(), metrics, nanos::get);

    @Test
    void the_first_hundred_of_a_caller_have_one_each_and_the_rest_one_an_hour() {
        for (int i = 0; i < 105; i++) {
            write("ann");
        }
        assertThat(each).hasSize(100);
        assertThat(once).hasSize(5).containsOnly("one ann");
        assertThat(unlisted()).isEqualTo(5);

        write("bob");
        refused.writeFor(OTHER, act("ann"));
        assertThat(each).hasSize(102).contains("one bob", "other ann");
    }

    @Test
    void whether_the_tenant_is_bound_or_not_counts_for_nothing() {
        for (int i = 0; i < 60; i++) {
            write("ann");
            refused.writeFor(ONE, act("ann"));
        }
        assertThat(each).hasSize(100);
        assertThat(once).hasSize(20);
    }

    @Test
    void after_an_hour_they_have_one_each_again() {
        for (int i = 0; i < 101; i++) {
            write("ann");
        }
        nanos.addAndGet(RefusedCalls.WITHIN.toNanos());
        write("ann");
        assertThat(each).hasSize(101);
    }

    @Test
    void however_many_callers_a_tenant_has_they_do_not_fill_its_log() {
        for (int i = 0; i < 5_000; i++) {
            write("caller-" + i);
        }
        assertThat(each).hasSize(RefusedCalls.EACH_OF_TENANT);
        refused.writeFor(OTHER, act("ann"));
        assertThat(each).contains("other ann");
    }

    private void write(String actor) {
        new BackgroundRunner().run(ONE, () -> refused.write(act(actor)));
    }

    private double unlisted() {
        return metrics.counter("taskorder.refusals.unlisted", "code", "forbidden")
                .count();
    }

    private static AuditRecord act(String actor) {
        return new AuditRecord(
                actor,
                "viewer",
                null,
                "asset.put",
                null,
                AuditOutcome.REFUSED,
                "forbidden",
                new AuditOrigin(null, null));
    }

    private final class Written implements AuditLog {
        @Override
        public void write(AuditRecord act) {
            each.add(ONE + " " + act.actor());
        }

        @Override
        public void writeOncePerHour(AuditRecord act) {
            once.add(ONE + " " + act.actor());
        }

        @Override
        public void writeFor(TenantId owner, AuditRecord act) {
            each.add(owner + " " + act.actor());
        }

        @Override
        public void writeOncePerHourFor(TenantId owner, AuditRecord act) {
            once.add(owner + " " + act.actor());
        }
    }
}
