package dev.taskorder.activities.tenant;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.taskorder.api.tenant.TenantId;
import java.sql.Connection;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/** What was read of a tenant, for as long as the database does not say that it changed. */
public final class TenantCache<K, V> {
    private static final int ENTRIES_MAX = 10_000;
    /** A process that is asked for nothing remembers nothing, and then asks nothing either. */
    private static final Duration UNUSED_MAX = Duration.ofMinutes(10);
    /** How long anything is trusted while the database's word is not heard. */
    private static final long UNHEARD_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final Cache<K, Entry<V>> entries = Caffeine.newBuilder()
            .maximumSize(ENTRIES_MAX)
            .expireAfterAccess(UNUSED_MAX)
            .build();
    private final AtomicLong news = new AtomicLong();
    private final Function<K, V> read;
    private final Changes changes;

    private record Entry<V>(V value, long readAt) {}

    /**
     * @param tenantOf whose an entry is
     * @param read asks the database
     */
    public TenantCache(Changes changes, Function<K, TenantId> tenantOf, Function<K, V> read) {
        this.changes = changes;
        this.read = read;
        changes.add(new Changes.Listener() {
            @Override
            public void changed(TenantId tenant) {
                news.incrementAndGet();
                entries.asMap().keySet().removeIf(key -> tenantOf.apply(key).equals(tenant));
            }

            @Override
            public void anythingChanged() {
                news.incrementAndGet();
                entries.asMap().clear();
            }

            @Override
            public boolean remembers() {
                return entries.estimatedSize() > 0;
            }
        });
    }

    /** The value, from memory if it is there. */
    public V get(K key) {
        Entry<V> known = entries.getIfPresent(key);
        if (known != null && (changes.areHeard() || System.nanoTime() - known.readAt() < UNHEARD_NANOS)) {
            return known.value();
        }
        long before = news.get();
        long readAt = System.nanoTime();
        V value = read.apply(key);
        if (news.get() == before && !isOfAnEarlierMoment()) {
            entries.put(key, new Entry<>(value, readAt));
            if (news.get() != before) {
                entries.invalidate(key); // told of while it was put: it may be of before
            }
        }
        return value;
    }

    /** A statement sees what was committed before it, but for those of a transaction that keeps to one state. */
    private static boolean isOfAnEarlierMoment() {
        Integer isolation = TransactionSynchronizationManager.getCurrentTransactionIsolationLevel();
        return isolation != null && isolation > Connection.TRANSACTION_READ_COMMITTED;
    }
}
