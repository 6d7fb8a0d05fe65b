package dev.taskorder.starter.tenant;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.taskorder.activities.thread.OwnThreads;
import dev.taskorder.api.tenant.TenantContext;
import dev.taskorder.api.tenant.TenantId;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.slf4j.MDC;

class BackgroundRunnerTest {
    private static final TenantId A = new TenantId("a");
    private static final TenantId B = new TenantId("b");

    private final BackgroundRunner runner = new BackgroundRunner();

    @Test
    void the_tenant_is_bound_for_the_work_with_its_log_lines_and_not_for_longer() {
        assertThat(runner.call(A, () -> TenantContext.required() + " " + MDC.get("tenant")))
                .isEqualTo("a a");
        assertThat(TenantContext.current()).isEmpty();
        assertThat(MDC.get("tenant")).isNull();
    }

    @Test
    void work_that_fails_leaves_no_tenant() {
        assertThatThrownBy(() -> runner.run(A, () -> {
                    throw new IllegalStateException("boom");
                }))
                .hasMessage("boom");
        assertThat(TenantContext.current()).isEmpty();
    }

    @Test
    void nothing_of_another_tenant_begins_on_a_thread_that_serves_one_and_that_one_stays() {
        runner.run(A, () -> {
            assertThatThrownBy(() -> runner.run(B, () -> {}))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("serves tenant a");
            assertThat(TenantContext.required()).isEqualTo(A);
        });
    }

    @Test
    void a_thread_of_our_own_begins_without_the_tenant_of_who_made_it() throws InterruptedException {
        AtomicReference<Optional<TenantId>> seen = new AtomicReference<>();
        Thread thread = runner.call(A, () -> {
            Thread made = OwnThreads.daemon("test", () -> seen.set(TenantContext.current()));
            made.start();
            return made;
        });
        thread.join();
        assertThat(seen.get()).isEmpty();
    }
}
