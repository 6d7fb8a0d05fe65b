package dev.taskorder.activities.tenant;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.taskorder.api.tenant.TenantId;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.springframework.transaction.support.TransactionSynchronizationManager;

class TenantCacheTest {
    private static final TenantId ACME = new TenantId("acme");
    private static final TenantId OTHER = new TenantId("other");
    private static final int NONE = 0;

    private final Word word = new Word();
    private final AtomicInteger truth = new AtomicInteger(1);
    private final AtomicInteger reads = new AtomicInteger();

    private final TenantCache<TenantId, Integer> cache = of(tenant -> {
        reads.incrementAndGet();
        return truth.get();
    });

    private TenantCache<TenantId, Integer> of(Function<TenantId, Integer> read) {
        return new TenantCache<>(word, Function.identity(), read, value -> value == NONE);
    }

    @Test
    void is_asked_once_until_told() {
        assertThat(cache.get(ACME)).isEqualTo(1);
        truth.set(2);
        assertThat(cache.get(ACME)).isEqualTo(1);
        word.tell(OTHER);
        assertThat(cache.get(ACME)).isEqualTo(1);
        word.tell(ACME);
        assertThat(cache.get(ACME)).isEqualTo(2);
        assertThat(reads).hasValue(2);
    }

    @Test
    void however_many_are_asked_for_that_are_not_there_those_that_are_there_stay() {
        TenantCache<TenantId, Integer> made = of(tenant -> {
            reads.incrementAndGet();
            return tenant.equals(ACME) ? 1 : NONE;
        });
        assertThat(made.get(ACME)).isEqualTo(1);
        for (int i = 0; i < 20_000; i++) {
            assertThat(made.get(new TenantId("made-up-" + i))).isEqualTo(NONE);
        }
        reads.set(0);

        assertThat(made.remembered(ACME)).isEqualTo(1);
        assertThat(made.get(ACME)).isEqualTo(1);
        assertThat(reads).hasValue(0);
        await().until(() -> java.util.stream.IntStream.range(0, 20_000)
                        .filter(i -> made.remembered(new TenantId("made-up-" + i)) != null)
                        .count()
                <= 1_000);
    }

    @Test
    void what_was_not_there_is_found_once_it_is_told_of_and_gone_again_after_the_next_word() {
        truth.set(NONE);
        assertThat(cache.get(ACME)).isEqualTo(NONE);
        assertThat(cache.get(ACME)).isEqualTo(NONE);
        assertThat(reads).hasValue(1);
        truth.set(1);
        word.tell(ACME);
        assertThat(cache.get(ACME)).isEqualTo(1);
        truth.set(NONE);
        word.tell(ACME);
        assertThat(cache.remembered(ACME)).isNull();
        assertThat(cache.get(ACME)).isEqualTo(NONE);
    }

    @Test
    void what_changes_while_it_is_read_is_not_kept() {
        TenantCache<TenantId, Integer> racing = of(tenant -> {
            int seen = truth.getAndSet(2);
            if (seen == 1) {
                word.tell(tenant); // committed and told of between the look and the answer
            }
            return seen;
        });
        assertThat(racing.get(ACME)).isEqualTo(1);
        assertThat(racing.get(ACME)).isEqualTo(2);
    }

    @Test
    void what_a_transaction_saw_that_keeps_to_an_earlier_state_is_not_kept() {
        TransactionSynchronizationManager.setCurrentTransactionIsolationLevel(
                java.sql.Connection.TRANSACTION_REPEATABLE_READ);
        try {
            assertThat(cache.get(ACME)).isEqualTo(1);
        } finally {
            TransactionSynchronizationManager.setCurrentTransactionIsolationLevel(null);
        }
        truth.set(2);
        assertThat(cache.get(ACME)).isEqualTo(2);
    }

    @Test
    void without_the_database_s_word_nothing_is_trusted_for_long() {
        assertThat(cache.get(ACME)).isEqualTo(1);
        truth.set(2);
        word.heard = false;
        await().until(() -> cache.get(ACME) == 2);
    }

    /** The database's, spoken by the test. */
    private static final class Word implements Changes {
        private final java.util.List<Listener> listeners = new java.util.ArrayList<>();
        private boolean heard = true;

        @Override
        public void add(Listener listener) {
            listeners.add(listener);
        }

        @Override
        public void tell(TenantId tenant) {
            listeners.forEach(listener -> listener.changed(tenant));
        }

        @Override
        public boolean areHeard() {
            return heard;
        }
    }
}
