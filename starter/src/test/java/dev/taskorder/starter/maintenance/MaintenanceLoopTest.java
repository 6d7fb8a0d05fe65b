package dev.taskorder.starter.maintenance;

import static org.awaitility.Awaitility.await;

import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class MaintenanceLoopTest {
    private final AtomicInteger passes = new AtomicInteger();

    @Test
    void a_pass_that_fails_is_followed_by_the_next_whatever_it_failed_of() {
        MaintenanceLoop loop = new MaintenanceLoop("test", this::failAtFirst);
        loop.start();
        await().until(() -> passes.get() > 2);
        loop.stop();
    }

    private boolean failAtFirst() {
        int pass = passes.incrementAndGet();
        if (pass == 1) {
            throw new IllegalStateException("on purpose");
        }
        if (pass == 2) {
            throw new LinkageError("on purpose");
        }
        return true;
    }
}
