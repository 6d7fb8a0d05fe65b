package dev.taskorder.activities.order;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.taskorder.activities.tenant.TenantTransactions;
import dev.taskorder.api.tenant.TenantContext;
import dev.taskorder.api.tenant.TenantId;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Remembers what it saw, for it never changes; an order that is not there is asked for each time. */
final class JdbcOrderIdentities implements OrderIdentities {
    private static final int KNOWN_MAX = 5_000;
    private static final Duration UNUSED_MAX = Duration.ofMinutes(10);

    private static final String FIND = """
            SELECT env, idempotency_key, task_type
              FROM task_order
             WHERE tenant_id = current_tenant() AND task_id = :task
            """;

    private final TenantTransactions transactions;
    private final JdbcClient jdbc;
    private final Cache<Key, OrderIdentity> known = Caffeine.newBuilder()
            .maximumSize(KNOWN_MAX)
            .expireAfterAccess(UNUSED_MAX)
            .build();

    private record Key(TenantId tenant, UUID taskId) {}

    JdbcOrderIdentities(TenantTransactions transactions, JdbcClient jdbc) {
        this.transactions = transactions;
        this.jdbc = jdbc;
    }

    @Override
    public Optional<OrderIdentity> find(UUID taskId) {
        Key key = new Key(TenantContext.required(), taskId);
        @Nullable OrderIdentity remembered = known.getIfPresent(key);
        if (remembered != null) {
            return Optional.of(remembered);
        }
        Optional<OrderIdentity> read = transactions.in(() -> jdbc.sql(FIND)
                .param("task", taskId)
                .query((row, rowNum) -> OrderIdentity.of(
                        key.tenant(),
                        row.getString("env"),
                        row.getString("idempotency_key"),
                        row.getString("task_type")))
                .optional());
        read.ifPresent(identity -> known.put(key, identity));
        return read;
    }

    @Override
    public void remember(TenantId tenant, UUID taskId, OrderIdentity identity) {
        known.put(new Key(tenant, taskId), identity);
    }
}
