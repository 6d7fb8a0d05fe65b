package dev.taskorder.starter.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import dev.taskorder.api.principal.ApiKeys;
import dev.taskorder.api.tenant.TenantId;
import dev.taskorder.starter.security.KnownKeys.KeyId;
import dev.taskorder.starter.tenant.BackgroundRunner;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

/** What becomes of a note that a key was used. */
@ExtendWith(OutputCaptureExtension.class)
class KeyNotesTest {
    private static final KeyId KEY = new KeyId(new TenantId("acme"), "AbCdEfGhIjKl");

    private final List<String> written = new ArrayList<>();
    private boolean isAway;
    private boolean isStopped;

    private final Executor later = work -> {
        if (isStopped) {
            throw new RejectedExecutionException("the process ends");
        }
        work.run();
    };
    private final KeyNotes notes = new KeyNotes(keys(), new BackgroundRunner(), later);

    @Test
    void is_written_once_a_minute() {
        notes.used(KEY);
        notes.used(KEY);
        assertThat(written).containsExactly(KEY.key());
    }

    @Test
    void one_that_failed_is_made_again_by_the_next_use_and_warned_of_once(CapturedOutput log) {
        isAway = true;
        notes.used(KEY);
        notes.used(KEY);
        assertThat(written).isEmpty();
        isAway = false;
        notes.used(KEY);
        assertThat(written).containsExactly(KEY.key());

        assertThat(log.getAll().lines().filter(line -> line.contains("WARN"))).hasSize(1);
    }

    @Test
    void one_that_nobody_takes_any_more_fails_no_request_and_is_made_again() {
        isStopped = true;
        assertThatCode(() -> notes.used(KEY)).doesNotThrowAnyException();
        isStopped = false;
        notes.used(KEY);
        assertThat(written).containsExactly(KEY.key());
    }

    /** Nothing of it is asked but that a key was used. */
    private ApiKeys keys() {
        return (ApiKeys) java.lang.reflect.Proxy.newProxyInstance(
                ApiKeys.class.getClassLoader(), new Class<?>[] {ApiKeys.class}, (proxy, method, arguments) -> {
                    if (isAway) {
                        throw new IllegalStateException("the database is away");
                    }
                    written.add((String) arguments[0]);
                    return null;
                });
    }
}
