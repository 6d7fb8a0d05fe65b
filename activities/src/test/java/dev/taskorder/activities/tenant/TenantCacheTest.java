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

    private final Word word = new Word();
    private final AtomicInteger truth = new AtomicInteger(1);
    private final AtomicInteger reads = new AtomicInteger();

    private final TenantCache<TenantId, Integer> cache = new TenantCache<>(word, Function.identity(), tenant -> {
        reads.incrementAndGet();
        return truth.get();
    });

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
    void what_changes_while_it_is_read_is_not_kept() {
        TenantCache<TenantId, Integer> racing = new TenantCache<>(word, Function.identity(), tenant -> {
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
