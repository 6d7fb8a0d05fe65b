package dev.taskorder.activities.tenant;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.taskorder.api.tenant.TenantId;
import java.sql.Connection;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/** What was read of a tenant, for as long as the database does not say that it changed. */
public final class TenantCache<K, V> {
    private static final int ENTRIES_MAX = 10_000;
    /** What is not there has a place of its own: whoever asks for names that were made up pushes out nothing that is there. */
    private static final int MISSES_MAX = 1_000;
    /** A process that is asked for nothing remembers nothing, and then asks nothing either. */
    private static final Duration UNUSED_MAX = Duration.ofMinutes(10);
    /** How long anything is trusted while the database's word is not heard. */
    private static final long UNHEARD_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final Cache<K, Entry<V>> entries = ofSize(ENTRIES_MAX);
    private final Cache<K, Entry<V>> misses = ofSize(MISSES_MAX);
    private final AtomicLong news = new AtomicLong();
    private final Function<K, V> read;
    private final Predicate<V> isMiss;
    private final Changes changes;

    private record Entry<V>(V value, long readAt) {}

    /**
     * @param tenantOf whose an entry is
     * @param read asks the database
     * @param isMiss whether a value says that there is none
     */
    public TenantCache(Changes changes, Function<K, TenantId> tenantOf, Function<K, V> read, Predicate<V> isMiss) {
        this.changes = changes;
        this.read = read;
        this.isMiss = isMiss;
        changes.add(new Changes.Listener() {
            @Override
            public void changed(TenantId tenant) {
                news.incrementAndGet();
                entries.asMap().keySet().removeIf(key -> tenantOf.apply(key).equals(tenant));
                misses.asMap().keySet().removeIf(key -> tenantOf.apply(key).equals(tenant));
            }

            @Override
            public void anythingChanged() {
                news.incrementAndGet();
                entries.asMap().clear();
                misses.asMap().clear();
            }

            @Override
            public boolean remembers() {
                return entries.estimatedSize() > 0 || misses.estimatedSize() > 0;
            }
        });
    }

    private static <K, V> Cache<K, Entry<V>> ofSize(int max) {
        return Caffeine.newBuilder()
                .maximumSize(max)
                .expireAfterAccess(UNUSED_MAX)
                .build();
    }

    /** The value, from memory if it is there. */
    public V get(K key) {
        V known = remembered(key);
        if (known != null) {
            return known;
        }
        long before = news.get();
        long readAt = System.nanoTime();
        V value = read.apply(key);
        if (news.get() == before && !isOfAnEarlierMoment()) {
            boolean isThere = !isMiss.test(value);
            Cache<K, Entry<V>> kept = isThere ? entries : misses;
            kept.put(key, new Entry<>(value, readAt));
            (isThere ? misses : entries).invalidate(key);
            if (news.get() != before) {
                kept.invalidate(key); // told of while it was put: it may be of before
            }
        }
        return value;
    }

    /** The value if it is in memory and can be trusted, else null: the database is not asked. */
    public @Nullable V remembered(K key) {
        V there = trusted(entries.getIfPresent(key));
        return there != null ? there : trusted(misses.getIfPresent(key));
    }

    private @Nullable V trusted(@Nullable Entry<V> entry) {
        return entry != null && (changes.areHeard() || System.nanoTime() - entry.readAt() < UNHEARD_NANOS)
                ? entry.value()
                : null;
    }

    /** A statement sees what was committed before it, but for those of a transaction that keeps to one state. */
    private static boolean isOfAnEarlierMoment() {
        Integer isolation = TransactionSynchronizationManager.getCurrentTransactionIsolationLevel();
        return isolation != null && isolation > Connection.TRANSACTION_READ_COMMITTED;
    }
}
